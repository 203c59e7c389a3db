#include "qf/core/row_codec.h"

#include <bit>
#include <cstdint>

namespace qf {
namespace {

// Deeper than any field of ours; keeps damaged bytes from exhausting the stack.
constexpr int kMaxDepth = 16;

void put_varint(std::uint64_t value, std::string& out) {
  char bytes[10];
  std::size_t count = 0;
  while (value >= 0x80) {
    bytes[count++] = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  bytes[count++] = static_cast<char>(value);
  out.append(bytes, count);
}

void put_cell(const Cell& cell, std::string& out) {
  out.push_back(static_cast<char>(cell.tag));
  switch (cell.tag) {
    case Cell::Tag::kNull: break;
    case Cell::Tag::kBool: out.push_back(cell.integer != 0 ? 1 : 0); break;
    case Cell::Tag::kInt: {
      const auto value = static_cast<std::uint64_t>(cell.integer);
      put_varint((value << 1) ^ (cell.integer < 0 ? ~std::uint64_t{0} : 0), out);
      break;
    }
    case Cell::Tag::kDouble: {
      auto bits = std::bit_cast<std::uint64_t>(cell.real);
      for (int i = 0; i < 8; ++i, bits >>= 8) out.push_back(static_cast<char>(bits & 0xff));
      break;
    }
    case Cell::Tag::kText:
      put_varint(cell.size, out);
      out.append(cell.view());
      break;
    case Cell::Tag::kList:
    case Cell::Tag::kStruct:
      put_varint(cell.size, out);
      for (const Cell& child : cell.children()) put_cell(child, out);
      break;
  }
}

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

  std::size_t at() const { return at_; }

 private:
  std::string_view bytes_;
  Arena& arena_;
  TextStorage storage_;
  std::size_t at_ = 0;
};

}  // namespace

void encode_row(ConstRow row, std::string& out) {
  put_varint(row.size(), out);
  for (const Cell& cell : row) put_cell(cell, out);
}

Result<std::size_t> decode_row(std::string_view bytes, Arena& arena, Row row, TextStorage storage) {
  RowReader reader(bytes, arena, storage);
  std::uint64_t width = 0;
  if (!reader.varint(width)) return failure(ErrorCode::kCorrupt, "spilled row: it is cut off");
  if (width != row.size())
    return failure(ErrorCode::kCorrupt,
                   "spilled row: " + std::to_string(width) + " cells where " + std::to_string(row.size()) + " belong");
  for (std::size_t i = 0; i < row.size(); ++i)
    if (!reader.cell(row[i], 0))
      return failure(ErrorCode::kCorrupt, "spilled row: cell " + std::to_string(i) + " is damaged or cut off");
  return reader.at();
}

}  // namespace qf
