#include "qf/describe/preview_paper.h"

#include <fmt/format.h>

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
                                 word("Texts", "Texter"), facts_.text_levels, word("Agreement as of", "Samtycke per"),
                                 facts_.as_of));
    paper_.note(
        word("Nothing has left. This page lies in one file on this machine, holds your own texts, and asks no network "
             "for anything. Keep it to yourself.",
             "Inget har lämnats ut. Sidan är en enda fil på denna dator, innehåller dina egna texter och använder "
             "inget nätverk. Behåll den för dig själv."));
    overview();
    scopes();
    rows(true, word("The rows that would leave", "Raderna som skulle lämnas ut"));
    paper_.paragraph(
        word("Beside what is shown, each row gets keyed pseudonyms in place of its ids, its fold and version, and "
             "the list of your decisions before it. Pseudonymised is not anonymous.",
             "Utöver det som visas får varje rad nyckelberoende pseudonymer i stället för id, fold och version, "
             "och listan över dina tidigare beslut. Pseudonymiserat är inte anonymt."));
    if (facts_.grouped)
      paper_.note(word(
          "For this audience what could single you out (subject, term, module, language) is made coarser, or the row "
          "left out, until enough people share it. That depends on everybody's rows, and yours alone cannot show it.",
          "För denna mottagarkrets görs det som kunde peka ut dig (ämne, termin, modul, språk) grövre, eller så "
          "utelämnas raden, tills tillräckligt många delar det. Det beror på allas rader och kan inte visas av dina "
          "ensamma."));
    if (facts_.grouped) coarser();
    paper_.note(word(
        "A row may also be left out because another person's row in another part of the dataset holds the same text. "
        "That shows only when everybody's rows are there.",
        "En rad kan också utelämnas för att en annan persons rad i en annan delmängd har samma text. Det syns först "
        "när allas rader finns med."));
    rows(false, word("The rows that stay", "Raderna som stannar"));
    if (facts_.rows_not_shown != 0)
      paper_.note(fmt::format(
          "{} {}", facts_.rows_not_shown,
          word("further rows are counted above and not shown.", "ytterligare rader är räknade ovan men visas inte.")));
    return std::move(paper_);
  }

 private:
  std::string audience_word() const {
    if (facts_.audience == "internal")
      return word("internal, the controller's own people", "internal, den ansvariges egna");
    if (facts_.audience == "external") return word("external, people elsewhere", "external, andra");
    return word("private, whoever holds the logs already", "private, den som redan har loggarna");
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

  // What became of the columns that could single people out in the version that is live.
  void coarser() {
    if (facts_.live_version.empty()) {
      paper_.paragraph(word("No version of this kind is live, so there is none to show it by.",
                            "Ingen version av detta slag gäller, så ingen kan visa det."));
      return;
    }
    std::vector<std::vector<std::string>> table;
    for (const auto& [name, columns] : facts_.coarser)
      for (const auto& [column, how] : columns)
        table.push_back({fmt::format("{}.{}", name, column), coarser_word(how)});
    if (table.empty()) return;
    paper_.table({word("column", "kolumn"), word("in ", "i ") + facts_.live_version}, std::move(table));
  }

  std::string coarser_word(PreviewFacts::Coarser how) const {
    return how == PreviewFacts::Coarser::kNotTold ? word("not told", "anges inte") : word("coarser", "grövre");
  }

  std::string word(std::string_view english, std::string_view swedish) const {
    return std::string(language_ == "sv" ? swedish : english);
  }

  void overview() {
    std::vector<std::vector<std::string>> table;
    for (const auto& one : facts_.projects)
      table.push_back({one.folder.empty() ? one.name : one.folder,
                       one.confirmed ? word("confirmed", "bekräftad") : word("guessed", "gissad"),
                       std::to_string(one.rows), std::to_string(one.leaving)});
    paper_.table({word("project", "projekt"), word("whose it is", "vems det är"), word("records", "poster"),
                  word("would leave", "skulle lämnas")},
                 std::move(table));
    table.clear();
    for (const auto& [reason, count] : facts_.left_out)
      table.push_back({reason_in_words(reason, language_), std::to_string(count)});
    if (!table.empty()) paper_.heading(2, word("Left out, and why", "Utelämnat, och varför"));
    paper_.table({word("why", "varför"), word("records", "poster")}, std::move(table));
    table.clear();
    for (const auto& [type, count] : facts_.masked) table.push_back({type, std::to_string(count)});
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
                         scope.needed ? word("needed: without it no row leaves", "krävs: utan det lämnas ingen rad")
                                      : fmt::format(fmt::runtime(word("{} texts would leave with it, {} without",
                                                                      "{} texter skulle lämnas med det, {} utan")),
                                                    scope.texts_with, scope.texts_without)});
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
      std::string summary = fmt::format("{} · {} · {}", row.table, row.place, row.gist);
      if (!leaving) {
        paper_.list({summary + ": " + reason_in_words(row.left_out, language_)});
        continue;
      }
      paper_.open_fold(std::move(summary));
      std::vector<std::vector<std::string>> table;
      for (const auto& field : row.fields) {
        std::string as = field.leaves_as;
        if (as.empty())
          as = field.set_apart ? word("— set apart", "— åt sidan") : word("— does not leave", "— lämnas inte");
        if (const auto columns = facts_.coarser.find(row.table); columns != facts_.coarser.end())
          if (const auto how = columns->second.find(field.name);
              how != columns->second.end() && !field.leaves_as.empty())
            as += fmt::format(" ({} {}: {})", word("in", "i"), facts_.live_version, coarser_word(how->second));
        table.push_back({field.name, std::move(as), field.in_the_log});
      }
      paper_.table({word("field", "fält"), word("leaves as", "lämnas som"), word("in your log", "i din logg")},
                   std::move(table));
      paper_.close_fold();
    }
    if (!any && leaving) paper_.note(word("No row would leave.", "Ingen rad skulle lämnas ut."));
  }

  const PreviewFacts& facts_;
  std::string language_;
  Paper paper_;
};

}  // namespace

Paper preview_paper(const PreviewFacts& facts, const std::string& language) { return Preview(facts, language).write(); }

}  // namespace qf
