#include "qf/run/differencing.h"

#include <fmt/format.h>
#include <unistd.h>

#include <set>

#include "qf/ledger/recipients.h"
#include "qf/store/build_record.h"

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

struct People {
  std::set<std::string> came_or_went, any;
};

Result<People> compare(const BuildState& state, const VersionFacts& version, Audience audience,
                       const std::filesystem::path& rows) {
  QF_ASSIGN(const BuildRecord record, read_record(build_record_file(state.store, audience, version.version)));
  QF_ASSIGN(RowIndexReader before, RowIndexReader::open(row_index_file(state.store, audience, version.version)));
  QF_ASSIGN(RowIndexReader after, RowIndexReader::open(rows));
  const bool same_audience = audience == state.request.config.audience;
  People people;
  const auto look = [&](RowChange change, const PublishedRow* old, const PublishedRow* now) -> Status {
    const bool came_or_went = change == RowChange::kAdded || change == RowChange::kRemoved;
    // Rows of another audience say less or more of everything.
    if (!came_or_went && !same_audience) return {};
    const auto add = [&](const std::string& person) {
      people.any.insert(person);
      if (came_or_went) people.came_or_went.insert(person);
    };
    if (old != nullptr && old->project < record.projects.size()) add(record.projects[old->project].subject_tag);
    if (now != nullptr) add(state.tags.subject_tag(state.subjects[state.staged.projects[now->project].subject].key));
    return {};
  };
  QF_CHECK(for_each_change(before, after, look));
  return people;
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
    if (!result) result = GateFacts::Differencing{0, k, {}};
    for (const Audience audience : kAudiences) {
      if (audience != version.audience) continue;
      if (!written) {
        QF_ASSIGN([[maybe_unused]] const RowIndexFacts index, write_row_index(state, subjects, rows.path()));
        written = true;
      }
      const auto people = state.key_is_new ? tl::unexpected<Error>({ErrorCode::kNotFound, ""})
                                           : compare(state, version, audience, rows.path());
      if (!people) {
        state.result.warnings.push_back(
            fmt::format("{}/{} was handed out, but what it was built from is no longer known (its key or its record is "
                        "gone): whether the two together tell people apart could not be looked at",
                        to_string(version.audience), number));
        continue;
      }
      for (const auto* of : {&people->came_or_went, &people->any}) {
        const std::uint64_t count = of->size();
        if (count == 0 || (result->people != 0 && result->people <= count)) continue;
        result->people = count;
        result->hint = fmt::format(
            "{} holds {}/{}; beside it, this version would show what is of {} people alone. Build again when more "
            "people have new rows, or take the old version back first: `qf-dataset revoke {}/{}`",
            names, to_string(version.audience), number, count, to_string(version.audience), number);
      }
    }
  }
  return result;
}

}  // namespace qf
