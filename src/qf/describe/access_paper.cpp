#include "qf/describe/access_paper.h"

#include <fmt/format.h>

#include <algorithm>

#include "qf/core/instant.h"
#include "qf/describe/plain_words.h"
#include "qf/describe/reason_words.h"

namespace qf {
namespace {

// Chooses by language; reads like the two texts it stands for.
class Words {
 public:
  explicit Words(std::string_view language) : swedish_(language == "sv"), language_(language) {}
  std::string_view language() const { return language_; }
  std::string operator()(std::string_view english, std::string_view swedish) const {
    return std::string(swedish_ ? swedish : english);
  }

 private:
  bool swedish_;
  std::string_view language_;
};

void add_versions(Paper& paper, const AccessFacts& facts, const Words& words) {
  paper.heading(2, words("Versions of the dataset", "Versioner av datasetet"));
  if (facts.versions.empty())
    paper.paragraph(words("No version whose files are kept holds your data.",
                          "Ingen version vars filer finns kvar innehåller dina uppgifter."));
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : facts.versions)
    rows.push_back({one.name, in_words(one.state, words.language()), one.created_on,
                    one.unknown_en.empty() ? std::to_string(one.rows) : words(one.unknown_en, one.unknown_sv),
                    one.pseudonym.empty() ? words("none in its rows", "ingen i raderna") : one.pseudonym,
                    text_levels_in_words(one.text_levels, words.language()), one.review_on, one.retire_on});
  paper.table({words("version", "version"), words("state", "läge"), words("made on", "skapad"),
               words("your rows", "dina rader"), words("your name in it", "ditt namn i den"), words("texts", "texter"),
               words("review on", "granskas"), words("retire on", "avslutas")},
              std::move(rows));
  paper.note(
      words("Rows carry a keyed pseudonym in place of your name. That is pseudonymised, not anonymous: whoever "
            "holds the key, or the logs, can tell that they are yours. Every row is in the folder derived/.",
            "Raderna bär en nyckelberoende pseudonym i stället för ditt namn. Det är pseudonymiserat, inte "
            "anonymt: den som har nyckeln eller loggarna kan se att de är dina. Alla rader finns i mappen "
            "derived/."));
}

// A reason, or several that cannot be told apart for one record, with "|" between.
std::string nowhere_in_words(std::string_view reasons, const Words& words, const std::string& language) {
  std::string text;
  while (!reasons.empty()) {
    const std::size_t end = std::min(reasons.find('|'), reasons.size());
    const std::string one(reasons.substr(0, end));
    reasons.remove_prefix(std::min(end + 1, reasons.size()));
    if (!text.empty()) text += words(", or ", ", eller ");
    if (one == kAfterLatestBuild)
      text += words("logged after the latest build", "loggad efter det senaste bygget");
    else if (one == kNotBuilt)
      text += words("no build has read it", "inget bygge har läst den");
    else if (one == kNotTold)
      text += words("the record of the build does not say why", "byggets protokoll säger inte varför");
    else if (one == kAllowedSince)
      text += words("allowed only since the latest build", "tillåten först efter det senaste bygget");
    else
      text += reason_in_words(one, language);
  }
  return text;
}

void add_fates(Paper& paper, const AccessFacts& facts, const Words& words, const std::string& language) {
  paper.heading(2, words("What became of each record", "Vad som hände med varje post"));
  std::vector<std::vector<std::string>> rows;
  for (const auto& [version, count] : facts.kept_in)
    rows.push_back({words("kept in ", "finns i ") + version, std::to_string(count)});
  for (const auto& [reason, count] : facts.dropped)
    rows.push_back({words("left out: ", "utelämnad: ") + reason_in_words(reason, language), std::to_string(count)});
  for (const auto& [reason, count] : facts.nowhere)
    rows.push_back({words("permitted, but in no version: ", "tillåten men i ingen version: ") +
                        nowhere_in_words(reason, words, language),
                    std::to_string(count)});
  paper.table({words("fate", "utfall"), words("records", "poster")}, std::move(rows));
  rows.clear();
  for (const auto& [version, fields] : facts.changed)
    for (const auto& [field, changed] : fields)
      rows.push_back({version, fmt::format("{}: {}", field, words(changed.meaning_en, changed.meaning_sv)),
                      std::to_string(changed.rows), std::to_string(changed.coarser)});
  if (!rows.empty())
    paper.paragraph(words("Fields that stand changed or not at all in a version, by its settings:",
                          "Fält som står ändrade eller inte alls i en version, enligt dess inställningar:"));
  paper.table({"version", words("field", "fält"), words("records", "poster"),
               words("coarser, or nothing, since too few share it", "grövre eller inget, då för få delar det")},
              std::move(rows));
}

void add_rows(Paper& paper, const AccessFacts& facts, const Words& words) {
  if (facts.rows.empty()) return;
  paper.open_fold(fmt::format("{} ({} / {})",
                              words("The records, as a build reads them", "Posterna, som ett bygge läser dem"),
                              facts.rows.size(), facts.all_rows));
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : facts.rows)
    rows.push_back({one.day, one.place, in_words(one.table, words.language()), one.what,
                    words(one.fate_en, one.fate_sv), one.changed});
  paper.table({words("day", "dag"), words("place", "plats"), words("table", "tabell"), words("what", "vad"),
               words("fate", "utfall"), words("changed fields", "ändrade fält")},
              std::move(rows));
  paper.close_fold();
  paper.paragraph(words("All of them, with every value: raw/rows.jsonl. Names of other people are masked.",
                        "Alla, med varje värde: raw/rows.jsonl. Andra personers namn är maskerade."));
}

