// Redaction: what single rules mask and leave, by the text around it.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "qf/privacy/redactor.h"

namespace qf {
namespace {

using enum RedactionProfile;

Redaction redacted(std::string_view text, RedactionProfile profile) {
  return Redactor::make({profile, {}, {}}).value().redact(text);
}

std::string without_marks(std::string_view text) {
  std::string plain(text);
  for (const std::string_view mark : {"‹", "›"})
    for (std::size_t at = plain.find(mark); at != std::string::npos; at = plain.find(mark))
      plain.erase(at, mark.size());
  return plain;
}

// Nothing of what stands between ‹ and › may be left, and a second redaction changes nothing.
void expect_masked(RedactionProfile profile, const std::vector<std::string_view>& texts) {
  for (const std::string_view text : texts) {
    const std::string out = redacted(without_marks(text), profile).text;
    for (std::size_t at = text.find("‹"); at != std::string_view::npos; at = text.find("‹", at + 1)) {
      const std::size_t from = at + std::string_view("‹").size();
      const std::string_view value = text.substr(from, text.find("›", at) - from);
      EXPECT_EQ(out.find(value), std::string::npos) << text << " -> " << out;
    }
    EXPECT_EQ(redacted(out, profile).text, out) << text;
  }
}

void expect_left(RedactionProfile profile, const std::vector<std::string_view>& texts) {
  for (const std::string_view text : texts) EXPECT_EQ(redacted(text, profile).text, text);
}

std::string hold(std::string_view text, RedactionProfile profile) {
  const auto quarantine = redacted(text, profile).quarantine;
  return quarantine ? std::string(quarantine->category) : std::string();
}

TEST(RedactionRules, PasswordsBehindWordsWithoutASign) {
  for (const RedactionProfile profile : {kStrict, kContent})
    expect_masked(profile, {"Provet öppnas med lösenord ‹Gr1s!kulting›", "The password for the quiz is ‹Oktober31›",
                            "kod till provet: ‹LillaKatt7›", "Pwd ‹Zx8uiop%2›",
                            "lösenordet till datorn är ‹fem-gula-bilar›", "Login för vikarien: ‹datasalen› / ‹sesam44›",
                            "nyckeln ‹ghp_abcdefghijklmnopqrstuvwxyzABCDEFGHIJ› gäller"});
  expect_left(kStrict, {"lösenord är viktiga", "koden till uppgift 3 saknas", "nyckeln till frågan är fel",
                        "a password should be long", "koden för BIOBIO01 saknas"});
}

TEST(RedactionRules, UserNamesBehindAPlatformOrALabel) {
  expect_masked(kStrict, {"inloggad som ‹nilsson77›", "skriv till mig på Discord, ‹berra_k›",
                          "konto ‹tuva_strand› i plattformen", "username ‹strandt› in Kahoot",
                          "heter ‹xxkattenxx› på Instagram", "‹tuva_strand› skrev det", "‹@el-hassanm› skrev",
                          "‹@tuva.yli-aho.40› skrev", "staff id ‹empaa› approved this", "Signatur: ‹zxche›",
                          "anställningsnummer ‹tysqv›.", "Inlämning från ‹zorqad5161› (elev)", "user id: ‹tuva42›"});
  expect_left(kStrict, {"heter det så", "kontot är låst", "snake_case i koden", "user_id saknas", "signatur saknas",
                        "eleven läser MATMAT01b"});
}

TEST(RedactionRules, PersonnummerWithOtherSeparators) {
  for (const RedactionProfile profile : {kStrict, kContent})
    expect_masked(profile, {"det står ‹900101 9802› där", "(‹900101 - 9802›) saknas", "raden ‹1990-01-01-9802› saknas",
                            "raden ‹90 01 01-9802› saknas", "underlag för ‹700161 2386› saknas",
                            "personnummer ‹19900230-1234›", "momsnummer ‹SE556703748501›"});
  expect_left(kStrict, {"raden 900101 9803 saknas", "EAN 9001019802", "900101 9802"});
}

TEST(RedactionRules, ClassesWithoutAWordForThem) {
  expect_masked(kStrict, {"det gick bra i ‹NA2B› men inte annars", "använd det inte för ‹8c›",
                          "provet gavs i ‹6A› och ‹TE23›", "‹7D› fick den i höstas"});
  expect_left(kStrict, {"det är rätt i uppgift 6A och 7B", "sal TE23", "det är fel i 2a", "modellen är i 3D"});
  EXPECT_EQ(hold("Ali i SA3a fastnade på den.", kStrict), "pupil");
  EXPECT_EQ(hold("Det gick bra i SA3a.", kStrict), "");
}

TEST(RedactionRules, TelephonesWithSlashesAndFullStops) {
  for (const RedactionProfile profile : {kStrict, kContent})
    expect_masked(profile, {"det är ‹073/1740635›", "det är ‹0920/36696›", "det är ‹070.174.06.35›"});
  expect_left(kContent, {"det var 08/15 2024", "det var 01.02.2003", "070/140/210"});
}

TEST(RedactionRules, AgesOfSomebody) {
  expect_masked(kStrict,
                {"flickan (‹12› år) går i sexan", "pojken är ‹nio år›.", "min ‹elvaåriga› dotter förstod",
                 "killen, ‹17›, hoppade av", "syskonen är ‹7› och ‹10› år", "hon är ‹13› år", "f. ‹14 juli 1995›"});
  expect_left(kStrict,
              {"kriget är nio år långt", "svaret (12 år) är rätt", "talen är 7 och 10", "ett treårigt program"});
}

TEST(RedactionRules, DisguisedMailGoesWithItsName) {
  expect_masked(kStrict,
                {"skriv till ‹tuva.strand› (a) ‹skola.se›", "‹t.strand›#at#‹skola.se›", "‹tuva.strand› at ‹skola.se›"});
  expect_left(kStrict, {"see the page at home"});
}

TEST(RedactionRules, PlacesOfWorkAndSchools) {
  expect_masked(kStrict, {"hon praktiserade hos ‹Region Värmland›", "han arbetar på ‹Sundvalls kommun›",
                          "läser vid ‹högskolan i Skövde›", "från ‹Mariebergs montessoriskola›", "i ‹SE-598 81 Malmö›",
                          "‹Strandpromenaden 25›"});
}

TEST(RedactionRules, SpecialCategoriesByStemsAndPhrases) {
  for (const auto& [text, category] :
       std::vector<std::pair<std::string_view, std::string>>{{"Pojken fick sin autismdiagnos i våras.", "health"},
                                                             {"Hon äter antidepressiva.", "health"},
                                                             {"Flickan har diabetes.", "health"},
                                                             {"Han skär sig.", "health"},
                                                             {"Hennes pappa är imam.", "religion"},
                                                             {"Familjen är Jehovas vittnen.", "religion"},
                                                             {"Han är kurd och vill inte.", "origin"},
                                                             {"Familjen kom som flyktingar från Syrien.", "origin"},
                                                             {"Hon har afghansk bakgrund.", "origin"},
                                                             {"Hon har skyddad identitet.", "protected"},
                                                             {"Eleven har två mammor.", "orientation"},
                                                             {"Kollegan sitter i kommunfullmäktige.", "politics"}})
    EXPECT_EQ(hold(text, kStrict), category) << text;
  for (const std::string_view text :
       {"Vad är adhd för slags diagnos?", "Autism beskrivs som ett spektrum.", "Ramadan är den nionde månaden.",
        "Förintelsen drabbade judar och romer.", "Frågan har en historisk bakgrund.", "Add a distractor."})
    EXPECT_EQ(hold(text, kStrict), "") << text;
}

TEST(RedactionRules, NamesInLowerCaseWhereSomebodyStands) {
  expect_masked(kStrict,
                {"frågade ‹yasmiina› och hon höll med", "pratade med ‹pekka virtqanen› om det",
                 "‹zorans› elever klarade inte", "tack ‹chidiq› för tipset", "according to ‹kavehq› this is too hard"});
  expect_left(kStrict, {"frågade eleverna om det", "pratade med läraren om det", "tack så mycket",
                        "enligt facit är det fel", "enligt kursplanen är det rätt", "provets frågor är rätt"});
}

TEST(RedactionRules, CapitalsThatNoSwedishWordExplains) {
  expect_masked(kStrict, {"‹Kateryna› tyckte att det var fel.", "Jag håller med ‹Wang› om det.",
                          "Min kollega ‹Mange› hittade felet.", "Rättat 3/5 ‹YH›",
                          "Dear ‹May Rivers›, the key is fixed.", "‹Faisal› var nöjd."});
  expect_left(kStrict, {"Ändrat till plural.", "Lösningsfrekvens 0,55.", "Kollade facit.", "Avrunda 3,14 till ett.",
                        "Arean är 24.", "Distraktor B är fel.", "Mätserie: 12, 13.", "Utgå från bilden.",
                        "Trycket är 10 Pa.", "Lösningen är NaOH.", "Höjer till Tillämpa."});
}

TEST(RedactionRules, InQuestionsANameThatIsAWordNeedsASecondSign) {
  expect_left(kContent, {"Ek fäller sina löv sent.", "Ester bildas av syra.", "Lind blommar i juli.",
                         "Björn och varg är rovdjur.", "Frank answers are preferred."});
  expect_masked(kContent, {"‹Björn› tyckte att det var fel.", "‹Ester› fick sju poäng."});
}

TEST(RedactionRules, InQuestionsWhoIsTaughtStaysWhole) {
  expect_left(kContent, {"Vad skrev Ludwig van Beethoven?", "Vad gjorde George Washington?", "Hookes lag gäller.",
                         "Simpsons paradox", "Parkinsons sjukdom", "När levde Erik XIV?", "Vad betyder 127.0.0.1?",
                         "Masken är 255.255.255.0.", "Filen /etc/passwd läses av alla."});
  expect_masked(kContent, {"Enligt ‹Lotta› Newton är det fel.", "Felet kom från ‹/home/anna/prov.md›."});
}

TEST(RedactionRules, InQuestionsBothPartsOfANameGo) {
  expect_masked(kContent, {"Fråga till ‹Parisa Moradi› i 9B: vilken enhet?", "‹Linh Nguyen› mejlade svaret.",
                           "Uppgiften rättas av ‹J. Korhonen›.", "Question written by ‹Xiaoming Wang›.",
                           "Handledare: ‹Whitaker, Philippa›.", "Texten är skriven av ‹Päivi› i ‹8B›."});
}

TEST(RedactionRules, TheSpaceBetweenTwoFindingsStays) {
  EXPECT_EQ(redacted("Anna Palm anna.palm@skola.se", kStrict).text, "[PERSON_1] [EMAIL_ADDRESS_1]");
}

}  // namespace
}  // namespace qf
