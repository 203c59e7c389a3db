#include "qf/core/row_codec.h"

#include <bit>
#include <cstdint>
#include <cstring>

namespace qf {
namespace {

// Deeper than any field of ours; keeps damaged bytes from exhausting the stack.
constexpr int kMaxDepth = 16;

constexpr std::size_t kMaxVarintBytes = 10;

char* put_varint(std::uint64_t value, char* to) {
  while (value >= 0x80) {
    *to++ = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  *to++ = static_cast<char>(value);
  return to;
}

// More bytes than the cell takes.
std::size_t bound_of(const Cell& cell) {
  std::size_t bound = 1 + kMaxVarintBytes;
  if (cell.tag == Cell::Tag::kText) bound += cell.size;
  for (const Cell& child : cell.children()) bound += bound_of(child);
  return bound;
}

char* put_cell(const Cell& cell, char* to) {
  *to++ = static_cast<char>(cell.tag);
  switch (cell.tag) {
    case Cell::Tag::kNull: return to;
    case Cell::Tag::kBool: *to++ = cell.integer != 0 ? 1 : 0; return to;
    case Cell::Tag::kInt: {
      const auto value = static_cast<std::uint64_t>(cell.integer);
      return put_varint((value << 1) ^ (cell.integer < 0 ? ~std::uint64_t{0} : 0), to);
    }
    case Cell::Tag::kDouble: {
      auto bits = std::bit_cast<std::uint64_t>(cell.real);
      for (int i = 0; i < 8; ++i, bits >>= 8) *to++ = static_cast<char>(bits & 0xff);
      return to;
    }
    case Cell::Tag::kText:
      to = put_varint(cell.size, to);
      std::memcpy(to, cell.text, cell.size);
      return to + cell.size;
    case Cell::Tag::kList:
    case Cell::Tag::kStruct:
      to = put_varint(cell.size, to);
      for (const Cell& child : cell.children()) to = put_cell(child, to);
      return to;
  }
  return to;
}

std::size_t bitmap_bytes(std::size_t cells) { return (cells + 7) / 8; }

// Reads the compact form and never past its end.
class RowReader {
 public:
  RowReader(std::string_view bytes, Arena& arena, TextStorage storage)
      : bytes_(bytes), arena_(arena), storage_(storage) {}

  bool varint(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (at_ == bytes_.size()) return false;
      const auto byte = static_cast<unsigned char>(bytes_[at_++]);
      if (shift == 63 && byte > 1) return false;
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  // The length of what follows; every byte of text and every cell takes at least one byte.
  bool length(std::uint64_t& value) { return varint(value) && value <= bytes_.size() - at_ && value <= UINT32_MAX; }

  bool cell(Cell& to, int depth) {
    if (at_ == bytes_.size() || depth > kMaxDepth) return false;
    const auto tag = static_cast<unsigned char>(bytes_[at_++]);
    std::uint64_t value = 0;
    switch (static_cast<Cell::Tag>(tag)) {
      case Cell::Tag::kNull: to = Cell::null(); return true;
      case Cell::Tag::kBool:
        if (at_ == bytes_.size() || static_cast<unsigned char>(bytes_[at_]) > 1) return false;
        to = Cell::of(bytes_[at_++] == 1);
        return true;
      case Cell::Tag::kInt:
        if (!varint(value)) return false;
        to = Cell::of(static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1)));
        return true;
      case Cell::Tag::kDouble:
        if (bytes_.size() - at_ < 8) return false;
        for (unsigned i = 0; i < 8; ++i)
          value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes_[at_ + i])) << (8 * i);
        at_ += 8;
        to = Cell::of(std::bit_cast<double>(value));
        return true;
      case Cell::Tag::kText: {
        if (!length(value)) return false;
        const std::string_view text = bytes_.substr(at_, value);
        to = Cell::of(storage_ == TextStorage::kCopy ? arena_.copy(text) : text);
        at_ += value;
        return true;
      }
      case Cell::Tag::kList:
      case Cell::Tag::kStruct: {
        if (!length(value)) return false;
        const std::span<Cell> children = arena_.make<Cell>(value);
        for (Cell& child : children)
          if (!cell(child, depth + 1)) return false;
        to = static_cast<Cell::Tag>(tag) == Cell::Tag::kList ? Cell::list(children) : Cell::structure(children);
        return true;
      }
    }
    return false;
  }

  // The next bytes as they stand; fewer where the row is cut off.
  std::string_view take(std::size_t count) {
    const std::string_view taken = bytes_.substr(at_, count);
    at_ += taken.size();
    return taken;
  }

  std::size_t at() const { return at_; }

 private:
  std::string_view bytes_;
  Arena& arena_;
  TextStorage storage_;
  std::size_t at_ = 0;
};

}  // namespace

void encode_row(ConstRow row, std::string& out) {
  const std::size_t before = out.size();
  std::size_t bound = kMaxVarintBytes + bitmap_bytes(row.size());
  for (const Cell& cell : row)
    if (!cell.is_null()) bound += bound_of(cell);
  out.resize(before + bound);
  char* const begin = out.data() + before;
  char* const bitmap = put_varint(row.size(), begin);
  char* to = bitmap + bitmap_bytes(row.size());  // the bitmap is all zero so far
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i].is_null()) continue;
    bitmap[i / 8] = static_cast<char>(bitmap[i / 8] | (1 << (i % 8)));
    to = put_cell(row[i], to);
  }
  out.resize(before + static_cast<std::size_t>(to - begin));
}

Result<std::size_t> decode_row(std::string_view bytes, Arena& arena, Row row, TextStorage storage) {
  RowReader reader(bytes, arena, storage);
  std::uint64_t width = 0;
  if (!reader.varint(width)) return failure(ErrorCode::kCorrupt, "spilled row: it is cut off");
  if (width != row.size())
    return failure(ErrorCode::kCorrupt,
                   "spilled row: " + std::to_string(width) + " cells where " + std::to_string(row.size()) + " belong");
  const std::string_view bitmap = reader.take(bitmap_bytes(row.size()));
  if (bitmap.size() != bitmap_bytes(row.size())) return failure(ErrorCode::kCorrupt, "spilled row: it is cut off");
  for (std::size_t i = 0; i < row.size(); ++i) {
    if ((static_cast<unsigned char>(bitmap[i / 8]) >> (i % 8) & 1) == 0)
      row[i] = Cell::null();
    else if (!reader.cell(row[i], 0))
      return failure(ErrorCode::kCorrupt, "spilled row: cell " + std::to_string(i) + " is damaged or cut off");
  }
  return reader.at();
}

}  // namespace qf
