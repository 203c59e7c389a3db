// Plain values as bytes and back, for files that this program alone writes and reads.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace qf {

class ByteWriter {
 public:
  template <class T>
  requires std::is_trivially_copyable_v<T> &&(!std::is_convertible_v<T, std::string_view>)void put(const T& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void put(std::string_view text) {
    put(static_cast<std::uint64_t>(text.size()));
    bytes_ += text;
  }
  const std::string& bytes() const { return bytes_; }
  std::string& bytes() { return bytes_; }

 private:
  std::string bytes_;
};

// Reads what a ByteWriter wrote. After the first value that does not fit, ok() is false and all that follows is empty.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  template <class T>
  T get() {
    static_assert(std::is_trivially_copyable_v<T>);
    T value{};
    if (bytes_.size() < sizeof value) {
      fail();
      return value;
    }
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
    return value;
  }
  template <class T>
  void get(T& value) {
    value = get<T>();
  }
  std::string_view text() {
    const auto size = get<std::uint64_t>();
    if (size > bytes_.size()) {
      fail();
      return {};
    }
    const std::string_view found = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return found;
  }
  // A number of items of at least `item_bytes` each, which the rest has room for.
  std::size_t count(std::size_t item_bytes) {
    const auto items = get<std::uint64_t>();
    if (items > bytes_.size() / item_bytes) {
      fail();
      return 0;
    }
    return static_cast<std::size_t>(items);
  }
  bool ok() const { return ok_; }
  bool at_end() const { return bytes_.empty(); }

 private:
  void fail() {
    ok_ = false;
    bytes_ = {};
  }
  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace qf
