#include "qf/store/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "qf/core/digest.h"
#include "qf/core/reason.h"
#include "qf/core/whole_file.h"
#include "qf/store/build_record.h"
#include "qf/store/config.h"
#include "qf/store/identity.h"
#include "qf/store/named_rows.h"
#include "qf/store/published_rows.h"

namespace qf {
namespace {

// The permission for want of which more rows of a project are dropped in `now` than in `then`; "" where there is none.
std::string_view permission_gone(const RecordedProject& then, const RecordedProject& now) {
  for (const auto& [reason, rows] : now.dropped) {
    const auto before = then.dropped.find(reason);
    if (is_about_permission(reason) && rows > (before == then.dropped.end() ? 0 : before->second)) return reason;
  }
  return {};
}

// Whether logs only went on: none is gone, and none that differs is shorter than it was.
bool only_grew(const std::vector<RecordedFile>& then, const std::vector<RecordedFile>& now) {
  return std::all_of(then.begin(), then.end(), [&](const RecordedFile& old) {
    return std::any_of(now.begin(), now.end(), [&](const RecordedFile& one) {
      return one.relative == old.relative && (one.sha256 == old.sha256 || one.bytes > old.bytes);
    });
  });
}

std::string words(std::string_view name) {
  std::string text(name);
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

std::uint64_t dropped(const RecordedProject& project, std::string_view reason) {
  const auto found = project.dropped.find(reason);
  return found == project.dropped.end() ? 0 : found->second;
}

bool same_files(const std::vector<RecordedFile>& a, const std::vector<RecordedFile>& b) {
  const auto digests = [](const std::vector<RecordedFile>& files) {
    std::vector<std::string> all;
    for (const RecordedFile& file : files) all.push_back(file.sha256);
    std::sort(all.begin(), all.end());
    return all;
  };
  return digests(a) == digests(b);
}

// key → value, of canonical_config()'s lines.
std::map<std::string, std::string> settings_of(const std::string& configuration) {
  std::map<std::string, std::string> settings;
  std::istringstream lines(configuration);
  for (std::string line; std::getline(lines, line);)
    if (const auto equals = line.find(" = "); equals != std::string::npos)
      settings[line.substr(0, equals)] = line.substr(equals + 3);
  return settings;
}

// The reasons that the records of two builds allow, computed once for each project of either.
class Reasons {
 public:
  // `grouped`: rows were generalised together with those of others.
  Reasons(const BuildRecord& before, const BuildRecord& after, bool grouped)
      : before_(before), after_(after), grouped_(grouped) {
    const auto then = settings_of(before.configuration), now = settings_of(after.configuration);
    for (const auto& [key, value] : now) {
      const auto found = then.find(key);
      const std::string old = found == then.end() ? "none" : found->second;
      if (old == value) continue;
      settings_.push_back(fmt::format("{}: {} → {}", key, old, value));
      shares_differ_by_setting_ = shares_differ_by_setting_ || key == "split.drop_shared_text";
      // What a card says moves no row, nor does what only a gate compares with.
      if (!key.starts_with("card.") && !key.starts_with("quality.")) names_ += (names_.empty() ? "" : ", ") + key;
    }
    for (std::size_t i = 0; i < after.projects.size(); ++i) by_name_after_[after.projects[i].name] = i;
    for (std::size_t i = 0; i < before.projects.size(); ++i) by_name_before_[before.projects[i].name] = i;
    for (const RecordedProject& project : before.projects) {
      removed_.push_back(why_removed(project));
      changed_.push_back(why_changed(project));
    }
    for (const RecordedProject& project : after.projects) added_.push_back(why_added(project));
  }

  const std::vector<std::string>& settings() const { return settings_; }

  const std::string& of(RowChange change, const PublishedRow* before, const PublishedRow* after) const {
    const auto pick = [&](const std::vector<std::string>& list, std::uint32_t project) -> const std::string& {
      return project < list.size() ? list[project] : unknown_;
    };
    switch (change) {
      case RowChange::kAdded: return pick(added_, after->project);
      case RowChange::kRemoved: return pick(removed_, before->project);
      case RowChange::kChanged: return pick(changed_, before->project);
      case RowChange::kMoved: return moved_;
    }
    return unknown_;
  }

 private:
  // `of_group`: what explains it where nothing about the row's own project does and rows are grouped.
  std::string from_settings(std::string_view of_group = {}) const {
    if (!names_.empty()) return "settings: " + names_;
    if (before_.schema_version != after_.schema_version) return "another schema";
    if (before_.rules_version != after_.rules_version) return "other privacy rules";
    if (before_.program_version != after_.program_version) return "another program version";
    if (grouped_ && !of_group.empty()) return std::string(of_group);
    return unknown_;
  }

  std::string why_removed(const RecordedProject& then) const {
    const auto found = by_name_after_.find(then.name);
    if (found == by_name_after_.end()) return "its project is no longer among the inputs";
    const RecordedProject& now = after_.projects[found->second];
    if (const auto reason = permission_gone(then, now); !reason.empty()) return words(reason);
    const bool shared = !shares_differ_by_setting_ && dropped(now, "shared_text") > dropped(then, "shared_text");
    if (shared && only_grew(then.logs, now.logs)) return "its text also stands in another split now";
    if (!same_files(then.logs, now.logs)) return "its line is gone or was edited";
    if (!same_files(then.question_files, now.question_files)) return "a question file changed";
    return from_settings("too few people share its values now");
  }

  std::string why_added(const RecordedProject& now) const {
    const auto found = by_name_before_.find(now.name);
    if (found == by_name_before_.end()) return "a new project";
    const RecordedProject& then = before_.projects[found->second];
    if (!permission_gone(now, then).empty()) return "it may be used now";
    if (!same_files(then.logs, now.logs)) return "a new line";
    if (!shares_differ_by_setting_ && dropped(now, "shared_text") < dropped(then, "shared_text"))
      return "its text stands in one split only now";
    if (!same_files(then.question_files, now.question_files)) return "a question file changed";
    return from_settings("enough people share its values now");
  }

  std::string why_changed(const RecordedProject& then) const {
    const auto found = by_name_after_.find(then.name);
    if (found == by_name_after_.end()) return unknown_;
    const RecordedProject& now = after_.projects[found->second];
    if (before_.row_digests != after_.row_digests)
      return "versions of before and after a change of how rows are compared";
    if (!names_.empty()) return from_settings();
    if (then.subject_tag != now.subject_tag && !then.subject_tag.empty() && !now.subject_tag.empty())
      return "its project is another person's now";
    const auto allowed = [](const BuildRecord& record, const std::string& tag) {
      const auto at = record.permissions.find(tag);
      return at == record.permissions.end() ? std::string() : at->second;
    };
    if (allowed(before_, then.subject_tag) != allowed(after_, now.subject_tag)) return "agreement to texts changed";
    if (!same_files(then.question_files, now.question_files)) return "a question file changed";
    if (!same_files(then.logs, now.logs)) return "other lines of its session are new";
    if (dropped(then, "shared_text") != dropped(now, "shared_text")) return "other rows of its session came or went";
    return from_settings("other people's rows came or went, and values are generalised together");
  }

  const BuildRecord& before_;
  const BuildRecord& after_;
  bool grouped_ = false;
  std::string unknown_ = "unknown";
  std::string moved_ = "people were placed into splits anew";
  std::string names_;
  bool shares_differ_by_setting_ = false;
  std::vector<std::string> settings_;
  std::map<std::string, std::size_t> by_name_before_, by_name_after_;
  std::vector<std::string> removed_, added_, changed_;
};

// Whether one key came after the other by a rotation, as far as the key at hand can tell: then rows keep their names.
bool serves_both(const std::filesystem::path& key_file, const BuildRecord& a, const BuildRecord& b) {
  const auto key = KeyFile::open(key_file);
  return key && key->serves(a.key_id) && key->serves(b.key_id);
}

// Names the rows of one version.
Result<Pseudonymiser> naming_of(const KeyFile& key, const BuildRecord& record, const std::string& version) {
  QF_ASSIGN(auto names, pseudonymiser_of(key, record));
  if (names) return std::move(*names);
  return failure(ErrorCode::kNotFound, fmt::format("{}.salts: the salt of {} is not in it: its rows cannot be named",
                                                   key.path().string(), version));
}

std::string record_id(const Pseudonymiser& names, const PublishedRow* row) {
  if (row == nullptr) return {};
  RecordName name;
  name_row(names, row->table, row->key, name);
  return {name.data(), name.size()};
}

using Columns = std::map<std::pair<std::string, std::string>, std::string>;

// The columns of a version's tables with their schemas; empty where its folder is not there.
Result<Columns> columns_of(const BuildRecord& record, const std::filesystem::path& folder) {
  Columns columns;
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) return columns;
  for (const TableSchema& table : tables()) {
    const std::string file = "schema/" + std::string(table.name) + ".json";
    const auto published = std::find_if(record.files.begin(), record.files.end(),
                                        [&](const ManifestFile& one) { return one.path == file; });
    if (published == record.files.end()) continue;
    const auto text = read_whole_file(folder / file);
    const auto json = text ? nlohmann::json::parse(*text, nullptr, false) : nlohmann::json();
    if (!text || to_hex(sha256(*text)) != published->sha256 || !json.is_object() || !json.contains("properties"))
      return failure(ErrorCode::kCorrupt, (folder / file).string() +
                                              ": is missing or not what was published, so columns cannot be compared; "
                                              "`verify` says what is damaged");
    for (const auto& [name, schema] : json["properties"].items())
      columns[{std::string(table.name), name}] = schema.dump();
  }
  return columns;
}

std::vector<ChangedColumn> changed_columns(const Columns& then, const Columns& now) {
  std::vector<ChangedColumn> changed;
  if (then.empty() || now.empty()) return changed;
  for (const auto& [name, schema] : then) {
    const auto found = now.find(name);
    if (found == now.end())
      changed.push_back({name.first, name.second, "removed"});
    else if (found->second != schema)
      changed.push_back({name.first, name.second, "changed"});
  }
  for (const auto& [name, schema] : now)
    if (!then.contains(name)) changed.push_back({name.first, name.second, "added"});
  return changed;
}

}  // namespace

Result<VersionDifference> diff_versions(const DiffRequest& request) {
  const Store& store = request.store;
  QF_ASSIGN(const Database ledger, store.open_read_only());
  QF_ASSIGN(const auto versions, load_versions(ledger));
  QF_ASSIGN(NamedVersion before, find_version(versions, request.before));
  QF_ASSIGN(NamedVersion after, find_version(versions, request.after));
  for (const NamedVersion* one : {&before, &after})
    if (one->facts.removed_at_us)
      return failure(ErrorCode::kNotFound, how_it_went(*one) + ", and with it what it could be compared by");
  QF_ASSIGN(const BuildRecord then, read_published_record(store, before.facts));
  QF_ASSIGN(const BuildRecord now, read_published_record(store, after.facts));
  const bool grouped = before.audience != Audience::kPrivate && after.audience != Audience::kPrivate;
  const Reasons reasons(then, now, grouped);

  VersionDifference difference{std::move(before), std::move(after), {}, 0, {}, {}, {}, reasons.settings(), false};
  QF_ASSIGN(const Columns columns_then,
            columns_of(then, store.version_folder(difference.before.audience, difference.before.facts.version)));
  QF_ASSIGN(const Columns columns_now,
            columns_of(now, store.version_folder(difference.after.audience, difference.after.facts.version)));
  difference.columns = changed_columns(columns_then, columns_now);
  std::optional<Pseudonymiser> names_before, names_after;
  if (request.each) {
    QF_ASSIGN(const KeyFile key, KeyFile::open(request.key_file));
    QF_ASSIGN(names_before, naming_of(key, then, request.before));
    QF_ASSIGN(names_after, naming_of(key, now, request.after));
  }
  QF_ASSIGN(RowIndexReader old_rows, open_published_rows(store, difference.before.audience, difference.before.facts));
  QF_ASSIGN(RowIndexReader new_rows, open_published_rows(store, difference.after.audience, difference.after.facts));
  QF_CHECK(for_each_change(
      old_rows, new_rows, [&](RowChange change, const PublishedRow* a, const PublishedRow* b) -> Status {
        const TableSchema& table = table_schema((a != nullptr ? a : b)->table);
        const std::string& reason = reasons.of(change, a, b);
        if (change == RowChange::kChanged && (a->split != b->split || a->fold != b->fold)) ++difference.moved_too;
        count(difference.rows, change);
        count(difference.tables[std::string(table.name)], change);
        ++difference.reasons[{std::string(to_string(change)), reason}];
        if (request.each)
          request.each({change, table.name, record_id(*names_before, a), record_id(*names_after, b),
                        a != nullptr ? to_string(a->split) : "", b != nullptr ? to_string(b->split) : "",
                        a != nullptr ? std::to_string(a->fold) : "", b != nullptr ? std::to_string(b->fold) : "",
                        reason});
        return {};
      }));
  difference.other_key = then.key_id != now.key_id && difference.rows.removed == old_rows.rows() &&
                         difference.rows.added == new_rows.rows() && !serves_both(request.key_file, then, now);
  if (difference.other_key) {
    difference.reasons.clear();
    for (const auto& [change, count] :
         {std::pair(RowChange::kAdded, difference.rows.added), std::pair(RowChange::kRemoved, difference.rows.removed)})
      if (count != 0) difference.reasons[{std::string(to_string(change)), "another key"}] = count;
  }
  return difference;
}

}  // namespace qf
