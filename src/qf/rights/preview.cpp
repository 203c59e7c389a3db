#include "qf/rights/preview.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "qf/core/instant.h"
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
  ProjectPreview(PreviewFacts& facts, PreviewFacts::Project& project, RowFate& fate, const PreviewTrial& trial)
      : facts_(facts), project_(project), fate_(fate), trial_(trial) {}

  Status add(const ReadRow& row, Arena& arena) {
    ++project_.rows;
    const RowPermission permission = fate_.permission(row);
    const RowFate::Safe safe = fate_.safe(row, permission.texts, arena);
    const auto fields = table_schema(row.table).fields;
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
    if (drop != DropReason::kNone) {
      shown.left_out = text_of(drop).name;
      ++facts_.left_out[shown.left_out];
    } else {
      ++project_.leaving;
      facts_.set_apart += safe.held.size();
      for (std::size_t i = 0; i < fields.size(); ++i) {
        const Json before = cell_json(fields[i].type, row.cells[i]), after = cell_json(fields[i].type, leaves.cells[i]);
        if (before.is_null() && after.is_null()) continue;
        PreviewFacts::Field field{std::string(fields[i].name), plain(after), {}, false};
        if (leaves_changed(before, after)) {
          field.in_the_log = plain(before);
          field.set_apart = std::find(safe.held.begin(), safe.held.end(), i) != safe.held.end();
          if (before.is_string() || before.is_array()) count_masks(field.leaves_as, facts_.masked);
        }
        shown.fields.push_back(std::move(field));
      }
    }
    shown.gist = gist(row.table, leaves.cells);
    if (facts_.rows.size() < kMostRowsShown)
      facts_.rows.push_back(std::move(shown));
    else
      ++facts_.rows_not_shown;
    return {};
  }

 private:
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
  const PreviewTrial& trial_;
  std::size_t permitted_ = 0;
};

std::string state_of(const LedgerView& view, std::string_view subject, Scope scope) {
  const auto period = view.period(subject, scope);
  return period.state == ConsentReason::kNoRecord ? std::string() : std::string(to_string(period.state));
}

PreviewFacts::Project begin_project(const RereadLedger& ledger, const PersonProject& whose, Audience audience) {
  PreviewFacts::Project project;
  project.name = whose.project->name;
  project.folder = whose.project->folder;
  project.confirmed = whose.subject.confirmed;
  for (const TextScope& one : kTextScopes)
    project.scopes.push_back(
        {std::string(to_string(one.scope)), state_of(ledger.view, whose.subject.key, one.scope), false, 0, 0});
  for (const auto& [scope, needed] :
       {std::pair(Scope::kModelTraining, true), std::pair(Scope::kShareInternal, audience == Audience::kInternal),
        std::pair(Scope::kShareExternal, audience == Audience::kExternal)})
    if (needed)
      project.scopes.push_back(
          {std::string(to_string(scope)), state_of(ledger.view, whose.subject.key, scope), true, 0, 0});
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

}  // namespace

Result<PreviewResult> preview(const PreviewRequest& request) {
  const std::int64_t as_of_us = request.as_of_us.value_or(request.now_us);
  QF_ASSIGN([[maybe_unused]] const Policy allowed, Policy::compile(request.config.audience, request.config.text));
  QF_ASSIGN(const PreviewInputs inputs, preview_inputs(request));
  // As the dry run sees it: with what lies beside the projects, which is not recorded.
  const BuildRequest dry_run = PreviewTrial::dry_run(request, inputs);
  QF_ASSIGN(OpenedStore opened, open_for_build(Store(request.store), dry_run));
  QF_ASSIGN(WhoMayBeIn who, who_may_be_in(opened, dry_run, inputs.list.projects));
  const RereadLedger ledger{std::move(who.view), std::move(opened.tags), std::move(who.erased), std::move(who.decided)};
  QF_ASSIGN(const PreviewTrial trial, PreviewTrial::run(request, inputs));

  PreviewFacts facts;
  facts.audience = to_string(request.config.audience);
  facts.as_of = format_day(as_of_us);
  facts.grouped = request.config.audience != Audience::kPrivate;
  for (std::size_t group = 0; group < request.config.text.size(); ++group)
    facts.text_levels[group] = level_of(request.config.text[group]);
  facts.live_version = inputs.live_version;
  facts.missing_folders = inputs.missing_folders;
  facts.all_projects = inputs.list.projects.size();
  facts.people = trial.people;
  for (const GateResult& gate : trial.refused) facts.refused.push_back({gate.name, gate.measured, gate.required});
  PreviewResult result;
  for (std::size_t i = 0; i < inputs.asked.size(); ++i) {
    if (!inputs.asked[i]) continue;
    const Project& project = inputs.list.projects[i];
    QF_ASSIGN(const PersonProject whose, settled_person_of(ledger, project, fs::temp_directory_path()));
    QF_ASSIGN(RowFate fate, RowFate::make(ledger, whose, request.config, who.authority ? &*who.authority : nullptr));
    PreviewFacts::Project entry = begin_project(ledger, whose, request.config.audience);
    ProjectPreview shown(facts, entry, fate, trial);
    QF_ASSIGN(auto skipped, reread(ledger, project, fs::temp_directory_path(),
                                   [&](const ReadRow& row, Arena& arena) { return shown.add(row, arena); }));
    result.skipped.insert(result.skipped.end(), skipped.begin(), skipped.end());
    result.rows += entry.rows;
    result.otherwise += entry.leaving;
    facts.projects.push_back(std::move(entry));
  }
  for (const PreviewFacts::Refusal& gate : facts.refused) result.refused.push_back(gate.gate);
  result.leaving = result.refused.empty() ? result.otherwise : 0;
  result.all_projects = facts.all_projects;
  result.live_version = facts.live_version;
  result.projects = facts.projects.size();
  result.left_out = facts.left_out;
  result.masked = facts.masked;
  result.set_apart = facts.set_apart;
  QF_CHECK(write_file_durably(request.out, preview_paper(facts, request.language).html(), Readers::kOwner));
  return result;
}

}  // namespace qf
