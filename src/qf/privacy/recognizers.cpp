#include "qf/privacy/recognizers.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "qf/privacy/recognize.h"

namespace qf {
namespace {

constexpr std::array<std::string_view, kEntityTypeCount> kTypeNames = {
    "PERSON",
    "EMAIL_ADDRESS",
    "URL",
    "FILE_PATH",
    "IP_ADDRESS",
    "MAC_ADDRESS",
    "UUID",
    "SE_PERSONNUMMER",
    "SE_SAMORDNINGSNUMMER",
    "SE_TNUMMER",
    "SE_ORGANISATIONSNUMMER",
    "PHONE_NUMBER",
    "IBAN_CODE",
    "SE_BANKGIRO",
    "SE_PLUSGIRO",
    "CREDIT_CARD",
    "US_SSN",
    "ADDRESS",
    "ZIP_CODE",
    "DATE_OF_BIRTH",
    "AGE",
    "STUDENT_ID",
    "STAFF_ID",
    "USERNAME",
    "CLASS_GROUP",
    "SCHOOL",
    "ORGANIZATION",
    "SECRET",
};

using enum EntityType;
constexpr std::string_view kIdentityWords =
    "personnummer|personnumret|pnr|persnr|samordningsnummer|samordningsnumret|född|födelsenummer";
constexpr std::string_view kIdentityWordsEnglish = "ssn|social|identity|personnummer|born|personal";
constexpr std::string_view kPhoneWords =
    "tel|telefon|telefonnummer|telefonnumret|telnr|mobil|mobilen|mobilnummer|mobilnr|ring|ringa|ringde|sms|sms:a|fax|"
    "växel|nummer|numret|nr|swish|swisha|tfn|nås|nå";
constexpr std::string_view kPhoneWordsEnglish =
    "tel|telephone|phone|phones|mobile|cell|cellphone|call|called|calling|text|fax|number|reach|whatsapp|dial|office|"
    "desk|contact|hotline";
constexpr std::string_view kSecretWords =
    "lösenord|lösenordet|lösenorden|lösen|nyckel|nyckeln|pinkod|kod|koden|inloggning|inloggningen|"
    "inloggningsuppgifter|inlogg|logga|passord";
constexpr std::string_view kSecretWordsEnglish =
    "password|passwd|pwd|passphrase|token|secret|apikey|api_key|key|pin|passcode|bearer|credential|credentials|"
    "login|logon";

// The table. A new recogniser is a row here, with its finder and check in the file of its kind.
constexpr std::array kTable = {
    Recognizer{"personnummer", kPersonalNumber, Anchor::kDigits, find_personal_number, check_personal_number, 0.3F,
               kIdentityWords, kIdentityWordsEnglish,
               "a day of birth, a serial number that is not 000, and its check digit"},
    Recognizer{"personnummer_spaced", kPersonalNumber, Anchor::kDigits, find_spaced_personal_number,
               check_spaced_personal_number, 0.3F, kIdentityWords, kIdentityWordsEnglish,
               "the same with spaces or dashes between its digits, where a word says what it is"},
    Recognizer{"samordningsnummer", kCoordinationNumber, Anchor::kDigits, find_personal_number,
               check_coordination_number, 0.3F, kIdentityWords, kIdentityWordsEnglish,
               "a day of birth plus 60 (month 00 and day 60 occur) and its check digit"},
    Recognizer{"personnummer_parted", kPersonalNumber, Anchor::kDigits, find_parted_personal_number,
               check_parted_personal_number, 0.3F, "", "ssn",
               "the same with other separators (6 4, 6 - 4, 4-2-2-4): only with its check digit"},
    Recognizer{"samordningsnummer_parted", kCoordinationNumber, Anchor::kDigits, find_parted_personal_number,
               check_parted_coordination_number, 0.3F, "", "ssn", "the same for coordination numbers"},
    Recognizer{"t_number", kInterimNumber, Anchor::kDigits, find_interim_number, check_interim_number, 0.3F,
               "t-nummer|tillfälligt|interimsnummer|personnummer", "interim|temporary",
               "a day of birth, a letter of TRSUWXJKLMN for the first serial digit, and the check digit with 1 for it"},
    Recognizer{"organisation_number", kOrganisationNumber, Anchor::kDigits, find_organisation_number,
               check_organisation_number, 0.3F, "orgnr|organisationsnummer|organisationsnumret|org|momsnummer",
               "organisation|organization|company|vat", "ten digits, the third 2 or more, and their check digit"},
    Recognizer{"vat_number", kOrganisationNumber, Anchor::kDigits, find_vat_number, check_vat_number, 0.3F,
               "organisationsnummer|momsnummer|vat-nummer|momsregistreringsnummer", "vat|tax",
               "SE, an organisation number and 01"},
    Recognizer{"us_ssn", kUsSsn, Anchor::kDigits, find_us_ssn, check_us_ssn, 0.6F, "", "ssn|social|security",
               "three, two and four digits with equal separators, none of them out of use"},
    Recognizer{"us_ssn_unbroken", kUsSsn, Anchor::kDigits, find_bare_us_ssn, check_us_ssn, 0.2F, "",
               "ssn|social|security|ssns", "nine digits where a word says what they are"},
    Recognizer{"phone_swedish", kPhone, Anchor::kDigits, find_swedish_phone, check_swedish_phone, 0.4F, kPhoneWords,
               kPhoneWordsEnglish, "an area code or mobile prefix and the number of digits that goes with it"},
    Recognizer{"phone_international", kPhone, Anchor::kDigits, find_international_phone, confirmed, 0.9F, kPhoneWords,
               kPhoneWordsEnglish, "+ or 00, a country code and at most 15 digits (E.164)"},
    Recognizer{"phone_american", kPhone, Anchor::kDigits, find_american_phone, possible, 0.7F, kPhoneWords,
               kPhoneWordsEnglish, "area code, exchange and line of the North American plan"},
    Recognizer{"phone_any", kPhone, Anchor::kDigits, find_any_phone, possible, 0.2F, kPhoneWords, kPhoneWordsEnglish,
               "seven to fourteen digits where a word says what they are"},
    Recognizer{"iban", kIban, Anchor::kName, find_iban, check_iban, 0.55F, "iban|konto|kontonummer|bankkonto",
               "iban|account|bank|transfer", "a country code, its length, and 97-10 of ISO 7064"},
    Recognizer{"card", kCard, Anchor::kDigits, find_card, check_card, 0.3F,
               "kort|kortet|kortnummer|betalkort|kreditkort|bankkort",
               "card|cards|credit|debit|visa|mastercard|amex|cc|cvv",
               "the range of an issuer, its length, and Luhn's check digit"},
    Recognizer{"bankgiro", kBankgiro, Anchor::kDigits, find_bankgiro, check_giro, 0.2F,
               "bankgiro|bankgironummer|bg|bankgirot", "bankgiro|giro",
               "seven or eight digits with a check digit, where a word says so"},
    Recognizer{"plusgiro", kPlusgiro, Anchor::kDigits, find_plusgiro, check_giro, 0.2F,
               "plusgiro|plusgironummer|pg|postgiro|plusgirot", "plusgiro|postgiro|giro",
               "two to eight digits with a check digit, where a word says so"},
    Recognizer{"email", kEmail, Anchor::kMark, find_email, confirmed, 0.95F,
               "mejl|mejla|mail|maila|e-post|epost|mejladress", "mail|email|e-mail", "a name, @ and a domain"},
    Recognizer{"email_spoken", kEmail, Anchor::kWord, find_spoken_email, possible, 0.7F, "mejl|mail|e-post|epost",
               "mail|email|e-mail", "a name, the word at and the word dot or punkt before a top-level domain"},
    Recognizer{"url", kUrl, Anchor::kMark, find_url, check_url, 0.92F, "", "", "a scheme or www and a host"},
    Recognizer{"domain", kUrl, Anchor::kWord, find_domain, check_url, 0.6F, "webbplats|hemsida|sajt",
               "site|website|domain", "names with full stops between, the last a common top-level domain"},
    Recognizer{"path", kPath, Anchor::kMark, find_path, possible, 0.7F, "", "",
               "folders of a disk, or a host and its shares"},
    Recognizer{"ipv4", kIpAddress, Anchor::kDigits, find_ipv4, possible, 0.7F, "ip|ip-adress", "ip|address",
               "four numbers up to 255"},
    Recognizer{"ipv6", kIpAddress, Anchor::kMark, find_ipv6, possible, 0.7F, "ip|ip-adress", "ip|address",
               "groups as RFC 4291 writes them"},
    Recognizer{"mac", kMacAddress, Anchor::kWord, find_mac, possible, 0.7F, "", "mac|hardware",
               "six pairs of hexadecimal digits"},
    Recognizer{"uuid", kUuid, Anchor::kDigits, find_uuid, confirmed, 0.9F, "", "",
               "hexadecimal digits, 8-4-4-4-12 (RFC 9562)"},
    Recognizer{"address_swedish", kAddress, Anchor::kWord, find_swedish_address, possible, 0.7F, "bor|adress|adressen",
               "address|lives", "a street by its ending, with number, flat, post code and town as far as they follow"},
    Recognizer{"address_english", kAddress, Anchor::kDigits, find_english_address, possible, 0.7F, "bor|adress",
               "address|lives|street",
               "a number, a name and a word for street, with flat, town and code as far as they follow"},
    Recognizer{"post_town", kAddress, Anchor::kDigits, find_post_town, possible, 0.65F, "bor|adress|postadress",
               "address|lives", "a Swedish post code before a place"},
    Recognizer{"post_code", kPostCode, Anchor::kDigits, find_post_code, possible, 0.3F,
               "postnummer|postnr|postkod|postadress", "zip|zipcode|postcode|postal|code",
               "five digits where a word says so"},
    Recognizer{"post_code_behind_place", kPostCode, Anchor::kDigits, find_post_code_behind_place, possible, 0.6F, "",
               "", "five digits directly behind a place"},
    Recognizer{"birth_date", kBirthDate, Anchor::kDigits, find_birth_date, possible, 0.3F,
               "född|födda|föddes|födelsedatum|födelsedag|fyller|fyllde|födelsedagen",
               "born|birthday|birthdate|birth|dob", "a day of the calendar where a word says that it is somebody's"},
    Recognizer{"birth_date_abbreviated", kBirthDate, Anchor::kDigits, find_abbreviated_birth_date, possible, 0.6F, "",
               "", "a day of the calendar behind f."},
    Recognizer{"age_of_somebody", kAge, Anchor::kDigits, find_age_of_somebody, possible, 0.6F, "", "",
               "a number up to 120 behind a word for a person: är 13 år, (12 år), \", 17,\""},
    Recognizer{"age_in_words", kAge, Anchor::kWord, find_age_in_words, possible, 0.6F, "", "",
               "elvaåriga, nio år, eleven years old, beside a word for a person"},
    Recognizer{"age", kAge, Anchor::kDigits, find_age, possible, 0.6F, "gammal|gamla|ålder", "old|aged|age",
               "a number up to 120 and words that make it an age"},
    Recognizer{"student_id", kStudentId, Anchor::kName, find_account_name, possible, 0.3F,
               "student-id|studentid|elev-id|elevid|student|studentnummer|elevnummer|elevkonto", "student|pupil",
               "letters and digits of an account where a word says whose"},
    Recognizer{"student_number", kStudentId, Anchor::kDigits, find_id_number, possible, 0.2F,
               "student-id|studentid|elev-id|elevid|studentnummer|elevnummer|elevnr|studentnr",
               "studentid|matriculation", "four to ten digits where a word says whose"},
    Recognizer{"staff_id", kStaffId, Anchor::kName, find_account_name, possible, 0.3F,
               "anstnr|anst|anställningsnummer|anställnings-id|personal-id|signatur", "staff|employee",
               "letters and digits of an account where a word says whose"},
    Recognizer{"staff_number", kStaffId, Anchor::kDigits, find_id_number, possible, 0.2F,
               "anstnr|anst|anställningsnummer|anställnings-id|personal-id|personalnummer", "staffid|employee|badge",
               "four to ten digits where a word says whose"},
    Recognizer{
        "user_name", kUserName, Anchor::kContext, find_stated_name, possible, 0.6F,
        "användarnamn|användarnamnet|användar-id|inloggning|användare|snapchat|instagram|insta|discord|snap|tiktok",
        "username|login|userid|user|handle|snapchat|instagram|discord",
        "the word behind a word for a user name and a colon"},
    Recognizer{"user_name_beside", kUserName, Anchor::kContext, find_account_beside, possible, 0.6F,
               "inloggad|inloggade|konto|kontot|användare|användaren|användarnamn|användarnamnet|heter|snap|discord|"
               "tiktok|insta|instagram|kahoot",
               "username|user|account|snapchat|logged|nick|nickname|gamertag|alias|twitch|telegram|skype|github",
               "a word shaped as an account's name up to five words behind one for an account or a platform"},
    Recognizer{"user_id_stated", kUserName, Anchor::kContext, find_labelled_user, possible, 0.6F,
               "userid|användar-id|användarid|id|namn|nr", "user-id|name|number",
               "the word behind a label for a user's id, whatever its shape"},
    Recognizer{"staff_id_stated", kStaffId, Anchor::kContext, find_labelled_staff, possible, 0.6F,
               "signatur|anstnr|anställningsnummer|personal-id|anställnings-id|staffid|lärar-id|lärarid|id|nr|nummer",
               "number|no", "the word behind a label for somebody's number at work, whatever its shape"},
    Recognizer{"student_id_stated", kStudentId, Anchor::kContext, find_labelled_student, possible, 0.6F,
               "studentid|student-id|elev-id|elevid|elevnummer|elevnr|studentnummer|studentnr|id|nr|nummer",
               "number|no", "the word behind a label for a pupil's number, whatever its shape"},
    Recognizer{"student_account", kStudentId, Anchor::kName, find_student_account, possible, 0.3F,
               "elev|eleven|elevens|inlämning|inlämningen|inlämnat|inlämnad", "submission|submitted|pupil|student",
               "letters and digits as schools name accounts, beside a word for a pupil or what pupils hand in"},
    Recognizer{"mention", kUserName, Anchor::kMark, find_mention, possible, 0.55F, "", "", "@ before a name"},
    Recognizer{"class", kClass, Anchor::kName, find_class, possible, 0.3F,
               "klass|klassen|klasser|grupp|gruppen|undervisningsgrupp|årskurs|åk|elev|eleven|elever|elevgrupp|mentor|"
               "mentorsgrupp|parallellklass",
               "class|group|grade|pupil|homeroom|form",
               "a year and a letter, or a programme and a year, where a word says so"},
    Recognizer{"school", kSchool, Anchor::kWord, find_school, possible, 0.65F, "", "",
               "the name of a school or university"},
    Recognizer{"company", kOrganisation, Anchor::kName, find_company, possible, 0.6F, "", "",
               "capitalised words before AB, HB, Ltd, Inc and the like"},
    Recognizer{"employer", kOrganisation, Anchor::kContext, find_employer, possible, 0.6F,
               "arbetar|jobbar|anställd|jobbade|arbetade|praktiserar|praktiserade|praktik|prao|vikarierar|vikarierade|"
               "arbetsgivare|arbetsgivaren",
               "works|worked|employed|employer|intern|internship", "a name behind words for working there"},
    Recognizer{"key", kSecret, Anchor::kWord, find_key, possible, 0.7F, kSecretWords, kSecretWordsEnglish,
               "the beginning of a known kind of key, a JWT, a PEM block, or 20 mixed signs"},
    Recognizer{"stated_secret", kSecret, Anchor::kContext, find_stated_secret, possible, 0.6F, kSecretWords,
               kSecretWordsEnglish,
               "what stands behind a word for a password or key and a colon, an equals sign, är or is"},
};
static_assert(kTable.size() <= 64, "ContextWord has a bit for each recogniser");

template <class Visit>
void each_word(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find('|'), list.size());
    visit(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

// From the hash of a context word to the recognisers it speaks for; a small filter in front of it, since most words
// of a text are in it nowhere.
struct ContextTable {
  std::unordered_map<std::uint64_t, std::uint64_t> words;
  std::array<bool, 4096> filter{};

  ContextTable() {
    for (std::size_t i = 0; i < kTable.size(); ++i)
      for (const std::string_view list : {kTable[i].swedish, kTable[i].english})
        each_word(list, [&](std::string_view word) {
          const std::uint64_t hash = word_hash(word);
          words[hash] |= std::uint64_t{1} << i;
          filter[hash & 4095] = true;
        });
  }
};

float score_of(const Recognizer& one, Verdict verdict, bool context) {
  float score = verdict == Verdict::kConfirmed ? kConfirmedScore : one.score;
  if (verdict == Verdict::kSuspect) score = kSuspectScore;
  return std::min(1.0F, score + (context ? kContextScore : 0.0F));
}

}  // namespace

std::string_view to_string(EntityType type) { return kTypeNames[static_cast<std::size_t>(type)]; }

std::string_view to_string(Anchor anchor) {
  constexpr std::array<std::string_view, 5> kNames = {"digits", "mark", "word", "name", "context"};
  return kNames[static_cast<std::size_t>(anchor)];
}

std::span<const Recognizer> recognizers() { return kTable; }

std::vector<ContextWord> find_context(const Tokens& tokens) {
  static const ContextTable table;
  std::vector<ContextWord> found;
  for (std::size_t i = 0; i < tokens.all.size(); ++i) {
    const Token& token = tokens.all[i];
    if (!token.word() || !table.filter[token.hash & 4095]) continue;
    if (const auto known = table.words.find(token.hash); known != table.words.end())
      found.push_back({static_cast<std::uint32_t>(i), known->second});
  }
  return found;
}

bool has_context(const Document& document, std::size_t recognizer, Candidate candidate) {
  constexpr std::size_t kBefore = 8, kAfter = 4;
  if (document.context.empty()) return false;
  const std::size_t first = document.tokens.at_byte(candidate.begin);
  const std::size_t last = document.tokens.at_byte(candidate.end);
  auto word = std::lower_bound(document.context.begin(), document.context.end(), first > kBefore ? first - kBefore : 0,
                               [](const ContextWord& one, std::size_t token) { return one.token < token; });
  for (; word != document.context.end() && word->token < last + kAfter; ++word) {
    const Token& token = document.tokens.all[word->token];
    if ((word->recognizers >> recognizer & 1) != 0 && (token.end <= candidate.begin || token.begin >= candidate.end))
      return true;
  }
  return false;
}

void recognise(const Document& document, std::vector<Finding>& found) {
  std::vector<Candidate> candidates;
  const auto look = [&](std::size_t index, std::size_t at) {
    const Recognizer& one = kTable[index];
    one.find(document, at, candidates);
    for (const Candidate candidate : candidates) {
      const Verdict verdict = one.check(document, candidate);
      if (verdict == Verdict::kKilled) continue;
      float score = score_of(one, verdict, false);
      if (score < kThreshold || score < 0.9F)
        if (has_context(document, index, candidate)) score = score_of(one, verdict, true);
      if (score >= kThreshold) found.push_back({candidate.begin, candidate.end, one.type, score, one.name});
    }
    candidates.clear();
  };
  // The same words for all recognisers that look at words: one pass, then each over what concerns it.
  std::vector<std::uint32_t> words, names;
  for (std::size_t i = 0; i < document.tokens.all.size(); ++i) {
    const Token& token = document.tokens.all[i];
    if (token.kind == TokenKind::kSign || token.kind == TokenKind::kPlaceholder) continue;
    words.push_back(static_cast<std::uint32_t>(i));
    if (token.word() && (token.has(kCapital) || token.has(kHasDigit))) names.push_back(static_cast<std::uint32_t>(i));
  }
  for (std::size_t index = 0; index < kTable.size(); ++index) {
    switch (kTable[index].anchor) {
      case Anchor::kDigits:
        for (std::size_t i = 0; i < document.tokens.digits.size(); ++i) look(index, i);
        break;
      case Anchor::kMark:
        for (std::size_t i = 0; i < document.tokens.marks.size(); ++i) look(index, i);
        break;
      case Anchor::kWord:
        for (const std::uint32_t i : words) look(index, i);
        break;
      case Anchor::kName:
        for (const std::uint32_t i : names) look(index, i);
        break;
      case Anchor::kContext:
        for (const ContextWord& word : document.context)
          if ((word.recognizers >> index & 1) != 0) look(index, word.token);
        break;
    }
  }
}

}  // namespace qf
