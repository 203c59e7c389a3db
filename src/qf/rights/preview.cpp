#include "qf/rights/preview.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "qf/core/instant.h"
#include "qf/core/spill_file.h"
#include "qf/describe/preview_paper.h"
#include "qf/output/durable.h"
#include "qf/rights/preview_trial.h"
#include "qf/rights/row_json.h"
#include "qf/run/opened_build.h"
#include "qf/run/reread.h"
#include "qf/store/store.h"

namespace qf {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::size_t kMostRowsShown = 5000;

std::string plain(const Json& value) {
  if (value.is_null()) return {};
  return value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The placeholders of redaction in a text, by their type.
void count_masks(std::string_view text, std::map<std::string, std::uint64_t>& masked) {
  for (std::size_t at = text.find('['); at != std::string_view::npos; at = text.find('[', at + 1)) {
    std::size_t end = at + 1;
    while (end < text.size() && ((text[end] >= 'A' && text[end] <= 'Z') || text[end] == '_')) ++end;
    const std::size_t digits = end;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    if (digits < at + 3 || end == digits || end >= text.size() || text[end] != ']') continue;
    ++masked[std::string(text.substr(at + 1, digits - at - 2))];
  }
}

struct TextScope {
  Scope scope;
  bool TextScopes::*of;
};
constexpr std::array<TextScope, 3> kTextScopes = {{{Scope::kQuestionText, &TextScopes::question},
                                                   {Scope::kCorrectionText, &TextScopes::correction},
                                                   {Scope::kRationaleText, &TextScopes::rationale}}};

// Values that leave only where one scope is given: its texts, and what is taken from them.
struct Opened {
  std::uint64_t texts = 0, features = 0;
};
Opened opened_by(TableId table, ConstRow with, ConstRow without) {
  Opened opened;
  const auto fields = table_schema(table).fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (cell_json(fields[i].type, with[i]) == cell_json(fields[i].type, without[i])) continue;
    ++(fields[i].privacy == PrivacyClass::kFreeText ? opened.texts : opened.features);
  }
  return opened;
}

class ProjectPreview {
 public:
  // `now` says what becomes of the rows as things are, where the page shows them as if their person had agreed; else
  // null.
  ProjectPreview(PreviewFacts& facts, PreviewFacts::Project& project, RowFate& fate, const RowFate* now,
                 const PreviewTrial& trial, std::map<std::string, std::uint64_t>& left_out_now)
      : facts_(facts), project_(project), fate_(fate), now_(now), trial_(trial), left_out_now_(left_out_now) {}

  Status add(const ReadRow& row, Arena& arena) {
    ++project_.rows;
    const RowPermission permission = fate_.permission(row);
    const RowFate::Safe safe = fate_.safe(row, permission.texts, arena);
    PreviewFacts::Row shown;
    shown.table = table_schema(row.table).name;
    shown.place = row.place;
    DropReason drop = permission.drop;
    PreviewTrial::Row leaves{drop, safe.cells};
    if (drop == DropReason::kNone) {
      // Permission is the one thing that is asked twice; what became of the row, the trial alone says.
      QF_ASSIGN(leaves, trial_.row(project_.name, permitted_++, row.table, arena));
      drop = leaves.dropped;
      count_scopes(row, permission.texts, arena);
    }
    const DropReason drop_now = now_ != nullptr ? now_->permission(row).drop : drop;
    if (drop_now != DropReason::kNone) ++left_out_now_[std::string(text_of(drop_now).name)];
    if (drop != DropReason::kNone) {
      shown.left_out = text_of(drop).name;
      ++facts_.left_out[shown.left_out];
      // Whoever is asked before others have answered sees what a yes could mean all the same.
      if (now_ != nullptr && drop == DropReason::kSmallGroup) add_fields(row, safe.cells, safe, shown, nullptr);
    } else {
      ++project_.leaving;
      for (const std::size_t column : safe.held)
        if (set_apart_.emplace(row.cells[column].view()).second) ++facts_.set_apart;
      add_fields(row, leaves.cells, safe, shown, &facts_.masked);
    }
    shown.gist = gist(row.table, leaves.cells);
    if (facts_.rows.size() < kMostRowsShown)
      facts_.rows.push_back(std::move(shown));
    else
      ++facts_.rows_not_shown;
    return {};
  }

 private:
  void add_fields(const ReadRow& row, ConstRow leaves, const RowFate::Safe& safe, PreviewFacts::Row& shown,
                  std::map<std::string, std::uint64_t>* masked) const {
    const auto fields = table_schema(row.table).fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const Json before = cell_json(fields[i].type, row.cells[i]), after = cell_json(fields[i].type, leaves[i]);
      if (before.is_null() && after.is_null()) continue;
      PreviewFacts::Field field{std::string(fields[i].name), plain(after), {}, false};
      if (leaves_changed(before, after)) {
        field.in_the_log = plain(before);
        field.set_apart = std::find(safe.held.begin(), safe.held.end(), i) != safe.held.end();
        if (masked != nullptr && (before.is_string() || before.is_array())) count_masks(field.leaves_as, *masked);
      }
      shown.fields.push_back(std::move(field));
    }
  }

