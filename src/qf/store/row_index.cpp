#include "qf/store/row_index.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "qf/core/digest.h"
#include "qf/core/whole_file.h"
#include "qf/output/durable.h"

namespace qf {
namespace {

constexpr std::string_view kMagic = "qfrows2\n";
constexpr std::size_t kHashed = 16 + 16 + 3;  // what the logical digest covers
constexpr std::size_t kEntry = kHashed + 4;
constexpr std::size_t kWriteBytes = 256 * 1024;
constexpr std::size_t kReadBytes = 256 * 1024;

using Entry = std::array<char, kEntry>;

Entry encode(const PublishedRow& row) {
  Entry out{};
  std::memcpy(out.data(), row.key.bytes.data(), 16);
  std::memcpy(out.data() + 16, row.content.data(), 16);
  out[32] = static_cast<char>(row.table);
  out[33] = static_cast<char>(row.split);
  out[34] = static_cast<char>(row.fold);
  for (std::size_t i = 0; i < 4; ++i) out[35 + i] = static_cast<char>(row.project >> (8 * i));
  return out;
}

bool decode(const Entry& in, PublishedRow& row) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(in[i]); };
  if (byte(32) >= kTableCount || byte(33) >= kSplitCount) return false;
  std::memcpy(row.key.bytes.data(), in.data(), 16);
  std::memcpy(row.content.data(), in.data() + 16, 16);
  row.table = static_cast<TableId>(in[32]);
  row.split = static_cast<Split>(in[33]);
  row.fold = byte(34);
  row.project = 0;
  for (std::size_t i = 0; i < 4; ++i) row.project |= static_cast<std::uint32_t>(byte(35 + i)) << (8 * i);
  return true;
}

tl::unexpected<Error> not_whole(const std::filesystem::path& file) {
  return failure(ErrorCode::kCorrupt, file.string() + ": not a whole record of published rows");
}

// Writes entries through a buffer, hashing what the logical digest covers.
class EntryFile {
 public:
  static Result<EntryFile> create(const std::filesystem::path& path) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    QF_ASSIGN(HashedFile file, HashedFile::create(path, Readers::kOwner));
    EntryFile out(std::move(file));
    QF_CHECK(out.file_.write(kMagic));
    out.logical_.update("qfrows1\n");
    return out;
  }
  Status put(const PublishedRow& row) {
    const Entry entry = encode(row);
    logical_.update({entry.data(), kHashed});
    projects_.update({entry.data() + kHashed, kEntry - kHashed});
    buffer_.append(entry.data(), entry.size());
    ++facts_.rows;
    ++facts_.rows_of[static_cast<std::size_t>(row.table)][static_cast<std::size_t>(row.split)];
    return buffer_.size() < kWriteBytes ? Status{} : flush();
  }
  Result<RowIndexFacts> close() {
    QF_CHECK(flush());
    QF_CHECK(file_.close_unflushed());
    facts_.logical_digest = logical_.hex();
    facts_.projects_digest = projects_.hex();
    return std::move(facts_);
  }

 private:
  explicit EntryFile(HashedFile file) : file_(std::move(file)) {}
  Status flush() {
    QF_CHECK(file_.write(buffer_));
    buffer_.clear();
    return {};
  }
  HashedFile file_;
  Sha256 logical_, projects_;
  std::string buffer_;
  RowIndexFacts facts_;
};

}  // namespace

Result<RowIndexReader> RowIndexReader::open(const std::filesystem::path& file) {
  RowIndexReader reader;
  reader.path_ = file;
  QF_CHECK(check_regular(file));
  reader.file_.reset(std::fopen(file.c_str(), "rbe"));
  // Kept at once: where memory is short, what builds the message changes it.
  if (const int error = errno; !reader.file_)
    return failure(
        error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
        fmt::format("{}: the store's record of published rows cannot be read ({}): put it back from a backup; "
                    "without it nothing can be compared with this version",
                    file.string(), std::strerror(error)));
  std::setvbuf(reader.file_.get(), nullptr, _IOFBF, kReadBytes);
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  std::array<char, kMagic.size()> magic{};
  if (error || size < kMagic.size() || (size - kMagic.size()) % kEntry != 0 ||
      std::fread(magic.data(), 1, magic.size(), reader.file_.get()) != magic.size() ||
      std::string_view(magic.data(), magic.size()) != kMagic)
    return not_whole(file);
  reader.rows_ = (size - kMagic.size()) / kEntry;
  return reader;
}