void add_sources(Paper& paper, const AccessFacts& facts, const Words& words) {
  paper.heading(2, words("Your projects and their logs", "Dina projekt och deras loggar"));
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : facts.projects) {
    std::string left_out;
    for (const auto& [reason, count] : one.dropped_at_build)
      left_out +=
          fmt::format("{}{}: {}", left_out.empty() ? "" : "; ", reason_in_words(reason, words.language()), count);
    rows.push_back({one.name, words(one.state_en, one.state_sv), std::to_string(one.rows), one.log_due_on,
                    left_out.empty() ? "–" : left_out});
  }
  paper.table({words("project", "projekt"), words("its logs", "dess loggar"), words("records", "poster"),
               words("log due on", "loggen bör gallras"),
               words("left out at the latest build, and why", "utelämnat vid det senaste bygget, och varför")},
              std::move(rows));
}

std::string in_one_line(const nlohmann::ordered_json& fields, const Words& words) {
  std::string line;
  for (const auto& [member, value] : fields.items()) {
    if (value.is_null() || (value.is_string() && value.get_ref<const std::string&>().empty())) continue;
    if (!line.empty()) line += "; ";
    line += member + ": ";
    if (member.ends_with("_us") && value.is_number_integer())
      line += format_instant(value.get<std::int64_t>());
    else if (value.is_string())
      line += in_words(value.get_ref<const std::string&>(), words.language());
    else
      line += value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  }
  return line;
}

void add_named(Paper& paper, const AccessFacts& facts, const Words& words) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : facts.named)
    rows.push_back({in_words(one.where, words.language()), one.on, in_one_line(one.fields, words)});
  if (!rows.empty())
    paper.heading(2, words("Where others wrote your name beside what they did",
                           "Där andra skrivit ditt namn intill det de gjort"));
  paper.table({words("where", "var"), words("recorded on", "registrerat"), words("what it says", "vad det står")},
              std::move(rows));
  rows.clear();
  for (const auto& one : facts.entries)
    rows.push_back(
        {one.at, one.kind,
         one.fields.is_null() ? words("no longer kept", "finns inte kvar") : in_one_line(one.fields, words)});
  if (rows.empty()) return;
  paper.heading(2, words("What the audit log says of you", "Vad revisionsloggen säger om dig"));
  paper.table({words("time", "tid"), words("entry", "post"), words("what it says", "vad det står")}, std::move(rows));
  paper.note(words("Names of other people are masked.", "Andra personers namn är maskerade."));
}

