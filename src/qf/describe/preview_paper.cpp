#include "qf/describe/preview_paper.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "qf/core/fields.h"
#include "qf/describe/field_meanings.h"
#include "qf/describe/plain_words.h"
#include "qf/describe/reason_words.h"

namespace qf {
namespace {

class Preview {
 public:
  Preview(const PreviewFacts& facts, const std::string& language)
      : facts_(facts),
        language_(language),
        paper_(word("What would leave from your logs", "Vad som skulle lämnas ut från dina loggar"), language) {}

  Paper write() {
    paper_.paragraph(fmt::format("{}: {}. {}: {}. {}: {}.", word("For", "För"), audience_word(),
                                 word("Texts", "Texter"), levels(), word("Agreement as of", "Samtycke per"),
                                 facts_.as_of));
    paper_.note(
        word("Nothing has left. This page lies in one file on this machine, holds your own texts, and asks no network "
             "for anything. Keep it to yourself.",
             "Inget har lämnats ut. Sidan är en enda fil på denna dator, innehåller dina egna texter och använder "
             "inget nätverk. Behåll den för dig själv."));
    supposition();
    computed_with();
    overview();
    scopes();
    rows(true, word("The rows that would leave", "Raderna som skulle lämnas ut") + condition());
    paper_.paragraph(
        word("Beside what is shown, each row gets keyed pseudonyms in place of its ids, and the version's number. "
             "Pseudonymised is not anonymous.",
             "Utöver det som visas får varje rad nyckelberoende pseudonymer i stället för id, och versionens nummer. "
             "Pseudonymiserat är inte anonymt."));
    rows(false, word("The rows that stay", "Raderna som stannar"));
    legend();
    if (facts_.rows_not_shown != 0)
      paper_.note(fmt::format(
          "{} {}", facts_.rows_not_shown,
          word("further rows are counted above and not shown.", "ytterligare rader är räknade ovan men visas inte.")));
    return std::move(paper_);
  }

 private:
  bool any_supposed() const {
    return std::any_of(facts_.projects.begin(), facts_.projects.end(), [](const auto& one) { return one.supposed; });
  }
  bool all_supposed() const {
    return std::all_of(facts_.projects.begin(), facts_.projects.end(), [](const auto& one) { return one.supposed; });
  }

  // Under which conditions rows would leave, behind a heading.
  std::string condition() const {
    std::string text;
    if (any_supposed()) text += word(" if you agreed", " om du samtycker");
    if (!facts_.refused.empty())
      text += any_supposed() ? word(" and a version could be made", " och en version kunde göras")
                             : word(" if a version could be made", " om en version kunde göras");
    return text;
  }

  // Who is asked has not answered: the page shows what a yes would mean, and says so first.
  void supposition() {
    if (!any_supposed()) return;
    std::set<std::string> scopes;
    for (const auto& project : facts_.projects)
      for (const auto& scope : project.scopes)
        if (scope.supposed) scopes.insert(scope_word(scope.name));
    std::string list;
    for (const std::string& one : scopes) list += (list.empty() ? "" : "; ") + one;
    paper_.heading(2, word("As if you had agreed", "Som om du hade samtyckt"));
    paper_.note(fmt::format(
        fmt::runtime(
            word("You have not agreed, so nothing of your rows leaves. This page shows what would leave if you "
                 "said yes to: {}. Saying no, or nothing, keeps all of it here.",
                 "Du har inte samtyckt, så inget av dina rader lämnas ut. Sidan visar vad som skulle lämnas ut om "
                 "du sade ja till: {}. Säger du nej, eller ingenting, stannar allt.")),
        list));
    if (!all_supposed())
      paper_.paragraph(
          word("Projects whose people have agreed are shown as they are; the table says which are shown as if.",
               "Projekt vars personer har samtyckt visas som de är; tabellen säger vilka som visas som om."));
  }

  std::string audience_word() const {
    if (facts_.audience == "internal")
      return word("internal, the controller's own people", "den ansvariges egna (internal)");
    if (facts_.audience == "external") return word("external, people elsewhere", "andra (external)");
    return word("private, whoever holds the logs already", "den som redan har loggarna (private)");
  }

  std::string scope_word(const std::string& scope) const {
    if (scope == "question_text")
      return word("text of your questions and answers", "text i dina frågor och svarsalternativ");
    if (scope == "correction_text") return word("text of your corrections", "text i dina rättelser");
    if (scope == "rationale_text") return word("your reasons, in your words", "dina motiveringar, med dina ord");
    if (scope == "model_training") return word("training and evaluating models", "träna och utvärdera modeller");
    if (scope == "share_internal") return word("use by the controller's own people", "användning hos den ansvarige");
    if (scope == "share_external") return word("sharing with others", "delning med andra");
    return scope;
  }