Result<std::optional<PublishedRow>> RowIndexReader::next() {
  if (read_ == rows_) return std::optional<PublishedRow>();
  Entry entry;
  PublishedRow row;
  if (std::fread(entry.data(), entry.size(), 1, file_.get()) != 1 || !decode(entry, row) || (read_ != 0 && row < last_))
    return not_whole(path_);
  ++read_;
  last_ = row;
  return std::optional(row);
}

RowIndexWriter::RowIndexWriter(std::filesystem::path file, std::size_t memory_bytes, std::uint64_t expected_rows)
    : file_(std::move(file)), rows_(file_.has_parent_path() ? file_.parent_path() : ".", memory_bytes) {
  rows_.reserve(expected_rows);
}

Result<RowIndexFacts> RowIndexWriter::finish(unsigned threads) {
  QF_CHECK(rows_.sort(threads));
  QF_ASSIGN(EntryFile out, EntryFile::create(file_));
  for (;;) {
    QF_ASSIGN(const PublishedRow* const row, rows_.next());
    if (row == nullptr) return out.close();
    QF_CHECK(out.put(*row));
  }
}

Result<RowIndexFacts> read_facts(const std::filesystem::path& file) {
  QF_ASSIGN(RowIndexReader reader, RowIndexReader::open(file));
  RowIndexFacts facts;
  Sha256 logical, projects;
  logical.update("qfrows1\n");
  for (;;) {
    QF_ASSIGN(const auto row, reader.next());
    if (!row) {
      facts.logical_digest = logical.hex();
      facts.projects_digest = projects.hex();
      return facts;
    }
    const Entry entry = encode(*row);
    logical.update({entry.data(), kHashed});
    projects.update({entry.data() + kHashed, kEntry - kHashed});
    ++facts.rows;
    ++facts.rows_of[static_cast<std::size_t>(row->table)][static_cast<std::size_t>(row->split)];
  }
}

std::string_view to_string(RowChange change) {
  constexpr std::array<std::string_view, 4> kNames = {"added", "removed", "changed", "moved"};
  return kNames[static_cast<std::size_t>(change)];
}

Status for_each_change(RowIndexReader& before, RowIndexReader& after, const RowChangeSink& each) {
  const auto name = [](const PublishedRow& row) { return std::pair(row.key, row.table); };
  QF_ASSIGN(auto old, before.next());
  QF_ASSIGN(auto now, after.next());
  while (old || now) {
    bool step_old = true, step_now = true;
    if (!now || (old && name(*old) < name(*now))) {
      QF_CHECK(each(RowChange::kRemoved, &*old, nullptr));
      step_now = false;
    } else if (!old || name(*now) < name(*old)) {
      QF_CHECK(each(RowChange::kAdded, nullptr, &*now));
      step_old = false;
    } else if (old->content != now->content) {
      QF_CHECK(each(RowChange::kChanged, &*old, &*now));
    } else if (old->split != now->split || old->fold != now->fold) {
      QF_CHECK(each(RowChange::kMoved, &*old, &*now));
    }
    if (step_old) {
      QF_ASSIGN(old, before.next());
    }
    if (step_now) {
      QF_ASSIGN(now, after.next());
    }
  }
  return {};
}

void count(RowDifference& difference, RowChange change) {
  switch (change) {
    case RowChange::kAdded: ++difference.added; break;
    case RowChange::kRemoved: ++difference.removed; break;
    case RowChange::kChanged: ++difference.changed; break;
    case RowChange::kMoved: ++difference.moved; break;
  }
}

Result<RowDifference> compare_rows(RowIndexReader& before, RowIndexReader& after) {
  RowDifference difference;
  QF_CHECK(for_each_change(before, after, [&](RowChange change, const PublishedRow*, const PublishedRow*) -> Status {
    count(difference, change);
    return {};
  }));
  return difference;
}

VersionNumber next_version(const VersionNumber& before, const RowDifference& difference) {
  if (difference.removed + difference.changed + difference.moved != 0) return {before.major + 1, 0, 0};
  if (difference.added != 0) return {before.major, before.minor + 1, 0};
  return {before.major, before.minor, before.patch + 1};
}

}  // namespace qf