  // The row's subject in a word, of what may leave.
  static std::string gist(TableId table, const std::vector<Cell>& cells) {
    const auto fields = table_schema(table).fields;
    for (std::size_t i = 0; i < fields.size(); ++i)
      if (fields[i].name == "decision_type" || fields[i].name == "field" ||
          (table == TableId::kQuestions && fields[i].name == "question_type"))
        return plain(cell_json(fields[i].type, cells[i]));
    return {};
  }

  void count_scopes(const ReadRow& row, const TextScopes& now, Arena& arena) {
    for (std::size_t i = 0; i < kTextScopes.size(); ++i) {
      TextScopes with = now, without = now;
      with.*kTextScopes[i].of = true;
      without.*kTextScopes[i].of = false;
      const Opened opened =
          opened_by(row.table, fate_.safe(row, with, arena).cells, fate_.safe(row, without, arena).cells);
      project_.scopes[i].texts += opened.texts;
      project_.scopes[i].features += opened.features;
    }
  }

  PreviewFacts& facts_;
  PreviewFacts::Project& project_;
  RowFate& fate_;
  const RowFate* now_;
  const PreviewTrial& trial_;
  std::map<std::string, std::uint64_t>& left_out_now_;
  std::set<std::string> set_apart_;  // texts: one decision is about all rows of a text
  std::size_t permitted_ = 0;
};

std::string state_of(const LedgerView& view, std::string_view subject, Scope scope) {
  const auto period = view.period(subject, scope);
  return period.state == ConsentReason::kNoRecord ? std::string() : std::string(to_string(period.state));
}

// What a person would have to say so that rows of theirs leave, and has not said; with the scopes of texts that they
// have not answered, so that the page shows everything they are asked about. A no to a text is respected.
std::vector<Scope> unanswered(const LedgerView& view, std::string_view subject, Audience audience) {
  std::vector<Scope> scopes;
  const auto state = [&](Scope scope) { return view.period(subject, scope).state; };
  if (state(Scope::kModelTraining) != ConsentReason::kGiven) scopes.push_back(Scope::kModelTraining);
  for (const auto& [scope, whose] :
       {std::pair(Scope::kShareInternal, Audience::kInternal), std::pair(Scope::kShareExternal, Audience::kExternal)})
    if (audience == whose && state(scope) != ConsentReason::kGiven) scopes.push_back(scope);
  if (scopes.empty()) return scopes;
  for (const TextScope& one : kTextScopes)
    if (state(one.scope) == ConsentReason::kNoRecord) scopes.push_back(one.scope);
  return scopes;
}

// Of all events, whenever they were: what a person may be asked to agree to.
void suppose(std::string_view subject, const std::vector<Scope>& scopes, std::int64_t at_us,
             std::vector<ConsentStatement>& supposed) {
  for (const Scope scope : scopes) {
    ConsentStatement statement;
    statement.subject = subject;
    statement.scope = scope;
    statement.given_at_us = at_us;
    supposed.push_back(std::move(statement));
  }
}

PreviewFacts::Project begin_project(const RereadLedger& ledger, const PersonProject& whose, Audience audience,
                                    const std::vector<Scope>& supposed) {
  PreviewFacts::Project project;
  project.name = whose.project->name;
  project.folder = whose.project->folder;
  project.confirmed = whose.subject.confirmed;
  for (const TextScope& one : kTextScopes)
    project.scopes.push_back(
        {std::string(to_string(one.scope)), state_of(ledger.view, whose.subject.key, one.scope), false, false, 0, 0});
  for (const auto& [scope, needed] :
       {std::pair(Scope::kModelTraining, true), std::pair(Scope::kShareInternal, audience == Audience::kInternal),
        std::pair(Scope::kShareExternal, audience == Audience::kExternal)})
    if (needed)
      project.scopes.push_back(
          {std::string(to_string(scope)), state_of(ledger.view, whose.subject.key, scope), true, false, 0, 0});
  for (PreviewFacts::Scope& scope : project.scopes)
    scope.supposed =
        std::any_of(supposed.begin(), supposed.end(), [&](Scope one) { return to_string(one) == scope.name; });
  project.supposed = !supposed.empty();
  return project;
}

PreviewFacts::Level level_of(TextLevel level) {
  switch (level) {
    case TextLevel::kNone: return PreviewFacts::Level::kNone;
    case TextLevel::kFeatures: return PreviewFacts::Level::kFeatures;
    case TextLevel::kRedacted: return PreviewFacts::Level::kMasked;
    case TextLevel::kRaw: return PreviewFacts::Level::kWhole;
  }
  return PreviewFacts::Level::kNone;
}

// A project that the page is about, and what its person is taken to have said.
struct Asked {
  PersonProject whose;
  std::vector<Scope> supposed;
};

}  // namespace

