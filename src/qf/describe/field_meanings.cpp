#include "qf/describe/field_meanings.h"

#include <algorithm>
#include <array>

#include "qf/core/fields.h"

namespace qf {
namespace {

struct Meaning {
  std::string_view field, swedish;
};

// By name, since most names mean the same in every table.
constexpr auto kMeanings = std::to_array<Meaning>({
    {"record_id", "nyckelberoende pseudonym för raden"},
    {"session_id", "nyckelberoende pseudonym för projektets arbetspass"},
    {"subject_id", "nyckelberoende pseudonym för personen"},
    {"question_id", "nyckelberoende pseudonym för frågan i sitt projekt"},
    {"decision_record_id", "radens beteckning för det beslut som rättelsen genomför"},
    {"sitting", "vilken sittning i ordningen, från 0; en ny börjar efter 30 minuters uppehåll"},
    {"session_order", "radens plats bland projektets rader, från 0"},
    {"sitting_order", "radens plats bland sittningens rader, från 0"},
    {"timestamp", "exakt tidpunkt; bara i privata dataset"},
    {"tz_offset_minutes", "avvikelse från UTC enligt loggen, i minuter; bara i privata dataset"},
    {"first_seen", "första händelsen om frågan; bara i privata dataset"},
    {"last_seen", "sista händelsen om frågan; bara i privata dataset"},
    {"term", "svensk termin: 2026-VT (januari till juni) eller 2026-HT"},
    {"duration", "ungefärlig tid mellan första och sista händelsen om frågan"},
    {"event_type", "vilket slags händelse i loggen raden kommer från"},
    {"log_layout", "loggradens form"},
    {"mcp", "vilken server som skrev loggraden"},
    {"tool", "vilket verktyg som skrev loggraden, om det är känt"},
    {"actor", "vem som gjorde det: läraren (teacher) eller ett program (machine)"},
    {"decision_type", "vad som avgjordes"},
    {"question_text", "frågans text"},
    {"question_text_source", "varifrån frågans text är hämtad"},
    {"question_type", "frågetyp"},
    {"question_type_other", "frågetyp som den står i loggen, när den inte är en av de kända"},
    {"bloom_level", "Blooms nivå"},
    {"bloom_level_other", "Blooms nivå som den står i loggen, när den inte är en av de kända"},
    {"difficulty", "svårighetsgrad"},
    {"difficulty_other", "svårighetsgrad som den står i loggen, när den inte är en av de kända"},
    {"context", "var i arbetet beslutet togs, och vad som hade avgjorts dessförinnan"},
    {"module", "modul i metodiken"},
    {"stage", "steg i modulen"},
    {"subject_area", "ämnesområde: bokstäverna i kurskoden"},
    {"language", "textens språk: sv eller en"},
    {"options_presented", "alternativen i den ordning de visades"},
    {"option_count", "antal alternativ"},
    {"ai_suggestion", "vad AI:n föreslog"},
    {"ai_suggestion_kind", "förslagets datatyp i loggen"},
    {"ai_suggestion_label", "förslaget som ett av de kända värdena"},
    {"ai_suggestion_index", "förslagets plats bland alternativen; -1 = inte bland dem"},
    {"ai_confidence", "hur säker AI:n sade sig vara, 0 till 1"},
    {"ai_confidence_logged", "säkerheten som den står i loggen"},
    {"user_choice", "vad läraren valde"},
    {"user_choice_kind", "valets datatyp i loggen"},
    {"user_choice_label", "valet som ett av de kända värdena"},
    {"user_choice_index", "valets plats bland alternativen; -1 = utanför dem"},
    {"outcome",
     "hur det gick: för ett beslut godtaget, ändrat eller förkastat; för en fråga godkänd, exporterad eller "
     "övergiven"},
    {"rationale", "lärarens egna ord om valet"},
    {"rationale_length", "ungefär hur många ord motiveringen har"},
    {"is_final", "om inget senare i arbetet ersatte det"},
    {"time_to_decide", "ungefärlig tid från förslag till beslut"},
    {"session_elapsed", "ungefärlig tid sedan arbetet började"},
    {"sitting_elapsed", "ungefärlig tid sedan sittningen började"},
    {"since_previous", "ungefärlig tid sedan föregående beslut"},
    {"link_rule", "regeln som kopplade raden till det den hör ihop med"},
    {"link_confidence", "hur ofta den regeln har rätt, uppmätt"},
    {"question_length", "ungefär hur många ord frågan har"},
    {"cue_verb_class", "Blooms nivå som frågans verb pekar mot"},
    {"readability", "hur lättläst frågan är (LIX)"},
    {"answer_position", "det rätta svarets plats bland alternativen"},
    {"quality_flags", "vad som är ovanligt med raden"},
    {"fold", "vilken del av underlaget raden hör till vid korsvalidering, 0 till 4"},
    {"privacy_level", "vad som gjorts med raden: raw, redacted eller pseudonymised; aldrig ett löfte om anonymitet"},
    {"dataset_version", "versionen av datasetet som raden står i"},
    {"field", "vilken del av frågan som rättades"},
    {"field_other", "delens namn i loggen, när den inte är en av de kända"},
    {"correction_type", "slag av rättelse enligt loggen"},
    {"before", "vad som stod före rättelsen"},
    {"before_kind", "datatyp före rättelsen"},
    {"before_length", "ungefär hur många ord det var före"},
    {"before_truncated", "om loggen klippte av det som stod före"},
    {"after", "vad som står efter rättelsen"},
    {"after_kind", "datatyp efter rättelsen"},
    {"after_length", "ungefär hur många ord det är efter"},
    {"after_truncated", "om loggen klippte av det som står efter"},
    {"edit_distance", "antal tecken som skiljer före från efter"},
    {"matches_suggestion", "om det efter rättelsen är vad AI:n hade föreslagit"},
    {"title", "frågans titel"},
    {"options", "frågans egna svarsalternativ"},
    {"suggestions", "antal förslag om frågan"},
    {"decisions", "antal beslut av en lärare om frågan"},
    {"accepted", "antal förslag som godtogs som de var"},
    {"corrections", "antal rättelser av en lärare"},
    {"machine_corrections", "antal rättelser av ett program"},
    {"iterations", "antal varv: rättelser och kontroller som inte klarades"},
    {"validation_attempts", "antal kontroller av frågan"},
    {"validation_failures", "antal kontroller som inte klarades"},
    {"abandoned_at", "var arbetet med frågan slutade, om den övergavs"},
});

constexpr const Meaning* swedish_of(std::string_view field) {
  for (const Meaning& one : kMeanings)
    if (one.field == field) return &one;
  return nullptr;
}

template <std::size_t N>
consteval bool all_have_one(const FieldSpec (&fields)[N]) {
  for (const FieldSpec& field : fields)
    if (swedish_of(field.name) == nullptr) return false;
  return true;
}
static_assert(all_have_one(fields::kDecisions) && all_have_one(fields::kCorrections) &&
                  all_have_one(fields::kQuestions),
              "a new field needs its meaning in Swedish above");

}  // namespace

std::string_view field_meaning(TableId table, std::string_view field, std::string_view language) {
  const auto fields = table_schema(table).fields;
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const FieldSpec& one) { return one.name == field; });
  if (found == fields.end()) return field;
  return language == "sv" ? swedish_of(field)->swedish : found->meaning;
}

}  // namespace qf
