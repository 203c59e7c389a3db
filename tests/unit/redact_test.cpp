// Redaction: what is masked, where, and that doing it twice changes nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "qf/privacy/normalised_text.h"
#include "qf/privacy/redactor.h"
#include "qf/privacy/self_test.h"

namespace qf {
namespace {

using Words = std::vector<std::string>;

Redactor redactor(RedactionProfile profile = RedactionProfile::kStrict, const Words& identities = {},
                  const Words& allow = {}) {
  RedactionOptions options;
  options.profile = profile;
  options.identities = identities;
  options.allow = allow;
  return Redactor::make(options).value();
}

std::string redacted(std::string_view text, RedactionProfile profile = RedactionProfile::kStrict) {
  return redactor(profile).redact(text).text;
}

// What stands between ‹ and ›, and the text without these marks.
std::vector<std::string> marked(std::string_view text) {
  std::vector<std::string> values;
  for (std::size_t at = text.find("‹"); at != std::string_view::npos; at = text.find("‹", at + 1)) {
    const std::size_t from = at + std::string_view("‹").size();
    values.emplace_back(text.substr(from, text.find("›", at) - from));
  }
  return values;
}

std::string without_marks(std::string_view text) {
  std::string plain(text);
  for (const std::string_view mark : {"‹", "›"})
    for (std::size_t at = plain.find(mark); at != std::string::npos; at = plain.find(mark))
      plain.erase(at, mark.size());
  return plain;
}

TEST(Redaction, SelfTestPassesInBothProfiles) {
  for (const RedactionProfile profile : {RedactionProfile::kStrict, RedactionProfile::kContent}) {
    const SelfTestResult result = redaction_self_test(profile);
    EXPECT_TRUE(result.passed) << to_string(profile) << ": " << ::testing::PrintToString(result.missed);
    EXPECT_GE(result.recall(), kSelfTestFloor);
    EXPECT_GE(result.planted, 24U);
    EXPECT_EQ(result.untouched, result.innocent);
  }
}

TEST(Redaction, PlaceholdersAreTypedAndNumberedWithinTheText) {
  EXPECT_EQ(redacted("Anna Lindqvist ringde 070-174 06 35, sedan ringde Erik och Anna Lindqvist igen."),
            "[PERSON_1] ringde [PHONE_NUMBER_1], sedan ringde [PERSON_2] och [PERSON_1] igen.");
}

TEST(Redaction, AnApostropheIsOneHoweverItIsTyped) {
  for (const std::string_view name : {"Sean O’Brien", "Sean O'Brien", "Sean D’Angelo"})
    EXPECT_EQ(redacted("Enligt " + std::string(name) + " passar det."), "Enligt [PERSON_1] passar det.") << name;
  EXPECT_EQ(redactor(RedactionProfile::kStrict, {"O’Zqrk"}).redact("Sagt av O'Zqrk.").text, "Sagt av [PERSON_1].");
  EXPECT_EQ(redactor(RedactionProfile::kStrict, {"O'Zqrk"}).redact("Sagt av O’Zqrk.").text, "Sagt av [PERSON_1].");
}

TEST(Redaction, ApostrophesMayBeEscapesOrOtherSigns) {
  for (const std::string sign : {"‘", "ʼ", "´", "&#8217;", "&rsquo;", "\\u2019"}) {
    EXPECT_EQ(redacted("Enligt Sean O" + sign + "Brien passar det."), "Enligt [PERSON_1] passar det.") << sign;
    EXPECT_EQ(redactor(RedactionProfile::kStrict, {"O'Zqrk"}).redact("Sagt av O" + sign + "Zqrk.").text,
              "Sagt av [PERSON_1].")
        << sign;
  }
  for (const std::string sign : {"‘", "ʼ", "´"})
    EXPECT_EQ(redactor(RedactionProfile::kStrict, {"O" + sign + "Zqrk"}).redact("Sagt av O'Zqrk.").text,
              "Sagt av [PERSON_1].")
        << sign;
}

// With a time that grows with the square of the marks this would take minutes.
TEST(Redaction, MarksWithoutEndAreTakenAsTheyAre) {
  std::string text = "Anna a";
  for (int i = 0; i < 200'000; ++i) text += "\u0301";
  EXPECT_EQ(redacted(text + " Anna"), "[PERSON_1]" + text.substr(4) + " [PERSON_1]");
}

TEST(Redaction, NumbersGoOnBehindThoseThatAreThere) {
  EXPECT_EQ(redacted("[PERSON_3] skrev till Gunilla Åström."), "[PERSON_3] skrev till [PERSON_4].");
}

TEST(Redaction, TwiceChangesNothing) {
  const std::vector<std::string> texts = {
      "Anna Svensson, född 1990-01-01, bor på Storgatan 12, 123 45 Umeå. Mvh Kalle",
      "Ring 070-174 06 35 eller 08-465 004 00. Lösenordet: hunter2! IP 192.0.2.17",
      "SE45 5000 0000 0583 9825 7466 4111 1111 1111 1111 anna@skolan.se @anna /Users/anna/x/y",
      "Dr. Dr. Smith said that Mr. Mr. Anna Anna Anna Berg Berg AB HB",
      "Eleven Eleven heter heter Bo Bo. PERSON [PERSON_1] [PERSON_] [X_1] Karin",
      "anna%40skola.se &#64; \\u0041nna \\nErik"};
  for (const RedactionProfile profile : {RedactionProfile::kStrict, RedactionProfile::kContent})
    for (const std::string& text : texts) {
      const std::string once = redacted(text, profile);
      const Redaction twice = redactor(profile).redact(once);
      EXPECT_EQ(twice.text, once);
      EXPECT_TRUE(twice.spans.empty());
    }
}

TEST(Redaction, SpansStandInOrderInTheOriginalAndDoNotOverlap) {
  const std::string text =
      "Anna\u00ad Berg (１９９００１０１-９８０２) bor på Åkervägen 3, mejl: anna&#64;skolan.se, Åsa";
  const Redaction result = redactor().redact(text);
  ASSERT_GE(result.spans.size(), 4U);
  std::size_t before = 0;
  for (const RedactionSpan& span : result.spans) {
    EXPECT_GE(span.begin, before);
    EXPECT_LT(span.begin, span.end);
    EXPECT_LE(span.end, text.size());
    EXPECT_GE(span.score, kThreshold);
    EXPECT_FALSE(span.rule.empty());
    before = span.end;
  }
  EXPECT_EQ(result.text.find("skolan"), std::string::npos);
  EXPECT_EQ(result.text.find("９８０２"), std::string::npos);
}

TEST(Redaction, DisguisesDoNotHelp) {
  for (const std::string_view text :
       {"199001\u200b01-9802", "１９９００１０１９８０２", "19900101\u20119802", "personnummer 19 90 01 01 98 02",
        "personnummer 1990O101-98O2", "anna%40skola.se", "anna&#64;skola.se", "anna&commat;skola.se",
        "anna\\u0040skola.se", "anna at skola dot se", "anna (at) skola (punkt) se", "070\u00a0174\u00a006\u00a035",
        "mobil 0 7 0 1 7 4 0 6 3 5", "аnnа@skola.se"}) {
    const Redaction result = redactor().redact(text);
    EXPECT_FALSE(result.spans.empty()) << text;
    EXPECT_EQ(result.text.find("98"), std::string::npos) << text;
    EXPECT_EQ(result.text.find("skola"), std::string::npos) << text;
    EXPECT_EQ(result.text.find("06"), std::string::npos) << text;
  }
}

// Nothing of what stands between ‹ and › may be left, however it is written.
TEST(Redaction, MoreDisguisesDoNotHelp) {
  for (const std::string_view one : {"skriv till ‹anna.lind›[at]‹skolan.se›",
                                     "skriv till ‹anna.lind› snabel-a ‹skolan.se›",
                                     "skriv till ‹anna.lind› @ ‹skolan.se›",
                                     "skriv till anna_AT_‹skolan›_DOT_se",
                                     "skriv till ‹anna.lind›@‹skolan›",
                                     "skriv till ‹anna.lind›@‹skolan›[.]se",
                                     "skriv till ‹anna›%2E‹lind›%40‹skolan›%2Ese",
                                     "skriv till ‹anna›&#46;‹lind›&commat;‹skolan›&period;se",
                                     "ring ‹O7O-174 O6 35› idag",
                                     "ring ‹o701740635›",
                                     "ring ‹070·174·06·35›",
                                     "ring ‹0 7 0 1 7 4 0 6 3 5›",
                                     "ring ‹０７０-１７４ ０６ ３５›",
                                     "pnr ‹900101_9802›",
                                     "pnr ‹l9900101-9802›",
                                     "numret ‹19900101›%2D‹9802› är",
                                     "numret ‹1990›\u200c‹01›\u200d‹01›\u2060-‹9802›",
                                     "pnr ‹1 9 9 0 0 1 0 1 9 8 0 2›",
                                     "kontot ‹SE45 5000 0000›\n‹0583 9825 7466› gäller",
                                     "‹SE45.5000.0000.0583.9825.7466›",
                                     "‹4111.1111.1111.1111›",
                                     "‹4111  1111  1111  1111›",
                                     "192%2E‹0›%2E2%2E17",
                                     "‹192[.]0[.]2[.]17›"}) {
    const std::string out = redacted(without_marks(one));
    for (const std::string& value : marked(one)) EXPECT_EQ(out.find(value), std::string::npos) << one << " -> " << out;
    EXPECT_EQ(redacted(out), out);
  }
  for (const std::string_view one : {"100%2 av", "Se (.) och [.]", "2 OO 7", "10l vatten"})
    EXPECT_EQ(redacted(one), one);
}

TEST(Redaction, SwedishNumbersAreTheirOwnTypes) {
  EXPECT_EQ(redacted("19900101-9802"), "[SE_PERSONNUMMER_1]");
  EXPECT_EQ(redacted("197001612386"), "[SE_SAMORDNINGSNUMMER_1]");
  EXPECT_EQ(redacted("000101-T220"), "[SE_TNUMMER_1]");
  EXPECT_EQ(redacted("556703-7485"), "[SE_ORGANISATIONSNUMMER_1]");
}

TEST(Redaction, AFailedCheckDigitCountsOnlyBesideItsWord) {
  EXPECT_EQ(redacted("Serien 900101-9803 gäller."), "Serien 900101-9803 gäller.");
  EXPECT_EQ(redacted("Personnummer 900101-9803 gäller."), "Personnummer [SE_PERSONNUMMER_1] gäller.");
  EXPECT_EQ(redacted("20150916-0006"), "20150916-0006");  // serial number 000
}

// What a field of a build holds: the number is all that there is, and only its shape says what it may be.
TEST(Redaction, ANumberThatIsAWholeValueGoesByItsShape) {
  for (const RedactionProfile profile : {RedactionProfile::kStrict, RedactionProfile::kContent}) {
    const Redactor fields = Redactor::make({profile, {}, {}, true}).value();
    for (const std::string_view one :
         {"701740635",  "0701740635",   "70 174 06 35", "070-1740635",  "19811228",      "811228",
          "1981-12-28", "281281",       "28/12 1981",   "8112289874",   "811228-9874",   "198112289874",
          "811228.0",   "7.01740635e8", "12345",        "9876543",      "\"701740635\"", "#811228",
          "B. 811228",  "c) 19811228",  "８１１２２８", "811\u200b228", "12 811228"}) {
      const std::string out = fields.redact(one).text;
      EXPECT_EQ(out.find_first_of("23456789"), std::string::npos) << one << " -> " << out;
      EXPECT_EQ(fields.redact(out).text, out);
    }
    EXPECT_EQ(fields.redact("811228, 970412").text, "[DATE_OF_BIRTH_1], [DATE_OF_BIRTH_2]");
    EXPECT_EQ(fields.redact("Ja.\n811228\n").text, "Ja.\n[DATE_OF_BIRTH_1]\n");
    EXPECT_EQ(fields.redact(R"({"a":811228,"b":["701740635",7],"c":{"19811228":1}})").text,
              R"({"a":[DATE_OF_BIRTH_1],"b":["[PHONE_NUMBER_1]",7],"c":{"[DATE_OF_BIRTH_2]":1}})");
    for (const std::string_view one :
         {"1914", "15000", "15 000", "1 250 000", "3.14159", "0.00001", "1914-1918", "1914–1918", "12, 15, 18, 21",
          "Jag fick 81122 till svar.", "2 + 3 = 5", "B. 15000", "[1, 2, 3]"})
      EXPECT_EQ(fields.redact(one).text, one);
  }
  // Without the fields around it, a number alone says nothing.
  EXPECT_EQ(redacted("811228"), "811228");
}

TEST(Redaction, KnownPeopleGoInEveryInflection) {
  const Redactor known = redactor(RedactionProfile::kContent, {"Björn Åkerlöf", "tova.lind@skolan.se"});
  for (const std::string_view name : {"Björn", "Björns", "BJÖRN", "Bjorn", "Åkerlöf", "åkerlöfs", "akerlof",
                                      "björnåkerlöf", "Björn-gruppen", "åkerlöf85", "tova", "Linds"})
    EXPECT_EQ(known.redact(std::string("Det var ") + std::string(name) + " fel.").spans.size(), 1U) << name;
  // A word in lower case stays a word.
  const Redactor hope = redactor(RedactionProfile::kContent, {"Hope Lind"});
  EXPECT_EQ(hope.redact("We hope that this is right.").text, "We hope that this is right.");
  EXPECT_NE(hope.redact("I asked Hope about it.").text, "I asked Hope about it.");
}

TEST(Redaction, KnownPeopleGoWhereTheirNameIsJoinedToOtherWords) {
  const Redactor known =
      redactor(RedactionProfile::kContent, {"Alva Berg", "Hedda Lo", "Klara Bo", "Örjan Fjällsvidja"});
  // Nothing of what stands between ‹ and › may be left.
  for (const std::string_view one : {"kontakt‹Alva›",     "get‹AlvaBerg›Questions",
                                     "QF‹Alva›",          "‹hedda›_‹lo›",
                                     "‹alva›.‹berg›",     "‹AlvaBerg›",
                                     "@‹alva›",           "‹alva›-2b",
                                     "‹klara›-2b",        "‹alvaberg›2",
                                     "svar_‹örjan›_2",    "review_by_‹Orjan›",
                                     "‹Oerjan›",          "kontakt‹örjan›",
                                     "‹fjällsvidja›arna", "‹ALVA›_‹BERG›",
                                     "‹alva›%2E‹berg›",   "‹A l v a› skrev",
                                     "‹A-l-v-a›",         "‹a.l.v.a›",
                                     "‹K_l_a_r_a›",       "‹Al-va›"}) {
    const std::string out = known.redact(without_marks(one)).text;
    for (const std::string& value : marked(one)) EXPECT_EQ(out.find(value), std::string::npos) << one << " -> " << out;
    EXPECT_EQ(known.redact(out).text, out);
  }
  for (const std::string_view one : {"a b c d e f", "en alvarlig fråga", "berg och dal"})
    EXPECT_EQ(known.redact(one).text, one);
}

TEST(Redaction, AKnownNameThatIsAWordGoesInLowerCaseWhereSomethingPointsAtThePerson) {
  const Redactor known = redactor(RedactionProfile::kContent, {"Klara Bo", "Hope Lind"});
  for (const std::string_view one :
       {"bo", "klara!", "bo klara", "fråga bo om det", "enligt klara", "av klara: nej", "hälsa klara", "frk klara",
        "eleven klara", "klara sa nej", "hope's", "klara_svar", "skriv till klara.bo"}) {
    const std::string out = known.redact(one).text;
    for (const std::string_view name : {"klara", "bo ", "hope"}) EXPECT_EQ(out.find(name), std::string::npos) << out;
    EXPECT_NE(out.find("[PERSON_1]"), std::string::npos) << one;
  }
  for (const std::string_view one :
       {"han vill bo i stan", "det är klara besked", "we hope so", "de ska klara provet", "bo/leva"})
    EXPECT_EQ(known.redact(one).text, one);
}

// Places where a name stands, whatever the word is; names that are words beside names that are not.
TEST(Redaction, StrictMasksWhatStandsWhereNamesDo) {
  for (const std::string_view one :
       {"Please send it today.\n‹GT›", "Could you look at it?\n-‹M›", "‹Visit›,\nthe file is attached.",
        "‹Bo›: Vad är det?\nJag vet inte.", "\"‹TJO›\" <t99@skolan.se>", "\"‹McGilloway, Vangie›\" <v@skolan.se>",
        "The account is in the name of ‹Hans Nilsson›.", "‹Grace King› of the board agreed.",
        "so said ‹Olive Long›, the director", "Thanks for the help.\n‹Thiago Hussain›",
        "They were six: ‹Hope›, ‹Chase› and ‹Rachel›.", "I think ‹shanna› and i are going to stay.",
        "as posted by ‹lopez› last week", "We asked what ‹Rodriguez› thinks of the question.",
        "Docenten ‹Ingmar H:son Berg› säger nej.", "‹Ngozi Popescu›\nLarsson Pettersson AB\n"}) {
    const std::string out = redacted(without_marks(one));
    for (const std::string& value : marked(one)) EXPECT_EQ(out.find(value), std::string::npos) << one << " -> " << out;
    EXPECT_EQ(redacted(out), out);
  }
  for (const std::string_view one :
       {"However,\nthe answer is the same.", "Note: the answer is the same.", "This is the question.", "OK",
        "the lesson in Baltimore was good", "and, This is it"})
    EXPECT_EQ(redacted(one), one);
}

TEST(Redaction, AllowedWordsStay) {
  const std::string text = "Enligt Hammarberg är svaret fyra.";
  EXPECT_NE(redactor().redact(text).text, text);
  EXPECT_EQ(redactor(RedactionProfile::kStrict, {}, {"Hammarberg"}).redact(text).text, text);
  EXPECT_EQ(redactor(RedactionProfile::kStrict, {"Hammarberg"}, {"Hammarberg"}).redact(text).text,
            "Enligt [PERSON_1] är svaret fyra.");
}

TEST(Redaction, ScientistsStayInContentAndGoInStrict) {
  for (const std::string_view text :
       {"Vad upptäckte Gregor Mendel?", "Förklara Newtons andra lag.", "Vad menade Marie Curie med det?"}) {
    EXPECT_EQ(redacted(text, RedactionProfile::kContent), text);
    EXPECT_NE(redacted(text, RedactionProfile::kStrict), text);
  }
  EXPECT_NE(redacted("Enligt Lotta Newton är det fel.", RedactionProfile::kContent), "Enligt Lotta Newton är det fel.");
}

TEST(Redaction, SpecialCategoriesAndPupilsAreSetApart) {
  const auto reason = [](std::string_view text, RedactionProfile profile) {
    const auto hold = redactor(profile).redact(text).quarantine;
    return hold ? std::string(to_string(hold->reason)) + " " + std::string(hold->category) : std::string();
  };
  using enum RedactionProfile;
  EXPECT_EQ(reason("Eleven är sjukskriven till april.", kStrict), "special_category health");
  EXPECT_EQ(reason("Hon är muslim och fastar.", kStrict), "special_category religion");
  EXPECT_EQ(reason("Eleven Anna Lindqvist behöver mer tid.", kStrict), "suspected_pupil pupil");
  EXPECT_EQ(reason("Frågan var för lätt.", kStrict), "");
  // Taught, not said of anybody.
  EXPECT_EQ(reason("Vilken religion är störst i Indien?", kContent), "");
  EXPECT_EQ(reason("Vad orsakar diabetes typ 1?", kContent), "");
  EXPECT_EQ(reason("Anna Lindqvist i klassen har diabetes.", kContent), "special_category health");
}

TEST(Redaction, AnEmptyIdentityIsRefused) {
  EXPECT_FALSE(Redactor::make({RedactionProfile::kStrict, {" "}, {}}));
  EXPECT_FALSE(Redactor::make({RedactionProfile::kStrict, {}, {""}}));
}

TEST(Redaction, BytesThatAreNoUtf8DoNoHarm) {
  const std::string text = "Anna \xff\xc3 Berg \xe2\x80 070-174 06 35 \xf0\x9f";
  const Redaction result = redactor().redact(text);
  EXPECT_EQ(result.text.find("174"), std::string::npos);
  EXPECT_EQ(redactor().redact(result.text).text, result.text);
}

TEST(Recognizers, EveryRowHasANameOfItsOwnAndAReason) {
  std::set<std::string_view> names;
  for (const Recognizer& one : recognizers()) {
    EXPECT_TRUE(names.insert(one.name).second) << one.name;
    EXPECT_FALSE(one.meaning.empty()) << one.name;
    EXPECT_NE(one.find, nullptr);
    EXPECT_NE(one.check, nullptr);
    // What does not reach the threshold alone needs words that lift it, or a check digit.
    EXPECT_TRUE(one.score >= kThreshold || !one.swedish.empty() || !one.english.empty()) << one.name;
    EXPECT_FALSE(to_string(one.type).empty());
  }
  for (const NameRule& one : name_rules()) EXPECT_TRUE(names.insert(one.name).second) << one.name;
}

TEST(NormalisedText, EachByteKnowsWhereItCameFrom) {
  const std::string text = "a\u200bb%40c&#64;d\u0301e";
  const NormalisedText normalised(text);
  EXPECT_EQ(normalised.text(), "ab@c@d\u0301e");
  std::size_t before = 0;
  for (std::size_t i = 0; i <= normalised.text().size(); ++i) {
    EXPECT_GE(normalised.origin(i), before);
    before = normalised.origin(i);
  }
  EXPECT_EQ(normalised.origin(1), text.find('b'));
  EXPECT_EQ(normalised.origin(2), text.find('%'));
  EXPECT_EQ(normalised.origin(normalised.text().size()), text.size());
}

TEST(NormalisedText, AnApostropheWithinAWordIsTheAsciiOne) {
  const std::string text = "‘O’Brien’ N&#8217;G 5’10";
  const NormalisedText normalised(text);
  EXPECT_EQ(normalised.text(), "‘O'Brien’ N'G 5’10");
  EXPECT_EQ(normalised.origin(normalised.text().find('\'')), text.find("’B"));
  EXPECT_EQ(normalised.origin(normalised.text().find("Brien")), text.find("Brien"));
  EXPECT_EQ(normalised.origin(normalised.text().find("'G")), text.find('&'));
  EXPECT_FALSE(NormalisedText(std::string_view("‘O’ ’Brien’ 5’10")).changed());
}

// As far as anybody writes them marks are composed; beyond that each stays what it is, and where it is.
TEST(NormalisedText, MarksWithoutEndKeepTheirPlaces) {
  std::string marks;
  for (int i = 0; i < 199'999; ++i) marks += "\u0301";
  const std::string text = "a\u0301" + marks + " b";
  const NormalisedText normalised(text);
  EXPECT_EQ(normalised.text(), "á" + marks + " b");
  EXPECT_EQ(normalised.origin(normalised.text().size() - 1), text.size() - 1);
  for (std::size_t i = 0; i < normalised.text().size(); ++i)
    ASSERT_LE(normalised.origin(i), normalised.origin(i + 1)) << i;
}

TEST(NormalisedText, PlainTextIsViewedNotCopied) {
  const std::string text = "Åsa sa: ”hej” – 10 % och 3 & 4, C:\\Users\\nils";
  EXPECT_EQ(NormalisedText(std::string_view("Åsa sa: ”hej” och 10 % till")).changed(), false);
  EXPECT_NE(NormalisedText(text).text().find("C:\\Users\\nils"), std::string_view::npos);
}

}  // namespace
}  // namespace qf