Result<PreviewResult> preview(const PreviewRequest& request) {
  const std::int64_t as_of_us = request.as_of_us.value_or(request.now_us);
  QF_ASSIGN([[maybe_unused]] const Policy allowed, Policy::compile(request.config.audience, request.config.text));
  QF_ASSIGN(const PreviewInputs inputs, preview_inputs(request));
  // As the dry run sees it: with what lies beside the projects, which is not recorded.
  const BuildRequest dry_run = PreviewTrial::dry_run(request, inputs);
  DoneBefore nothing;  // it changes nothing
  QF_ASSIGN(OpenedStore opened, open_for_build(Store(request.store), dry_run, nothing));
  QF_ASSIGN(WhoMayBeIn who, who_may_be_in(opened, dry_run, inputs.list.projects));
  RereadLedger ledger{std::move(who.view), std::move(opened.tags), std::move(who.erased), std::move(who.decided)};

  // Whoever is asked has not answered yet: the page shows what would leave if they agreed.
  std::vector<Asked> asked;
  std::vector<ConsentStatement> supposed;
  for (std::size_t i = 0; i < inputs.asked.size(); ++i) {
    if (!inputs.asked[i]) continue;
    Asked one;
    QF_ASSIGN(one.whose, settled_person_of(ledger, inputs.list.projects[i], temporary_folder()));
    one.supposed = unanswered(ledger.view, one.whose.subject.key, request.config.audience);
    suppose(one.whose.subject.key, one.supposed, as_of_us, supposed);
    asked.push_back(std::move(one));
  }
  const bool all_supposed =
      std::none_of(asked.begin(), asked.end(), [](const Asked& one) { return one.supposed.empty(); });
  std::optional<PreviewTrial> trial, trial_now;
  if (!supposed.empty()) {
    QF_ASSIGN(trial, PreviewTrial::run(request, inputs, supposed));
  }
  // Of people who have not agreed nothing leaves now, whatever a build makes of the others.
  if (supposed.empty() || !all_supposed) {
    QF_ASSIGN(trial_now, PreviewTrial::run(request, inputs, {}));
  }
  std::optional<LedgerView> agreed;
  if (!supposed.empty()) {
    BuildRequest with = dry_run;
    with.supposed = supposed;
    opened.tags = std::move(ledger.tags);
    QF_ASSIGN(WhoMayBeIn then, who_may_be_in(opened, with, inputs.list.projects));
    ledger.tags = std::move(opened.tags);
    agreed.emplace(std::move(then.view));
  }
  const PreviewTrial& page = trial ? *trial : *trial_now;

  PreviewFacts facts;
  facts.audience = to_string(request.config.audience);
  facts.as_of = format_day(as_of_us);
  facts.grouped = request.config.audience != Audience::kPrivate;
  for (std::size_t group = 0; group < request.config.text.size(); ++group)
    facts.text_levels[group] = level_of(request.config.text[group]);
  facts.live_version = inputs.live_version;
  facts.missing_folders = inputs.missing_folders;
  facts.all_projects = inputs.list.projects.size();
  facts.people = page.people;
  for (const GateResult& gate : page.refused) facts.refused.push_back({gate.name, gate.measured, gate.required});
  PreviewResult result;
  for (const Asked& one : asked) {
    const AuthorityView* authority = who.authority ? &*who.authority : nullptr;
    const bool as_if = !one.supposed.empty();
    QF_ASSIGN(RowFate now, RowFate::make(ledger, one.whose, request.config, authority));
    PreviewFacts::Project entry = begin_project(ledger, one.whose, request.config.audience, one.supposed);
    if (as_if) std::swap(ledger.view, *agreed);
    QF_ASSIGN(RowFate then, RowFate::make(ledger, one.whose, request.config, authority));
    if (as_if) std::swap(ledger.view, *agreed);
    ProjectPreview shown(facts, entry, then, as_if ? &now : nullptr, as_if ? *trial : *trial_now, result.left_out);
    QF_ASSIGN(auto skipped, reread(ledger, *one.whose.project, temporary_folder(),
                                   [&](const ReadRow& row, Arena& arena) { return shown.add(row, arena); }));
    result.skipped.insert(result.skipped.end(), skipped.begin(), skipped.end());
    result.rows += entry.rows;
    (as_if ? result.if_agreed : result.otherwise) += entry.leaving;
    for (const Scope scope : one.supposed) {
      const std::string name(to_string(scope));
      if (std::find(result.supposed.begin(), result.supposed.end(), name) == result.supposed.end())
        result.supposed.push_back(name);
    }
    facts.projects.push_back(std::move(entry));
  }
  result.if_agreed += result.otherwise;
  for (const PreviewFacts::Refusal& gate : facts.refused) result.refused.push_back(gate.gate);
  result.leaving = trial_now && trial_now->refused.empty() ? result.otherwise : 0;
  result.all_projects = facts.all_projects;
  result.live_version = facts.live_version;
  result.projects = facts.projects.size();
  result.masked = facts.masked;
  result.set_apart = facts.set_apart;
  QF_CHECK(write_file_durably(request.out, preview_paper(facts, request.language).html(), Readers::kOwner));
  return result;
}

}  // namespace qf
