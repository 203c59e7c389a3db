// What a reader remembers, as a stream of bytes and back: each type says once, for both directions, what its state is.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "qf/core/result.h"

namespace qf {

// Where such bytes go, and where they come from.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual Status write(std::string_view bytes) = 0;
};
class ByteFeed {
 public:
  virtual ~ByteFeed() = default;
  // Fills all of `to`. kCorrupt where the bytes end before.
  virtual Status read(std::span<char> to) = 0;
  // No more bytes than these follow: a damaged number of items must not ask for memory that no file fills.
  virtual std::uint64_t at_most() const = 0;
};

class StringSink final : public ByteSink {
 public:
  Status write(std::string_view bytes) override {
    bytes_ += bytes;
    return {};
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};
class StringFeed final : public ByteFeed {
 public:
  explicit StringFeed(std::string_view bytes) : bytes_(bytes) {}
  Status read(std::span<char> to) override {
    if (to.size() > bytes_.size()) return failure(ErrorCode::kCorrupt, "the bytes of a state end too early");
    bytes_.copy(to.data(), to.size());
    bytes_.remove_prefix(to.size());
    return {};
  }
  std::uint64_t at_most() const override { return bytes_.size(); }

 private:
  std::string_view bytes_;
};

// Bytes are this program's own on this machine: a plain value is written as it lies in memory.
class StateWriter {
 public:
  static constexpr bool kReads = false;
  explicit StateWriter(ByteSink& to) : to_(&to) {}

  template <class T>
  requires std::is_trivially_copyable_v<T>
  void value(const T& value) { put({reinterpret_cast<const char*>(&value), sizeof value}); }
  void text(std::string_view text) {
    value(static_cast<std::uint64_t>(text.size()));
    put(text);
  }
  // Plain values, all at once.
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void array(const std::vector<T>& items) {
    text({reinterpret_cast<const char*>(items.data()), items.size() * sizeof(T)});
  }
  template <class List, class Each>
  void list(List& items, Each each) {
    value(static_cast<std::uint64_t>(items.size()));
    for (auto& item : items) each(item);
  }
  // A map from texts.
  template <class Map, class Each>
  void map(Map& items, Each each) {
    value(static_cast<std::uint64_t>(items.size()));
    for (auto& [key, item] : items) {
      text(key);
      each(item);
    }
  }
  // The first error there was.
  const Status& status() const { return status_; }

 private:
  void put(std::string_view bytes) {
    if (status_) status_ = to_->write(bytes);
  }
  ByteSink* to_;
  Status status_;
};

class StateReader {
 public:
  static constexpr bool kReads = true;
  explicit StateReader(ByteFeed& from) : from_(&from) {}

  template <class T>
  requires std::is_trivially_copyable_v<T>
  void value(T& value) {
    T read{};
    if (get({reinterpret_cast<char*>(&read), sizeof read})) value = read;
  }
  void text(std::string& text) {
    text.resize(count());
    if (!get(text)) text.clear();
  }
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void array(std::vector<T>& items) {
    items.resize(count() / sizeof(T));
    if (!get({reinterpret_cast<char*>(items.data()), items.size() * sizeof(T)})) items.clear();
  }
  template <class T, class Each>
  void list(std::vector<T>& items, Each each) {
    items.resize(count());
    for (T& item : items) each(item);
  }
  template <class Map, class Each>
  void map(Map& items, Each each) {
    for (std::size_t left = count(); left > 0 && status_; --left) {
      std::string key;
      text(key);
      each(items[key]);
    }
  }
  // A number of items or bytes that follow; 0 after an error.
  std::size_t count() {
    std::uint64_t items = 0;
    value(items);
    if (status_ && items > from_->at_most())
      fail({ErrorCode::kCorrupt, "a state names more items than its bytes hold"});
    return status_ ? static_cast<std::size_t>(items) : 0;
  }
  // Whoever finds that what was read makes no sense.
  void fail(Error error) {
    if (status_) status_ = tl::unexpected<Error>(std::move(error));
  }
  const Status& status() const { return status_; }

 private:
  bool get(std::span<char> to) {
    if (status_) status_ = from_->read(to);
    return status_.has_value();
  }
  ByteFeed* from_;
  Status status_;
};

}  // namespace qf