  std::string level_word(PreviewFacts::Level level) const {
    switch (level) {
      case PreviewFacts::Level::kNone: return word("nothing of them", "inget av dem");
      case PreviewFacts::Level::kFeatures:
        return word("lengths and the like, no words", "längder och liknande, inga ord");
      case PreviewFacts::Level::kMasked: return word("with people masked", "med personer maskerade");
      case PreviewFacts::Level::kWhole: return word("as they are", "som de är");
    }
    return {};
  }

  std::string levels() const {
    const std::array<std::string, 4> groups = {word("questions", "frågor"), word("options", "svarsalternativ"),
                                               word("corrections", "rättelser"), word("reasons", "motiveringar")};
    std::string text;
    for (std::size_t i = 0; i < groups.size(); ++i)
      text += fmt::format("{}{}: {}", i == 0 ? "" : "; ", groups[i], level_word(facts_.text_levels[i]));
    return text;
  }

  // Which groups a row falls into, and whether its text stands elsewhere too, depends on everybody's rows.
  void computed_with() {
    const std::string counted = fmt::format(fmt::runtime(word("{} projects; {} people would be in a version",
                                                              "{} projekt; {} personer skulle vara med i en version")),
                                            facts_.all_projects, facts_.people);
    if (facts_.live_version.empty())
      paper_.paragraph(fmt::format(
          "{} ({}). {}", word("Computed with the logs shown here alone", "Beräknat med enbart loggarna här"), counted,
          word("No version of this kind is live. With other people's logs a row may leave coarser, or finer, or not at "
               "all: what is shown holds for a version made of these.",
               "Ingen version av detta slag gäller. Med andras loggar kan en rad lämnas ut grövre, finare eller inte "
               "alls: det som visas gäller en version som görs av dessa.")));
    else
      paper_.paragraph(fmt::format("{} {} ({}). {}",
                                   word("Computed with the logs shown here and, as they lie now, those of",
                                        "Beräknat med loggarna här och, som de ligger nu, de bakom"),
                                   facts_.live_version, counted,
                                   word("A version made now would hold just these rows.",
                                        "En version som görs nu skulle innehålla just dessa rader.")));
    if (facts_.missing_folders != 0)
      paper_.note(fmt::format("{} {}", facts_.missing_folders,
                              word("folders of that version are not where they were: their logs are not in this.",
                                   "mappar bakom den versionen finns inte kvar: deras loggar är inte med här.")));
    if (facts_.refused.empty()) return;
    paper_.note(any_supposed() ? word("Even then no version could be made, so nothing would leave. What stops it:",
                                      "Inte ens då kan en version göras, så inget skulle lämnas ut. Det som hindrar:")
                               : word("No version could be made now, so nothing would leave. What stops it:",
                                      "Ingen version kan göras nu, så inget skulle lämnas ut. Det som hindrar:"));
    std::vector<std::vector<std::string>> table;
    for (const auto& one : facts_.refused)
      table.push_back({gate_in_words(one.gate, language_), measure_in_words(one.measured, language_),
                       measure_in_words(one.required, language_)});
    paper_.table({word("gate", "spärr"), word("measured", "uppmätt"), word("needed", "krävs")}, std::move(table));
  }

  std::string scope_effect(const PreviewFacts::Scope& scope, std::uint64_t leaving) const {
    if (scope.needed)
      return word("needed: without it no row leaves", "krävs: utan det lämnas ingen rad") +
             (scope.supposed
                  ? fmt::format(fmt::runtime(word("; {} rows would leave with it, together with the others that "
                                                  "are needed",
                                                  "; {} rader skulle lämnas med det, tillsammans med de andra "
                                                  "som krävs")),
                                leaving)
                  : std::string());
    if (scope.texts == 0 && scope.features == 0)
      return word("changes nothing now: with these settings and logs nothing of such texts leaves",
                  "ändrar inget nu: med dessa inställningar och loggar lämnas inget av sådana texter");
    std::string text;
    if (scope.texts != 0)
      text = fmt::format(fmt::runtime(word("{} texts would leave with it, none without",
                                           "{} texter skulle lämnas med det, inga utan")),
                         scope.texts);
    if (scope.features != 0)
      text += fmt::format(fmt::runtime(word("{}{} values such as lengths would leave with it, none without",
                                            "{}{} värden som längder skulle lämnas med det, inga utan")),
                          text.empty() ? "" : "; ", scope.features);
    return text;
  }

  std::string word(std::string_view english, std::string_view swedish) const {
    return std::string(language_ == "sv" ? swedish : english);
  }