void add_people(Paper& paper, const AccessFacts& facts, const Words& words) {
  paper.heading(2, words("Who received it", "Vilka som fått den"));
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : facts.recipients) rows.push_back({one.name, one.version, one.given_on, one.models});
  if (rows.empty())
    paper.paragraph(words("No recipient of a version that holds you is on record.",
                          "Ingen mottagare av en version med dina uppgifter är registrerad."));
  paper.table({words("recipient", "mottagare"), "version", words("given on", "lämnad"), words("models", "modeller")},
              std::move(rows));
  paper.heading(2, words("What you agreed to", "Vad du samtyckt till"));
  rows.clear();
  for (const auto& one : facts.agreements)
    rows.push_back({in_words(one.scope, words.language()), in_words(one.status, words.language()), one.given_on,
                    one.covers_from, one.expires_on, in_words(one.method, words.language()), one.evidence,
                    one.recorded_by, one.notice});
  if (rows.empty()) paper.paragraph(words("Nothing is on record.", "Inget är registrerat."));
  paper.table({words("scope", "omfattning"), words("answer", "svar"), words("said on", "lämnat"),
               words("covers from", "gäller från"), words("until", "till"), words("how", "hur"),
               words("evidence", "underlag"), words("recorded by", "registrerat av"), words("notice", "information")},
              std::move(rows));
  rows.clear();
  for (const auto& one : facts.held)
    rows.push_back({one.project, one.place, one.field, in_words(one.reason, words.language()),
                    one.decision.empty() ? words("awaits a decision", "väntar på beslut")
                                         : in_words(one.decision, words.language())});
  if (!rows.empty()) paper.heading(2, words("Texts that were set apart", "Texter som ställts åt sidan"));
  paper.table({words("project", "projekt"), words("place", "plats"), words("field", "fält"), words("why", "varför"),
               words("decision", "beslut")},
              std::move(rows));
  add_named(paper, facts, words);
}

}  // namespace

Paper access_page(const AccessFacts& facts, const std::string& language) {
  const Words words(language);
  Paper paper(words("What is kept about ", "Vad som finns om ") + facts.subject, language);
  paper.paragraph(fmt::format("{} {}. {} {}.", words("Asked for on", "Begärt"), facts.asked_on,
                              words("To be answered by", "Ska besvaras senast"), facts.answer_by));
  if (!facts.found) {
    paper.note(words("Nothing of a person of this name is kept in this store.",
                     "Inget om en person med detta namn finns i detta arkiv."));
    return paper;
  }
  paper.paragraph(
      words("Purpose: training and evaluating models that help teachers write questions. Source: the logs of "
            "QuestionForge in your own projects. Nobody is judged or ranked by these data, and no decision "
            "about you is made by a program.",
            "Ändamål: att träna och utvärdera modeller som hjälper lärare att skriva frågor. Källa: loggarna "
            "från QuestionForge i dina egna projekt. Ingen bedöms eller rangordnas med dessa uppgifter, och "
            "inget beslut om dig fattas av ett program."));
  if (!facts.controller.empty())
    paper.paragraph(words("Controller: ", "Personuppgiftsansvarig: ") + facts.controller);
  else
    paper.gap(words("Controller and data protection officer, with contact.",
                    "Personuppgiftsansvarig och dataskyddsombud, med kontaktuppgifter."));
  add_versions(paper, facts, words);
  add_fates(paper, facts, words, language);
  add_sources(paper, facts, words);
  add_rows(paper, facts, words);
  add_people(paper, facts, words);
  paper.heading(2, words("How long it is kept", "Hur länge det sparas"));
  std::vector<std::vector<std::string>> rows;
  for (const auto& term : facts.terms)
    rows.push_back({words(term.what_en, term.what_sv), words(term.period_en, term.period_sv)});
  paper.table({words("data", "uppgifter"), words("period", "tid")}, std::move(rows));
  paper.heading(2, words("Your rights", "Dina rättigheter"));
  paper.list(
      {words("Correction (Article 16): say what is wrong; the log keeps its line, a correction is added.",
             "Rättelse (artikel 16): säg vad som är fel; loggen behåller sin rad, en rättelse läggs till."),
       words("Erasure (Article 17) and withdrawal (Article 7(3)): at any time, without a reason.",
             "Radering (artikel 17) och återkallat samtycke (artikel 7.3): när som helst, utan skäl."),
       words("Restriction and objection (Articles 18 and 21).", "Begränsning och invändning (artikel 18 och 21)."),
       words("To take your own data with you (Article 20): the folder portability/.",
             "Att ta med dina egna uppgifter (artikel 20): mappen portability/."),
       words("Complaint to the supervisory authority (in Sweden: IMY, imy.se).",
             "Klagomål till tillsynsmyndigheten (i Sverige: IMY, imy.se).")});
  return paper;
}

