#include "qf/core/content_digest.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <queue>
#include <utility>

#include "qf/core/digest.h"
#include "qf/core/sort_in_threads.h"

namespace qf {
namespace {

// One row: its key within a block of text, and the digest of its content.
struct Entry {
  std::uint64_t begins = 0;  // the key's first eight bytes as a number: nearly always they decide
  std::uint32_t key_at = 0;
  std::uint32_t key_bytes = 0;
  Sha256Bytes digest{};
};

std::uint64_t beginning_of(std::string_view key) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number = number << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0U);
  return number;
}

// A sorted run of rows on disk; the file goes with the object.
class Run {
 public:
  static Result<Run> create(const std::filesystem::path& folder) {
    static std::atomic<unsigned> next{0};
    Run run;
    run.path_ = folder / ("digest-" + std::to_string(::getpid()) + "-" + std::to_string(next++) + ".run");
    run.file_ = std::fopen(run.path_.c_str(), "wb+");
    if (run.file_ == nullptr) return failure(ErrorCode::kIo, "cannot create " + run.path_.string());
    return run;
  }
  ~Run() {
    if (file_ == nullptr) return;
    std::fclose(file_);
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  Run(Run&& other) noexcept
      : path_(std::move(other.path_)),
        file_(std::exchange(other.file_, nullptr)),
        key_(std::move(other.key_)),
        digest_(other.digest_) {}
  Run& operator=(Run&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(file_, other.file_);
    std::swap(key_, other.key_);
    std::swap(digest_, other.digest_);
    return *this;
  }

  Status put(std::string_view key, const Sha256Bytes& digest) {
    const auto size = static_cast<std::uint32_t>(key.size());
    if (std::fwrite(&size, sizeof size, 1, file_) == 1 && std::fwrite(key.data(), 1, size, file_) == size &&
        std::fwrite(digest.data(), digest.size(), 1, file_) == 1)
      return {};
    return failure(ErrorCode::kIo, "cannot write " + path_.string());
  }
  Status rewind() {
    if (std::fflush(file_) == 0 && std::fseek(file_, 0, SEEK_SET) == 0) return {};
    return failure(ErrorCode::kIo, "cannot write " + path_.string());
  }
  // Moves on to the next row; false at the end.
  Result<bool> next() {
    std::uint32_t size = 0;
    if (std::fread(&size, sizeof size, 1, file_) != 1) {
      if (std::feof(file_)) return false;
      return failure(ErrorCode::kIo, "cannot read " + path_.string());
    }
    key_.resize(size);
    if (std::fread(key_.data(), 1, size, file_) != size || std::fread(digest_.data(), digest_.size(), 1, file_) != 1)
      return failure(ErrorCode::kIo, "cannot read " + path_.string());
    return true;
  }
  std::string_view key() const { return key_; }
  const Sha256Bytes& digest() const { return digest_; }

 private:
  Run() = default;
  std::filesystem::path path_;
  std::FILE* file_ = nullptr;
  std::string key_;
  Sha256Bytes digest_{};
};

void update(Sha256& running, const Sha256Bytes& digest) {
  running.update({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace

struct ContentDigest::Part {
  std::string keys;
  std::vector<Entry> entries;
  std::vector<Run> runs;

  std::string_view key(const Entry& entry) const {
    return std::string_view(keys).substr(entry.key_at, entry.key_bytes);
  }
  std::size_t bytes() const { return keys.size() + entries.size() * sizeof(Entry); }

  void sort(unsigned threads = 1) {
    // Rows of one key do not happen; if they did, their order still must not depend on their coming.
    sort_in_threads(entries.begin(), entries.end(), threads, [this](const Entry& a, const Entry& b) {
      if (a.begins != b.begins) return a.begins < b.begins;
      const int order = key(a).compare(key(b));
      return order != 0 ? order < 0 : a.digest < b.digest;
    });
  }

  Status spill(const std::filesystem::path& folder) {
    if (entries.empty()) return {};
    sort();
    QF_ASSIGN(Run run, Run::create(folder));
    for (const Entry& entry : entries) QF_CHECK(run.put(key(entry), entry.digest));
    QF_CHECK(run.rewind());
    runs.push_back(std::move(run));
    keys.clear();
    entries.clear();
    return {};
  }

  Result<std::string> finish(const std::filesystem::path& folder, std::uint64_t& repeated, unsigned threads) {
    Sha256 running;
    if (runs.empty()) {
      sort(threads);
      for (std::size_t i = 0; i < entries.size(); ++i) {
        update(running, entries[i].digest);
        if (i != 0 && key(entries[i - 1]) == key(entries[i])) ++repeated;
      }
      return running.hex();
    }
    QF_CHECK(spill(folder));
    const auto later = [this](std::size_t a, std::size_t b) {
      const int order = runs[a].key().compare(runs[b].key());
      return order != 0 ? order > 0 : runs[a].digest() > runs[b].digest();
    };
    std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> heads(later);
    for (std::size_t i = 0; i < runs.size(); ++i) {
      QF_ASSIGN(const bool more, runs[i].next());
      if (more) heads.push(i);
    }
    std::string before;
    for (bool first = true; !heads.empty(); first = false) {
      const std::size_t head = heads.top();
      heads.pop();
      update(running, runs[head].digest());
      if (!first && before == runs[head].key()) ++repeated;
      before = runs[head].key();
      QF_ASSIGN(const bool more, runs[head].next());
      if (more) heads.push(head);
    }
    return running.hex();
  }
};

ContentDigest::ContentDigest(std::filesystem::path spill_folder, std::size_t memory_bytes)
    : spill_folder_(std::move(spill_folder)), memory_bytes_(memory_bytes), parts_(kTableCount) {}
ContentDigest::~ContentDigest() = default;
ContentDigest::ContentDigest(ContentDigest&&) noexcept = default;
ContentDigest& ContentDigest::operator=(ContentDigest&&) noexcept = default;

Status ContentDigest::add(TableId table, std::string_view record_id, std::string_view canonical) {
  Part& part = parts_[static_cast<std::size_t>(table)];
  if (part.keys.size() + record_id.size() > UINT32_MAX)
    return failure(ErrorCode::kInternal, "too many rows for a content digest without a folder to put them aside");
  part.entries.push_back({beginning_of(record_id), static_cast<std::uint32_t>(part.keys.size()),
                          static_cast<std::uint32_t>(record_id.size()), qf::sha256(canonical)});
  part.keys.append(record_id);
  return !spill_folder_.empty() && part.bytes() > memory_bytes_ / kTableCount ? part.spill(spill_folder_) : Status{};
}

Status ContentDigest::merge(ContentDigest&& other) {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    Part& to = parts_[i];
    Part& from = other.parts_[i];
    std::move(from.runs.begin(), from.runs.end(), std::back_inserter(to.runs));
    if (to.keys.size() + from.keys.size() > UINT32_MAX)
      return failure(ErrorCode::kInternal, "too many rows for a content digest without a folder to put them aside");
    for (Entry entry : from.entries) {
      entry.key_at += static_cast<std::uint32_t>(to.keys.size());
      to.entries.push_back(entry);
    }
    to.keys.append(from.keys);
    from = Part{};
    if (!spill_folder_.empty() && to.bytes() > memory_bytes_ / kTableCount) QF_CHECK(to.spill(spill_folder_));
  }
  if (spill_folder_.empty()) spill_folder_ = other.spill_folder_;
  return {};
}

Result<ContentDigest::Digests> ContentDigest::finish(unsigned threads) {
  Digests digests;
  for (const TableSchema& table : tables()) {
    Part& part = parts_[static_cast<std::size_t>(table.id)];
    if (part.entries.empty() && part.runs.empty()) continue;
    QF_ASSIGN(digests.tables[std::string(table.name)], part.finish(spill_folder_, digests.repeated, threads));
    part = Part{};
  }
  Sha256 running;
  for (const auto& [name, digest] : digests.tables) running.update(name).update(" ").update(digest).update("\n");
  digests.combined = running.hex();
  return digests;
}

}  // namespace qf