  void overview() {
    std::vector<std::vector<std::string>> table;
    for (const auto& one : facts_.projects)
      table.push_back({one.folder.empty() ? one.name : one.folder,
                       one.confirmed ? word("confirmed", "bekräftad") : word("guessed", "gissad"),
                       std::to_string(one.rows),
                       std::to_string(one.leaving) +
                           (one.supposed && !all_supposed() ? word(" (as if agreed)", " (som om samtyckt)") : "")});
    paper_.table({word("project", "projekt"), word("whose it is", "vems det är"), word("records", "poster"),
                  word("would leave", "skulle lämnas") + condition()},
                 std::move(table));
    table.clear();
    for (const auto& [reason, count] : facts_.left_out)
      table.push_back({reason_in_words(reason, language_), std::to_string(count)});
    if (!table.empty()) paper_.heading(2, word("Left out, and why", "Utelämnat, och varför"));
    paper_.table({word("why", "varför"), word("records", "poster")}, std::move(table));
    table.clear();
    for (const auto& [type, count] : facts_.masked)
      table.push_back({fmt::format("[{}]: {}", type, in_words(type, language_)), std::to_string(count)});
    if (facts_.set_apart != 0)
      table.push_back(
          {word("whole texts set apart, for a person to decide", "hela texter åt sidan, för en människa att avgöra"),
           std::to_string(facts_.set_apart)});
    if (!table.empty()) paper_.heading(2, word("Masked", "Maskerat"));
    paper_.table({word("what", "vad"), word("places", "ställen")}, std::move(table));
  }

  std::string state_word(const std::string& state) const {
    if (state == "given") return word("agreed", "samtyckt");
    if (state == "refused") return word("refused", "nej");
    if (state == "withdrawn") return word("withdrawn", "återkallat");
    if (state == "expired") return word("run out", "utgånget");
    return word("not asked or not answered", "inte tillfrågad eller inget svar");
  }

  void scopes() {
    paper_.heading(2, word("What each agreement changes", "Vad varje samtycke ändrar"));
    for (const auto& project : facts_.projects) {
      if (facts_.projects.size() > 1) paper_.heading(3, project.folder.empty() ? project.name : project.folder);
      std::vector<std::vector<std::string>> table;
      for (const auto& scope : project.scopes)
        table.push_back({fmt::format("{}: {}", scope.name, scope_word(scope.name)), state_word(scope.state),
                         scope_effect(scope, project.leaving)});
      paper_.table({word("scope", "omfattning"), word("now", "nu"), word("what it changes", "vad det ändrar")},
                   std::move(table));
    }
    paper_.paragraph(word("You decide each one freely, and can take it back at any time.",
                          "Du bestämmer fritt om vart och ett och kan ta tillbaka det när som helst."));
  }

  void rows(bool leaving, const std::string& title) {
    bool any = false;
    for (const auto& row : facts_.rows) {
      if (row.left_out.empty() != leaving) continue;
      if (!any) paper_.heading(2, title);
      any = true;
      std::string summary = fmt::format("{} · {} · {}", in_words(row.table, language_), row.place, row.gist);
      if (!leaving && row.fields.empty()) {
        paper_.list({summary + ": " + reason_in_words(row.left_out, language_)});
        continue;
      }
      if (!leaving) summary += ": " + reason_in_words(row.left_out, language_);
      paper_.open_fold(std::move(summary));
      if (!leaving)
        paper_.paragraph(word("With more people in the dataset it would leave, at most like this:",
                              "Med fler personer i datasetet skulle den lämnas ut, som mest så här:"));
      std::vector<std::vector<std::string>> table;
      for (const auto& field : row.fields) {
        std::string as = field.leaves_as;
        if (as.empty())
          as = field.set_apart ? word("— set apart", "— åt sidan") : word("— does not leave", "— lämnas inte");
        table.push_back({field.name, std::move(as), field.in_the_log});
      }
      paper_.table({word("field", "fält"), word("leaves as", "lämnas som"), word("in your log", "i din logg")},
                   std::move(table));
      paper_.close_fold();
    }
    if (!any && leaving) paper_.note(word("No row would leave.", "Ingen rad skulle lämnas ut."));
  }

  // What the names of the fields mean, once and not in every row.
  void legend() {
    std::vector<std::vector<std::string>> table;
    for (const TableSchema& one : tables()) {
      std::set<std::string> shown;
      for (const auto& row : facts_.rows)
        if (row.table == one.name)
          for (const auto& field : row.fields) shown.insert(field.name);
      for (const FieldSpec& field : one.fields)
        if (shown.contains(std::string(field.name)))
          table.push_back({fmt::format("{}: {}", in_words(one.name, language_), field.name),
                           std::string(field_meaning(one.id, field.name, language_))});
    }
    if (table.empty()) return;
    paper_.heading(2, word("What the fields mean", "Vad fälten betyder"));
    paper_.table({word("field", "fält"), word("meaning", "betydelse")}, std::move(table));
  }

  const PreviewFacts& facts_;
  std::string language_;
  Paper paper_;
};

}  // namespace

Paper preview_paper(const PreviewFacts& facts, const std::string& language) { return Preview(facts, language).write(); }

}  // namespace qf
