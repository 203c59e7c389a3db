#include "qf/rights/preview.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "qf/core/instant.h"
#include "qf/core/whole_file.h"
#include "qf/describe/preview_paper.h"
#include "qf/ledger/suppressions.h"
#include "qf/ledger/versions.h"
#include "qf/output/durable.h"
#include "qf/output/manifest.h"
#include "qf/rights/row_json.h"
#include "qf/run/reread.h"
#include "qf/store/store.h"
#include "qf/store/store_key.h"

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

// Texts of people that stand in a row.
std::uint64_t texts_in(TableId table, ConstRow row) {
  std::uint64_t texts = 0;
  const auto fields = table_schema(table).fields;
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (fields[i].privacy == PrivacyClass::kFreeText && !row[i].is_null()) ++texts;
  return texts;
}

struct TextScope {
  Scope scope;
  bool TextScopes::*of;
};
constexpr std::array<TextScope, 3> kTextScopes = {{{Scope::kQuestionText, &TextScopes::question},
                                                   {Scope::kCorrectionText, &TextScopes::correction},
                                                   {Scope::kRationaleText, &TextScopes::rationale}}};

class ProjectPreview {
 public:
  ProjectPreview(PreviewFacts& facts, PreviewFacts::Project& project, RowFate& fate)
      : facts_(facts), project_(project), fate_(fate) {}

  Status add(const ReadRow& row, Arena& arena) {
    ++project_.rows;
    const RowPermission permission = fate_.permission(row);
    const RowFate::Safe safe = fate_.safe(row, permission.texts, arena);
    const auto fields = table_schema(row.table).fields;
    PreviewFacts::Row shown;
    shown.table = table_schema(row.table).name;
    shown.place = row.place;
    if (permission.drop != DropReason::kNone) {
      shown.left_out = text_of(permission.drop).name;
      ++facts_.left_out[shown.left_out];
    } else {
      ++project_.leaving;
      facts_.set_apart += safe.held.size();
      for (std::size_t i = 0; i < fields.size(); ++i) {
        const Json before = cell_json(fields[i].type, row.cells[i]), after = cell_json(fields[i].type, safe.cells[i]);
        if (before.is_null() && after.is_null()) continue;
        PreviewFacts::Field field{std::string(fields[i].name), plain(after), {}, false};
        if (leaves_changed(before, after)) {
          field.in_the_log = plain(before);
          field.set_apart = std::find(safe.held.begin(), safe.held.end(), i) != safe.held.end();
          if (before.is_string() || before.is_array()) count_masks(field.leaves_as, facts_.masked);
        }
        shown.fields.push_back(std::move(field));
      }
      count_scopes(row, permission.texts, arena);
    }
    shown.gist = gist(row.table, safe.cells);
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
      PreviewFacts::Scope& scope = project_.scopes[i];
      scope.texts_with += texts_in(row.table, fate_.safe(row, with, arena).cells);
      scope.texts_without += texts_in(row.table, fate_.safe(row, without, arena).cells);
    }
  }

  PreviewFacts& facts_;
  PreviewFacts::Project& project_;
  RowFate& fate_;
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

// The ledger as a dry run sees it: with what lies beside the projects, which is not recorded.
Result<RereadLedger> ledger_of(const PreviewRequest& request, const std::vector<Project>& projects,
                               std::int64_t as_of_us, std::optional<AuthorityView>& authority) {
  RereadLedger made{LedgerView::from({}, {}, as_of_us), KeyedTag::ephemeral(), {}, {}};
  std::vector<ProjectOwner> owners;
  std::vector<ConsentEvent> events;
  const Store store(request.store);
  std::optional<Database> ledger;
  if (store.exists()) {
    QF_ASSIGN(ledger, store.open_read_only());
    QF_ASSIGN(owners, list_owners(*ledger));
    QF_ASSIGN(events, list_consent(*ledger));
    QF_ASSIGN(made.erased.tags, load_suppressions(*ledger));
    QF_ASSIGN(const auto items, list_quarantine(*ledger));
    for (const QuarantineItem& item : items)
      if (!item.decision.empty()) made.decided.emplace(item.id, item);
    if (request.config.audience != Audience::kPrivate) {
      QF_ASSIGN(authority, AuthorityView::load(*ledger, to_string(request.config.audience), as_of_us));
    }
  }
  QF_ASSIGN(const KeyStatus status, key_status(ledger ? &*ledger : nullptr, request.key_file));
  if (!status.file_id.empty()) {
    QF_ASSIGN(const KeyFile key, KeyFile::open(request.key_file));
    QF_ASSIGN(made.tags, KeyedTag::make(key));
  }
  made.view = LedgerView::from(owners, events, as_of_us);
  std::vector<std::string> warnings;
  StatementsBeside beside = statements_beside_projects(projects, made.view, made.erased, made.tags, warnings);
  for (ConsentStatement& statement : beside.statements)
    events.push_back({static_cast<std::int64_t>(events.size()) + 1, std::move(statement), request.now_us});
  made.view = LedgerView::from(owners, events, as_of_us);
  return made;
}

