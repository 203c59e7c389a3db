#include "qf/describe/controller_writing.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "qf/describe/plain_words.h"
#include "qf/describe/reason_words.h"

namespace qf {
namespace {

struct Words {
  std::string_view name, english, swedish;
};

constexpr std::array<Words, 11> kFieldWords = {{
    {"direct identifier", "direct identifier", "direkt identifierare"},
    {"quasi-identifier", "quasi-identifier", "kan peka ut tillsammans med annat"},
    {"sensitive", "about the person at work", "om personen i arbetet"},
    {"free text", "free text", "fri text"},
    {"keep", "leaves as it is, or coarser", "lämnas som det är, eller grövre"},
    {"pseudonymise", "leaves as a keyed pseudonym", "lämnas som nyckelberoende pseudonym"},
    {"private_only", "stays in the private circle", "stannar i den privata kretsen"},
    {"text", "by agreement, masked outside the private circle", "efter samtycke, maskerat utanför den privata kretsen"},
    {"closed_or_text", "known values leave, other words as text", "kända värden lämnas, andra ord som text"},
    {"text_feature", "taken from a text, leaves unless no text does", "hämtat ur text, lämnas om inte all text är av"},
    {"context", "known values leave, other words as text", "kända värden lämnas, andra ord som text"},
}};

constexpr std::array<Words, 4> kClasses = {{
    {"direct identifier", "Ids of people, sittings, questions and records: leave only as keyed pseudonyms.",
     "Beteckningar på personer, arbetspass, frågor och poster: lämnas bara som nyckelberoende pseudonymer."},
    {"quasi-identifier",
     "Where and when: subject area, language, term, part of the program, type of question. Exact times stay in the "
     "private circle; the rest is made coarser until enough people share it.",
     "Var och när: ämnesområde, språk, termin, del av programmet, frågetyp. Exakta tider stannar i den privata "
     "kretsen; "
     "resten görs grövre tills tillräckligt många delar det."},
    {"sensitive", "What was chosen, whether a proposal was accepted, and how long it took.",
     "Vad som valdes, om ett förslag godtogs och hur lång tid det tog."},
    {"free text",
     "What was written: questions, answers, corrections, reasons. Leaves only where its writer agreed to that kind of "
     "text, and outside the private circle only masked.",
     "Vad som skrevs: frågor, svarsalternativ, rättelser, motiveringar. Lämnas bara om den som skrev samtyckt till det "
     "slaget av text, och utanför den privata kretsen bara maskerat."},
}};

template <std::size_t N>
std::string named(const std::array<Words, N>& words, std::string_view name, bool swedish) {
  for (const Words& one : words)
    if (one.name == name) return std::string(swedish ? one.swedish : one.english);
  return std::string(name);
}

}  // namespace

ControllerWriting::ControllerWriting(const ControllerFacts& facts, const std::string& language,
                                     std::string_view english, std::string_view swedish)
    : facts_(facts),
      swedish_(language == "sv"),
      language_(language),
      paper_(std::string(swedish_ ? swedish : english), language) {
  paper_.paragraph(facts.name + ", " + facts.written_on);
}

std::string ControllerWriting::word(std::string_view english, std::string_view swedish) const {
  return std::string(swedish_ ? swedish : english);
}
ControllerWriting& ControllerWriting::heading(std::string_view english, std::string_view swedish) {
  paper_.heading(2, word(english, swedish));
  return *this;
}
ControllerWriting& ControllerWriting::say(std::string_view english, std::string_view swedish) {
  paper_.paragraph(word(english, swedish));
  return *this;
}
ControllerWriting& ControllerWriting::gap(std::string_view english, std::string_view swedish) {
  paper_.gap(word(english, swedish));
  return *this;
}
ControllerWriting& ControllerWriting::note(std::string_view english, std::string_view swedish) {
  paper_.note(word(english, swedish));
  return *this;
}

void ControllerWriting::controller() {
  if (facts_.controllers.empty())
    gap("Controller (the school authority or university, not the teacher), its representative and contact.",
        "Personuppgiftsansvarig (skolhuvudmannen eller lärosätet, inte läraren), företrädare och kontaktuppgifter.");
  else
    paper_.paragraph(fmt::format("{}: {}{}{}", word("Controller", "Personuppgiftsansvarig"),
                                 fmt::join(facts_.controllers, "; "), facts_.contact.empty() ? "" : ", ",
                                 facts_.contact));
  if (facts_.controllers.size() > 1)
    gap("Several controllers are on record. Each answers for its own people and keeps its own paper, unless they are "
        "joint "
        "controllers (Article 26): then name their arrangement.",
        "Flera ansvariga är registrerade. Var och en svarar för sina egna personer och har sin egen handling, om de "
        "inte är "
        "gemensamt ansvariga (artikel 26): ange då deras arrangemang.");
  else if (!facts_.controllers.empty() && facts_.contact.empty())
    gap("The controller's contact and, where it has one, its representative.",
        "Den ansvariges kontaktuppgifter och, om den har en, dess företrädare.");
  gap("Data protection officer, with contact.", "Dataskyddsombud, med kontaktuppgifter.");
}

void ControllerWriting::purposes() {
  say("To train and evaluate models that help teachers write exam questions: which suggestions are accepted, changed "
      "or "
      "rejected, and how. Not for judging, ranking or following up any single person.",
      "Att träna och utvärdera modeller som hjälper lärare att skriva provfrågor: vilka förslag som godtas, ändras "
      "eller "
      "förkastas, och hur. Inte för att bedöma, rangordna eller följa upp någon enskild person.");
}

void ControllerWriting::authorisations() {
  Rows rows;
  for (const auto& one : facts_.authorisations)
    rows.push_back({one.controller, in_words(one.basis, language_), one.dpia, in_words(one.audience, language_),
                    one.until,
                    one.in_force             ? word("in force", "gäller")
                    : one.revoked_on.empty() ? word("has ended", "har löpt ut")
                                             : word("revoked ", "återkallat ") + one.revoked_on});
  if (rows.empty())
    note("No controller has authorised that anything leaves whoever holds the logs; nothing can.",
         "Ingen personuppgiftsansvarig har godkänt att något lämnar den som har loggarna; inget kan göra det.");
  paper_.table({word("controller", "ansvarig"), word("basis", "rättslig grund"), "DPIA",
                word("audience", "mottagarkrets"), word("until", "till"), word("state", "läge")},
               std::move(rows));
}

void ControllerWriting::people() {
  paper_.paragraph(fmt::format(
      fmt::runtime(
          word("Teachers and other staff who write questions with QuestionForge: {} people confirmed in the register, "
               "{} projects. Pupils and colleagues may be named in free text; such texts are masked or set apart "
               "before anything leaves.",
               "Lärare och annan personal som skriver frågor med QuestionForge: {} personer bekräftade i registret, "
               "{} projekt. Elever och kollegor kan nämnas i fri text; sådan text maskeras eller ställs åt sidan "
               "innan något lämnas ut.")),
      facts_.people, facts_.projects));
}

void ControllerWriting::categories() {
  std::vector<std::string> items;
  for (const Words& one : kClasses) items.push_back(word(one.english, one.swedish));
  paper_.list(std::move(items));
  Rows rows;
  for (const auto& field : facts_.fields)
    rows.push_back({field.table + "." + field.name, named(kFieldWords, field.privacy_class, swedish_),
                    named(kFieldWords, field.action, swedish_), word(field.meaning, field.meaning_sv)});
  if (rows.empty()) return;
  paper_.open_fold(word("Field by field", "Fält för fält"));
  paper_.table({word("field", "fält"), word("class", "klass"), word("what is done", "vad som görs"),
                word("meaning", "betydelse")},
               std::move(rows));
  paper_.close_fold();
}

void ControllerWriting::recipients() {
  Rows rows;
  for (const auto& one : facts_.recipients) rows.push_back({one.name, one.version, one.given_on, one.models});
  if (rows.empty()) say("No recipient is on record.", "Ingen mottagare är registrerad.");
  paper_.table({word("recipient", "mottagare"), "version", word("given on", "lämnad"),
                word("models trained on it", "modeller tränade på den")},
               std::move(rows));
}

void ControllerWriting::terms() {
  Rows rows;
  for (const auto& term : facts_.terms)
    rows.push_back(
        {term_in_words(term.name, language_), word(term.period_en, term.period_sv), word(term.then_en, term.then_sv)});
  paper_.table({word("data", "uppgifter"), word("kept", "sparas"), word("then", "därefter")}, std::move(rows));
}

void ControllerWriting::measures() {
  paper_.list(
      {word("Direct identifiers leave only as keyed pseudonyms, new for each version; the key lies outside the store. "
            "Pseudonymised data are personal data still.",
            "Direkta identifierare lämnas bara som nyckelberoende pseudonymer, nya för varje version; nyckeln ligger "
            "utanför datasetets lager. Pseudonymiserade uppgifter är fortfarande personuppgifter."),
       word("A field that no rule names does not leave; text leaves masked, or not at all, outside the private circle.",
            "Ett fält som ingen regel nämner lämnas inte; text lämnas maskerad eller inte alls utanför den privata "
            "kretsen."),
       word("Groups of fewer than 5 (internal) or 10 (external) people are generalised or left out.",
            "Grupper med färre än 5 (internt) eller 10 (externt) personer generaliseras eller utelämnas."),
       word("Consent and controller's authorisation are checked for every row; withdrawal revokes what rests on it.",
            "Samtycke och den ansvariges godkännande kontrolleras för varje rad; återkallelse drar in det som vilar på "
            "det."),
       word("Files for their owner alone; an audit log chained by hashes; signed receipts of erasure and retention.",
            "Filer bara för ägaren; en revisionslogg kedjad med kontrollsummor; undertecknade kvitton på radering och "
            "gallring.")});
}

void ControllerWriting::agreements() {
  counts(word("people whose agreement stands, by scope", "personer vars samtycke gäller, per omfattning"),
         facts_.people_by_scope);
  counts(word("people, by how their word was given", "personer, efter hur de gav besked"), facts_.people_by_method);
}

void ControllerWriting::evidence() {
  if (facts_.versions.empty())
    note("No version is live: nothing was measured yet.", "Ingen version gäller: inget är mätt än.");
  for (const auto& version : facts_.versions) evidence_of(version);
  paper_.paragraph(fmt::format("{}: {}. {}: {}.", word("Superseded versions", "Ersatta versioner"),
                               facts_.superseded_versions, word("Revoked", "Återkallade"), facts_.revoked_versions));
  Rows rows;
  for (const auto& test : facts_.self_tests)
    rows.push_back({test.profile, fmt::format("{} / {}", test.covered, test.planted),
                    test.passed ? word("passed", "klarad") : word("not passed", "inte klarad")});
  paper_.heading(
      3, word("Self-test of the redaction, run for this paper", "Självtest av maskeringen, kört för denna handling"));
  paper_.table(
      {word("profile", "profil"), word("planted values covered", "inlagda värden täckta"), word("result", "utfall")},
      std::move(rows));
  paper_.paragraph(fmt::format(
      fmt::runtime(word(
          "Floor: {:.0f} %. It shows that the masking works here, not how much it finds in texts of people: measured "
          "recall on texts it was not tuned on is in docs/redaction.md, attacks on groups in docs/anonymity.md and "
          "docs/threat-model.md. No recognizer finds everything.",
          "Golv: {:.0f} %. Det visar att maskeringen fungerar här, inte hur mycket den hittar i människors texter: "
          "uppmätt täckning på texter den inte trimmats på står i docs/redaction.md, angrepp på grupper i "
          "docs/anonymity.md och docs/threat-model.md. Ingen igenkänning hittar allt.")),
      facts_.self_test_floor * 100));
  paper_.heading(3, word("Audit log", "Revisionslogg"));
  paper_.paragraph(
      facts_.audit_problem.empty()
          ? fmt::format(fmt::runtime(
                            word("{} entries; the chain holds, recomputed for this paper. The bodies of {} are erased.",
                                 "{} poster; kedjan håller, omräknad för denna handling. Innehållet i {} är raderat.")),
                        facts_.audit_entries, facts_.audit_erased)
          : word("THE CHAIN DOES NOT HOLD: ", "KEDJAN HÅLLER INTE: ") + facts_.audit_problem);
}

void ControllerWriting::evidence_of(const ControllerFacts::Version& version) {
  paper_.heading(3, version.name);
  paper_.paragraph(fmt::format("{}: {}. {}: {}. {}: {}.", word("Made on", "Skapad"), version.created_on,
                               word("Texts", "Texter"), text_levels_in_words(version.text_levels, language_),
                               word("Privacy level", "Skyddsnivå"), in_words(version.privacy_level, language_)));
  Rows rows;
  for (const auto& gate : version.gates)
    rows.push_back({fmt::format("{}: {}", gate.name, gate_in_words(gate.name, language_)),
                    gate.passed    ? word("passed", "klarad")
                    : gate.refuses ? word("NOT PASSED", "INTE KLARAD")
                                   : word("told, does not stop it", "påpekas, hindrar inte"),
                    measure_in_words(gate.measured, language_), measure_in_words(gate.required, language_)});
  paper_.table({word("gate", "spärr"), word("result", "utfall"), word("measured", "mätt"), word("asked", "krav")},
               std::move(rows));
  groups_of(version);
  std::map<std::string, std::string> dropped;
  for (const auto& [reason, count] : version.dropped) dropped[reason_in_words(reason, language_)] = count;
  counts(word("rows left out", "utelämnade rader"), dropped);
  counts(word("masked", "maskerat"), version.masked);
  counts(word("texts set apart when it was made", "texter åt sidan när den skapades"), version.quarantined);
  if (!version.quarantined.empty() && !version.quarantined_rows.empty())
    paper_.paragraph(fmt::format(fmt::runtime(word("These texts stand in {} rows.", "Dessa texter står i {} rader.")),
                                 version.quarantined_rows));
  if (version.dropped.empty() && !version.groups.empty())
    say("How many rows were left out and why, and what was masked, is not told of a version that leaves: such counts "
        "could "
        "speak of few people.",
        "Hur många rader som utelämnats och varför, och vad som maskerats, sägs inte om en version som lämnas ut: "
        "sådana antal "
        "kan handla om få personer.");
}

void ControllerWriting::groups_of(const ControllerFacts::Version& version) {
  Rows rows, columns;
  for (const auto& group : version.groups) {
    rows.push_back({group.table, measure_in_words(group.people, language_), group.groups, group.k,
                    group.l == "0" ? word("not measured", "mäts inte") : group.l,
                    measure_in_words(group.unique_profiles, language_)});
    for (const auto& [column, kept] : group.retained)
      columns.push_back({group.table + "." + column, fmt::format("{:.0f} %", kept * 100)});
  }
  paper_.table(
      {word("table", "tabell"), word("people", "personer"), word("groups", "grupper"),
       word("k: people in the smallest", "k: personer i den minsta"), word("l: different choices", "l: olika val"),
       word("people whose set of groups nobody else has", "personer med en uppsättning grupper som ingen annan har")},
      std::move(rows));
  if (columns.empty()) return;
  paper_.open_fold(
      word("How much each column kept of its information", "Hur mycket varje kolumn behåller av sin information"));
  paper_.table({word("column", "kolumn"), word("kept", "behållet")}, std::move(columns));
  paper_.close_fold();
}

void ControllerWriting::rights_done() {
  paper_.table(
      {word("right", "rättighet"), word("times", "gånger")},
      {{word("answers about access (Article 15)", "svar om tillgång (artikel 15)"),
        std::to_string(facts_.access_requests)},
       {word("erasures (Article 17)", "raderingar (artikel 17)"), std::to_string(facts_.erasures)},
       {word("people who withdrew an agreement (Article 7(3))", "personer som återkallat ett samtycke (artikel 7.3)"),
        facts_.withdrawn_by},
       {word("versions under legal hold", "versioner under rättsligt hinder"), std::to_string(facts_.holds)},
       {word("distinct texts awaiting a person's decision now", "olika texter som nu väntar på en människas beslut"),
        std::to_string(facts_.awaiting_texts)},
       {word("rows that these texts stand in", "rader som dessa texter står i"),
        std::to_string(facts_.awaiting_rows)}});
}

void ControllerWriting::signatures() {
  gap("Decided by (name, role), on (day). To be looked at again on (day), and when the risk changes (Article 35(11)).",
      "Beslutat av (namn, roll), den (dag). Ses över den (dag), och när risken ändras (artikel 35.11).");
}

void ControllerWriting::counts(const std::string& what, const std::map<std::string, std::string>& of) {
  Rows rows;
  for (const auto& [name, count] : of) {
    const std::string words = in_words(name, language_);
    rows.push_back({words == name ? name : name + ": " + words, count});
  }
  paper_.table({what, word("count", "antal")}, std::move(rows));
}

}  // namespace qf
