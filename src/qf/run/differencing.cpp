#include "qf/run/differencing.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "qf/ledger/recipients.h"
#include "qf/store/build_record.h"
#include "qf/store/published_rows.h"

namespace qf {
namespace {

// Removed with the object.
class ScratchFile {
 public:
  explicit ScratchFile(std::filesystem::path path) : path_(std::move(path)) {}
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  ~ScratchFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

using People = std::set<std::string>;  // tags
// A class of rows of the new version: its table, and its number there.
using ClassOfRows = std::pair<TableId, std::uint32_t>;

// What the two versions together show of whom. Each set is of people who are alike to whoever holds both; one of fewer
// than k tells them apart.
struct Apart {
  People before, after;                   // people with rows
  People rows_differ, rows_came_or_went;  // with any row that differs; with one that is in one version only
  std::map<ClassOfRows, People> new_rows_of_class;
  std::map<TableId, People> rows_gone;  // rows that went have no class any more: by table
};

// By class whose rows came: a person with many new rows hides behind nobody with one in another group.
Status add_classes(const BuildState& state, const std::vector<PublishedRow>& added, Apart& apart) {
  for (const StagedRun::Project& project : state.staged.projects) {
    if (project.staged.blocks.empty()) continue;  // it has no person either
    const std::string tag = state.tags.subject_tag(state.subjects[project.subject].key);
    const auto look = [&](const StagedBlock& block, const StagedEntry& entry, std::uint64_t number) -> Status {
      PublishedRow row;
      row.key = entry.key;
      row.table = block.table;
      const auto found = std::lower_bound(added.begin(), added.end(), row, [](const auto& a, const auto& b) {
        return std::pair(a.key, a.table) < std::pair(b.key, b.table);
      });
      if (found != added.end() && found->key == row.key && found->table == row.table)
        apart.new_rows_of_class[{block.table, state.groups->class_of(block.table, number)}].insert(tag);
      return {};
    };
    QF_CHECK(state.staged.for_each_row_of(project, look));
  }
  return {};
}

Result<Apart> compare(const BuildState& state, const VersionFacts& version, const std::filesystem::path& rows) {
  const Audience audience = version.audience;
  QF_ASSIGN(const BuildRecord record, read_published_record(state.store, version));
  Apart apart;
  const auto tag_before = [&](const PublishedRow& row) {
    return row.project < record.projects.size() ? record.projects[row.project].subject_tag : std::string();
  };
  const auto tag_after = [&](const PublishedRow& row) {
    return state.tags.subject_tag(state.subjects[state.staged.projects[row.project].subject].key);
  };
  const auto people_of = [](RowIndexReader& reader, const auto& tag, People& people) -> Status {
    std::set<std::uint32_t> projects;  // of most rows the project was seen before
    for (;;) {
      QF_ASSIGN(const auto row, reader.next());
      if (!row) return {};
      if (projects.insert(row->project).second) people.insert(tag(*row));
    }
  };
  QF_ASSIGN(RowIndexReader all_before, open_published_rows(state.store, audience, version));
  QF_CHECK(people_of(all_before, tag_before, apart.before));
  QF_ASSIGN(RowIndexReader all_after, RowIndexReader::open(rows));
  QF_CHECK(people_of(all_after, tag_after, apart.after));

  // From the beginning again; that they are the rows that were published is known by now.
  QF_ASSIGN(RowIndexReader before, RowIndexReader::open(row_index_file(state.store, audience, version.version)));
  QF_ASSIGN(RowIndexReader after, RowIndexReader::open(rows));
  const bool same_audience = audience == state.request.config.audience;
  std::vector<PublishedRow> added;
  const auto look = [&](RowChange change, const PublishedRow* old, const PublishedRow* now) -> Status {
    const bool came_or_went = change == RowChange::kAdded || change == RowChange::kRemoved;
    // Rows of another audience say less or more of everything.
    if (!came_or_went && !same_audience) return {};
    const auto add = [&](const std::string& person) {
      apart.rows_differ.insert(person);
      if (came_or_went) apart.rows_came_or_went.insert(person);
    };
    if (old != nullptr) add(tag_before(*old));
    if (now != nullptr) add(tag_after(*now));
    if (change == RowChange::kAdded) added.push_back(*now);
    if (change == RowChange::kRemoved) apart.rows_gone[old->table].insert(tag_before(*old));
    return {};
  };
  QF_CHECK(for_each_change(before, after, look));
  if (state.groups) QF_CHECK(add_classes(state, added, apart));
  return apart;
}

People without(const People& people, const People& others) {
  People rest;
  std::set_difference(people.begin(), people.end(), others.begin(), others.end(), std::inserter(rest, rest.end()));
  return rest;
}

// The smallest set of people that the two versions tell apart, and what they show of it.
struct Fewest {
  std::uint64_t people = 0;  // 0: nothing differs
  std::string what;
};
Fewest fewest(const Apart& apart) {
  Fewest result;
  const auto look = [&](std::uint64_t people, std::string what) {
    if (people != 0 && (result.people == 0 || people < result.people)) result = {people, std::move(what)};
  };
  look(without(apart.after, apart.before).size(), "who came");
  look(without(apart.before, apart.after).size(), "who went");
  look(apart.rows_came_or_went.size(), "whose rows came or went");
  look(apart.rows_differ.size(), "whose rows differ");
  for (const auto& [table, people] : apart.rows_gone)
    look(people.size(), "whose rows are gone from " + std::string(table_schema(table).name));
  for (const auto& [of, people] : apart.new_rows_of_class)
    look(people.size(), "with new rows in one group of " + std::string(table_schema(of.first).name));
  return result;
}

}  // namespace

Result<std::optional<GateFacts::Differencing>> compare_with_received(BuildState& state, const Database& ledger,
                                                                     const std::vector<WrittenSubject>& subjects) {
  QF_ASSIGN(const auto recipients, list_recipients(ledger));
  if (recipients.empty()) return std::nullopt;
  QF_ASSIGN(const auto versions, load_versions(ledger));
  const auto k = static_cast<std::uint64_t>(required_k(state.request.config.audience));
  const ScratchFile rows(state.work_folder / fmt::format("compared-{}.run", ::getpid()));
  bool written = false;
  std::optional<GateFacts::Differencing> result;
  for (const VersionFacts& version : versions) {
    if (version.state == VersionState::kRevoked) continue;
    const std::string number = to_string(version.version);
    std::string names;
    for (const Recipient& one : recipients)
      if (one.audience == to_string(version.audience) && one.version == number)
        names += (names.empty() ? "" : ", ") + one.name;
    if (names.empty()) continue;
    if (!result) result = GateFacts::Differencing{0, k, {}, {}};
    if (!written) {
      QF_ASSIGN([[maybe_unused]] const RowIndexFacts index, write_row_index(state, subjects, rows.path()));
      written = true;
    }
    const auto apart =
        state.key_is_new ? tl::unexpected<Error>({ErrorCode::kNotFound, ""}) : compare(state, version, rows.path());
    // A file that is there but damaged can be put back: what cannot be looked at is not let through.
    if (!apart && apart.error().code != ErrorCode::kNotFound)
      return failure(apart.error().code,
                     fmt::format("{}/{} was handed out, and whether it and this version together tell people apart "
                                 "cannot be looked at: {}",
                                 to_string(version.audience), number, apart.error().message));
    if (!apart) {
      state.result.warnings.push_back(
          fmt::format("{}/{} was handed out, but what it was built from is no longer known (its key or its record is "
                      "gone): whether the two together tell people apart could not be looked at",
                      to_string(version.audience), number));
      continue;
    }
    const Fewest found = fewest(*apart);
    if (found.people != 0 && found.people < k) result->in_the_way.push_back(name_of(version));
    if (found.people == 0 || (result->people != 0 && result->people <= found.people)) continue;
    result->people = found.people;
    result->hint = fmt::format(
        "{} holds {}/{}; beside it, this version would show what is of {} alone {}. Take the old version back "
        "(`qf-dataset revoke {}/{} --reason WHY`) and build again, or wait until more people come, go or have new "
        "rows at once",
        names, to_string(version.audience), number,
        found.people == 1 ? "one person" : fmt::format("{} people", found.people), found.what,
        to_string(version.audience), number);
  }
  return result;
}

}  // namespace qf
