#include "qf/describe/plain_words.h"

#include <fmt/format.h>

#include <array>
#include <span>

namespace qf {
namespace {

struct Words {
  std::string_view name, english, swedish;
};

constexpr auto kWords = std::to_array<Words>({
    // audiences and bases
    {"private", "private", "privat (private)"},
    {"internal", "internal", "internt (internal)"},
    {"external", "external", "externt (external)"},
    {"consent", "consent", "samtycke"},
    // states of versions
    {"live", "live", "gällande"},
    {"superseded", "superseded", "ersatt av en nyare"},
    {"revoked", "revoked", "indragen"},
    // what people said, about what, and how
    {"given", "yes", "ja"},
    {"refused", "no", "nej"},
    {"withdrawn", "withdrawn", "återkallat"},
    {"model_training", "training and evaluating models", "träna och utvärdera modeller"},
    {"question_text", "texts of questions and answers", "text i frågor och svarsalternativ"},
    {"correction_text", "texts of corrections", "text i rättelser"},
    {"rationale_text", "reasons, in the writer's words", "motiveringar, med egna ord"},
    {"share_internal", "use by the controller's own people", "användning hos den ansvarige"},
    {"share_external", "sharing with others", "delning med andra"},
    {"paper", "on paper", "på papper"},
    {"mail", "by mail", "med brev eller e-post"},
    {"form", "by a form", "med ett formulär"},
    {"file", "by a file beside the project", "med en fil bredvid projektet"},
    {"self", "by themselves, at the program", "själv, i programmet"},
    {"other", "in another way", "på annat sätt"},
    // texts, and what of them leaves
    {"question", "questions", "frågor"},
    {"options", "answer options", "svarsalternativ"},
    {"correction", "corrections", "rättelser"},
    {"rationale", "reasons", "motiveringar"},
    {"none", "nothing of them", "inget av dem"},
    {"features", "lengths and the like, no words", "längder och liknande, inga ord"},
    {"redacted", "with people masked", "med personer maskerade"},
    {"raw", "as they are", "som de är"},
    {"pseudonymised", "pseudonymised, without texts", "pseudonymiserad, utan texter"},
    // tables
    {"decisions", "decision", "beslut"},
    {"corrections", "correction", "rättelse"},
    {"questions", "question", "fråga"},
    // where others write names
    {"version_holds", "a legal hold", "ett rättsligt hinder"},
    {"authorisations", "a controller's authorisation", "en ansvarigs godkännande"},
    {"recipients", "the list of recipients", "listan över mottagare"},
    {"quarantine_items", "a decision on a text set apart", "ett beslut om en text åt sidan"},
    // texts set apart
    {"special_category", "a hint at health, belief and the like", "tecken på hälsa, tro och liknande"},
    {"suspected_pupil", "it seems to speak of a pupil", "den verkar handla om en elev"},
    {"release", "released: leaves masked", "släppt: lämnas maskerad"},
    {"destroy", "destroyed: never leaves", "förstörd: lämnas aldrig"},
    // measures
    {"within the limit", "within the limit", "inom gränsen"},
    {"some", "some", "några"},
    // what masking found
    {"PERSON", "names of people", "personnamn"},
    {"EMAIL_ADDRESS", "e-mail addresses", "e-postadresser"},
    {"URL", "web addresses", "webbadresser"},
    {"FILE_PATH", "paths of files", "sökvägar"},
    {"IP_ADDRESS", "network addresses", "nätverksadresser"},
    {"MAC_ADDRESS", "addresses of devices", "enhetsadresser"},
    {"UUID", "technical ids", "tekniska id"},
    {"SE_PERSONNUMMER", "Swedish personal identity numbers", "personnummer"},
    {"SE_SAMORDNINGSNUMMER", "Swedish coordination numbers", "samordningsnummer"},
    {"SE_TNUMMER", "Swedish T numbers", "T-nummer"},
    {"SE_ORGANISATIONSNUMMER", "Swedish organisation numbers", "organisationsnummer"},
    {"PHONE_NUMBER", "telephone numbers", "telefonnummer"},
    {"IBAN_CODE", "bank accounts (IBAN)", "bankkonton (IBAN)"},
    {"SE_BANKGIRO", "bankgiro numbers", "bankgiro"},
    {"SE_PLUSGIRO", "plusgiro numbers", "plusgiro"},
    {"CREDIT_CARD", "payment cards", "betalkort"},
    {"US_SSN", "US social security numbers", "amerikanska personnummer"},
    {"ADDRESS", "addresses", "adresser"},
    {"ZIP_CODE", "postcodes", "postnummer"},
    {"DATE_OF_BIRTH", "dates of birth", "födelsedatum"},
    {"AGE", "ages", "åldrar"},
    {"STUDENT_ID", "ids of students", "elev- och studentid"},
    {"STAFF_ID", "ids of staff", "anställningsid"},
    {"USERNAME", "user names", "användarnamn"},
    {"CLASS_GROUP", "classes and groups", "klasser och grupper"},
    {"SCHOOL", "schools", "skolor"},
    {"ORGANIZATION", "organisations", "organisationer"},
    {"SECRET", "passwords and keys", "lösenord och nycklar"},
});

// What is kept, and for how long. Some of these names, and of those of gates, mean something else elsewhere.
constexpr auto kTerms = std::to_array<Words>({
    {"source_log", "logs of the sessions", "loggar från arbetspassen"},
    {"staging", "rows being prepared", "rader under beredning"},
    {"quarantine", "texts set apart", "texter ställda åt sidan"},
    {"salt", "salt of a version's pseudonyms", "salt till en versions pseudonymer"},
    {"version", "published version", "publicerad version"},
    {"consent", "agreements and authorisations", "samtycken och godkännanden"},
    {"audit", "audit log", "revisionslogg"},
    {"access_package", "answer to a person", "svar till en person"},
    {"backup", "backups", "säkerhetskopior"},
});

constexpr auto kGates = std::to_array<Words>({
    {"rows", "rows there are", "rader som finns"},
    {"subjects", "people in it", "personer i den"},
    {"sessions", "sittings in it", "arbetspass i den"},
    {"authorisation", "a controller's authorisation in force", "den ansvariges godkännande gäller"},
    {"redaction_self_test", "share of planted values that is masked", "andel inlagda värden som maskeras"},
    {"quarantine", "distinct texts that awaited a person's decision when it was made",
     "olika texter som väntade på en människas beslut när den skapades"},
    {"k_anonymity", "people in the smallest group", "personer i den minsta gruppen"},
    {"l_diversity", "different choices in the least varied group", "olika val i den minst varierade gruppen"},
    {"suppression", "rows left out for too small a group", "rader utelämnade för att gruppen är för liten"},
    {"profiles", "columns of ids that tie a person's rows together",
     "kolumner med id som binder ihop en persons rader"},
    {"text_ties", "rows that a text ties to others of the same person",
     "rader som en text binder ihop med andra av samma person"},
    {"canaries", "invented people who came through", "påhittade personer som slank igenom"},
    {"differencing", "people told apart by comparing versions", "personer som skiljs ut när versioner jämförs"},
});

std::string look_up(std::span<const Words> table, std::string_view name, std::string_view language) {
  for (const Words& one : table)
    if (one.name == name) return std::string(language == "sv" ? one.swedish : one.english);
  return std::string(name);
}

struct Around {
  std::string_view english, swedish;
};
constexpr std::array<Around, 4> kAround = {{{"0, or at least ", "0, eller minst "},
                                            {"at most ", "högst "},
                                            {"fewer than ", "färre än "},
                                            {"less than ", "mindre än "}}};

}  // namespace

std::string in_words(std::string_view name, std::string_view language) { return look_up(kWords, name, language); }
std::string gate_in_words(std::string_view name, std::string_view language) { return look_up(kGates, name, language); }
std::string term_in_words(std::string_view name, std::string_view language) { return look_up(kTerms, name, language); }

std::string measure_in_words(std::string_view measure, std::string_view language) {
  for (const Around& one : kAround)
    if (language == "sv" && measure.starts_with(one.english))
      return std::string(one.swedish) + std::string(measure.substr(one.english.size()));
  return in_words(measure, language);
}

std::string text_levels_in_words(const std::vector<std::pair<std::string, std::string>>& levels,
                                 std::string_view language) {
  std::string text;
  for (const auto& [group, level] : levels)
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", in_words(group, language), in_words(level, language));
  return text;
}

}  // namespace qf
