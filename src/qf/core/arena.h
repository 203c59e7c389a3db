// Memory that is given back all at once: text and lists of one batch of rows live here.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace qf {

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  Arena(Arena&&) = default;
  Arena& operator=(Arena&&) = default;

  // A copy of `text` that lives as long as the arena.
  std::string_view copy(std::string_view text) {
    if (text.empty()) return "";
    char* to = static_cast<char*>(take(text.size(), 1));
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

  // `count` default-initialised values of a trivially destructible type.
  template <class T>
  std::span<T> make(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>, "an arena runs no destructors");
    T* first = static_cast<T*>(take(count * sizeof(T), alignof(T)));
    for (std::size_t i = 0; i < count; ++i) new (first + i) T();
    return {first, count};
  }

  // Forgets everything but keeps memory for the next use: one block as large as all of them were, within reason.
  void clear() {
    if (blocks_.size() > 1) {
      std::size_t total = 0;
      for (const Block& block : blocks_) total += block.size;
      blocks_.clear();
      if (total <= kKeptBytes) blocks_.push_back({std::unique_ptr<std::byte[]>(new std::byte[total]), total});
    }
    used_ = 0;
    bytes_ = 0;
  }

  std::size_t bytes() const { return bytes_; }

 private:
  struct Block {
    std::unique_ptr<std::byte[]> data;
    std::size_t size = 0;
  };

  void* take(std::size_t size, std::size_t align) {
    std::size_t at = (used_ + align - 1) & ~(align - 1);
    if (blocks_.empty() || at + size > blocks_.back().size) {
      const std::size_t want = size > kBlockBytes ? size : kBlockBytes;
      blocks_.push_back({std::unique_ptr<std::byte[]>(new std::byte[want]), want});
      at = 0;
    }
    used_ = at + size;
    bytes_ += size;
    return blocks_.back().data.get() + at;
  }

  static constexpr std::size_t kBlockBytes = 64 * 1024;
  static constexpr std::size_t kKeptBytes = 4 * 1024 * 1024;
  std::vector<Block> blocks_;
  std::size_t used_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace qf