// What the live version of the audience made coarser. A version that cannot be read shows nothing: this only adds to
// the page, and `verify` is what tells of damage.
Status add_live_version(const PreviewRequest& request, PreviewFacts& facts) {
  const Store store(request.store);
  if (!facts.grouped || !store.exists()) return {};
  QF_ASSIGN(const Database ledger, store.open_read_only());
  QF_ASSIGN(const auto live, live_version(ledger, facts.audience));
  if (!live) return {};
  const auto text = read_whole_file(store.version_folder(request.config.audience, live->version) / "manifest.json");
  if (!text) return {};
  const auto manifest = parse_manifest(*text);
  if (!manifest) return {};
  const auto document = manifest->documents.find("anonymity");
  if (document == manifest->documents.end()) return {};
  facts.live_version = live->audience + "/" + to_string(live->version);
  const Json tables = Json::parse(document->second, nullptr, false);
  if (!tables.is_array()) return {};
  for (const Json& table : tables)
    for (const Json& column : table.value("columns", Json::array())) {
      const int level = column.value("level", 0);
      if (level > 0)
        facts.coarser[table.value("table", "")][column.value("name", "")] =
            level == column.value("levels", 0) ? PreviewFacts::Coarser::kNotTold : PreviewFacts::Coarser::kSomewhat;
    }
  return {};
}

}  // namespace

Result<PreviewResult> preview(const PreviewRequest& request) {
  const std::int64_t as_of_us = request.as_of_us.value_or(request.now_us);
  QF_ASSIGN([[maybe_unused]] const Policy allowed, Policy::compile(request.config.audience, request.config.text));
  QF_ASSIGN(const Discovery found, discover(request.paths));
  QF_ASSIGN(const ProjectList list, list_projects(found));
  std::optional<AuthorityView> authority;
  QF_ASSIGN(const RereadLedger ledger, ledger_of(request, list.projects, as_of_us, authority));

  PreviewFacts facts;
  facts.audience = to_string(request.config.audience);
  facts.as_of = format_day(as_of_us);
  facts.grouped = request.config.audience != Audience::kPrivate;
  for (std::size_t group = 0; group < request.config.text.size(); ++group)
    facts.text_levels += fmt::format("{}{} {}", group == 0 ? "" : ", ", to_string(static_cast<TextGroup>(group)),
                                     to_string(request.config.text[group]));
  QF_CHECK(add_live_version(request, facts));
  PreviewResult result;
  result.skipped = list.skipped;
  for (const Project& project : list.projects) {
    QF_ASSIGN(const PersonProject whose, settled_person_of(ledger, project, fs::temp_directory_path()));
    QF_ASSIGN(RowFate fate, RowFate::make(ledger, whose, request.config, authority ? &*authority : nullptr));
    PreviewFacts::Project entry = begin_project(ledger, whose, request.config.audience);
    ProjectPreview shown(facts, entry, fate);
    QF_ASSIGN(auto skipped, reread(ledger, project, fs::temp_directory_path(),
                                   [&](const ReadRow& row, Arena& arena) { return shown.add(row, arena); }));
    result.skipped.insert(result.skipped.end(), skipped.begin(), skipped.end());
    result.rows += entry.rows;
    result.leaving += entry.leaving;
    facts.projects.push_back(std::move(entry));
  }
  result.projects = facts.projects.size();
  result.left_out = facts.left_out;
  result.masked = facts.masked;
  result.set_apart = facts.set_apart;
  QF_CHECK(write_file_durably(request.out, preview_paper(facts, request.language).html(), Readers::kOwner));
  return result;
}

}  // namespace qf
