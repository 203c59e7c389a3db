// Sorts more records than memory holds: sorted runs go to disk and are merged as they are read.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <span>
#include <type_traits>
#include <vector>

#include "qf/core/result.h"
#include "qf/core/sort_in_threads.h"
#include "qf/core/spill_file.h"

namespace qf {

// Records of fixed size, ordered by their <=>. Equal records may come in any order: they are the same bytes.
template <class Record>
class ExternalSort {
  static_assert(std::is_trivially_copyable_v<Record>);

 public:
  // At most `memory_bytes` are held, then a run goes to a file without a name in `folder`: one file, however many runs,
  // since a process may have few open. Without a folder all stays in memory.
  ExternalSort(std::filesystem::path folder, std::size_t memory_bytes)
      : folder_(std::move(folder)), limit_(std::max<std::size_t>(memory_bytes / sizeof(Record), 1024)) {}

  // Where the number of records is known, memory is taken once.
  void reserve(std::uint64_t records) {
    held_.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(records, limit_)));
  }

  // Nothing was added.
  bool empty() const { return held_.empty() && runs_.empty(); }

  Status add(const Record& record) {
    if (held_.size() >= limit_ && !folder_.empty()) QF_CHECK(spill());
    held_.push_back(record);
    return {};
  }

  // Whoever is done adding, but is not asked for the order yet, gives memory back: more than a few records go to disk.
  Status put_aside() {
    if (!folder_.empty() && held_.size() > limit_ / 4) QF_CHECK(spill());
    held_.shrink_to_fit();
    return {};
  }

  // Takes over what was added to another one that was not sorted yet.
  Status merge(ExternalSort&& other) {
    if (folder_.empty()) folder_ = other.folder_;
    for (Run& run : other.runs_) {
      run.file += files_.size();
      runs_.push_back(std::move(run));
    }
    std::move(other.files_.begin(), other.files_.end(), std::back_inserter(files_));
    other.runs_.clear();
    other.files_.clear();
    if (held_.empty()) {
      held_ = std::move(other.held_);
    } else {
      for (const Record& record : other.held_) QF_CHECK(add(record));
    }
    other.give_back();
    return {};
  }

  // Ends the adding; then next() gives the records in order.
  Status sort(unsigned threads = 1) {
    if (runs_.empty()) {
      sort_in_threads(held_.begin(), held_.end(), threads);
      return {};
    }
    QF_CHECK(spill());
    give_back();
    const std::size_t each = std::max<std::size_t>(limit_ / runs_.size(), 64);
    for (Run& run : runs_) QF_CHECK(fill(run, each));
    for (std::size_t i = 0; i < runs_.size(); ++i) heads_.push_back(i);
    std::make_heap(heads_.begin(), heads_.end(), later());
    return {};
  }

  // The next record in order; nullptr after the last. Valid until the next call.
  Result<const Record*> next() {
    if (runs_.empty()) return at_ < held_.size() ? &held_[at_++] : nullptr;
    if (heads_.empty()) return nullptr;
    std::pop_heap(heads_.begin(), heads_.end(), later());
    Run& run = runs_[heads_.back()];
    current_ = run.buffer[run.at++];
    if (run.at == run.buffer.size()) QF_CHECK(fill(run, run.buffer.size()));
    if (run.buffer.empty())
      heads_.pop_back();
    else
      std::push_heap(heads_.begin(), heads_.end(), later());
    return &current_;
  }

 private:
  // A sorted stretch of a file.
  struct Run {
    std::size_t file = 0;  // in files_
    std::uint64_t offset = 0, end = 0;
    std::vector<Record> buffer;
    std::size_t at = 0;
  };

  // The next records of a run; none at its end.
  Status fill(Run& run, std::size_t count) {
    const auto left = static_cast<std::size_t>((run.end - run.offset) / sizeof(Record));
    run.buffer.resize(std::min(count, left));
    run.at = 0;
    if (run.buffer.empty()) return {};
    const std::span bytes(reinterpret_cast<char*>(run.buffer.data()), run.buffer.size() * sizeof(Record));
    QF_CHECK(files_[run.file].read(run.offset, bytes));
    run.offset += bytes.size();
    return {};
  }

  auto later() {
    return [this](std::size_t a, std::size_t b) { return runs_[b].buffer[runs_[b].at] < runs_[a].buffer[runs_[a].at]; };
  }

  // `held_ = {}` would keep the memory: it assigns an empty list.
  void give_back() { std::vector<Record>().swap(held_); }

  Status spill() {
    if (held_.empty()) return {};
    std::sort(held_.begin(), held_.end());
    if (files_.empty()) {
      QF_ASSIGN(SpillFile made, SpillFile::create(folder_));
      files_.push_back(std::move(made));
    }
    SpillFile& file = files_.back();
    const std::uint64_t from = file.size();
    QF_CHECK(file.append({reinterpret_cast<const char*>(held_.data()), held_.size() * sizeof(Record)}));
    runs_.push_back({files_.size() - 1, from, file.size(), {}, 0});
    held_.clear();
    return {};
  }

  std::filesystem::path folder_;
  std::size_t limit_;
  std::vector<Record> held_;
  std::size_t at_ = 0;
  std::vector<SpillFile> files_;  // its own, and those of others that it took over
  std::vector<Run> runs_;
  std::vector<std::size_t> heads_;  // a heap of runs by their next record
  Record current_{};
};

}  // namespace qf