Paper access_letter(const AccessFacts& facts, const std::string& language) {
  const Words words(language);
  Paper paper(words("Your request for access (Article 15 GDPR)", "Din begäran om tillgång (artikel 15 GDPR)"),
              language);
  paper.paragraph(facts.subject);
  std::uint64_t rows = 0;
  for (const auto& one : facts.versions) rows += one.rows;
  if (!facts.found) {
    paper.paragraph(words("You asked whether we keep data about you. Under this name we keep none.",
                          "Du har frågat om vi har uppgifter om dig. Under detta namn har vi inga."));
  } else {
    paper.paragraph(fmt::format(
        fmt::runtime(words(
            "You asked on {} what we keep about you. We keep {} rows of yours in {} versions of the dataset, made "
            "from {} projects. With this letter come all of them, what became of each record and why, who "
            "received them, what you agreed to, and when they will be destroyed.",
            "Du frågade {} vad vi har om dig. Vi har {} rader om dig i {} versioner av datasetet, gjorda av {} "
            "projekt. Med brevet följer alla rader, vad som hänt med varje post och varför, vilka som fått "
            "dem, vad du samtyckt till och när de förstörs.")),
        facts.asked_on, rows, facts.versions.size(), facts.projects.size()));
    paper.list({words("index.html: everything, to read", "index.html: allt, för läsning"),
                words("raw/: what the logs say, record by record", "raw/: vad loggarna säger, post för post"),
                words("derived/: your rows in each version", "derived/: dina rader i varje version"),
                words("portability/: what you yourself provided, to take with you (Article 20)",
                      "portability/: det du själv har lämnat, att ta med (artikel 20)")});
    paper.paragraph(words("Names of other people in your texts are masked (Article 15(4)).",
                          "Andra personers namn i dina texter är maskerade (artikel 15.4)."));
    for (const auto& one : facts.versions)
      if (!one.unknown_en.empty()) paper.note(one.name + ": " + words(one.unknown_en, one.unknown_sv));
  }
  paper.paragraph(fmt::format("{} {}.", words("We destroy our copy of this answer on", "Vår kopia av svaret förstörs"),
                              facts.destroy_package_on));
  paper.paragraph(words("You can complain to the supervisory authority (in Sweden IMY, imy.se).",
                        "Du kan klaga hos tillsynsmyndigheten (IMY, imy.se)."));
  paper.gap(words("Name, role and contact of whoever signs; how identity was checked.",
                  "Namn, roll och kontakt för den som undertecknar; hur identiteten kontrollerades."));
  return paper;
}

}  // namespace qf
