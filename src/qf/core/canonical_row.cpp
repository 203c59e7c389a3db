// canonical_row(): one byte form for equal rows, made for every row that is published.
#include <bit>
#include <cstdint>
#include <cstring>

#include "qf/core/row_codec.h"

namespace qf {
namespace {

template <class Number>
char* put_number(Number value, char* to) {
  for (std::size_t i = 0; i < sizeof value; ++i) to[i] = static_cast<char>(value >> (8 * i));
  return to + sizeof value;
}

// At least as many bytes as the cell takes.
std::size_t bound_of(const Cell& cell) {
  std::size_t bound = 9;
  if (cell.tag == Cell::Tag::kText) bound += cell.size;
  for (const Cell& child : cell.children()) bound += bound_of(child);
  return bound;
}

char* put_cell(const Cell& cell, char* to) {
  switch (cell.tag) {
    case Cell::Tag::kNull: *to++ = 'n'; return to;
    case Cell::Tag::kBool:
      *to++ = 'b';
      *to++ = cell.integer != 0 ? '1' : '0';
      return to;
    case Cell::Tag::kInt: *to++ = 'i'; return put_number(static_cast<std::uint64_t>(cell.integer), to);
    case Cell::Tag::kDouble: {
      *to++ = 'd';
      return put_number(std::bit_cast<std::uint64_t>(cell.real == 0 ? 0.0 : cell.real), to);  // -0 is no other number
    }
    case Cell::Tag::kText:
      *to++ = 't';
      to = put_number(cell.size, to);
      std::memcpy(to, cell.text, cell.size);
      return to + cell.size;
    case Cell::Tag::kList:
    case Cell::Tag::kStruct:
      *to++ = cell.tag == Cell::Tag::kList ? 'l' : 's';
      to = put_number(cell.size, to);
      for (const Cell& child : cell.children()) to = put_cell(child, to);
      return to;
  }
  return to;
}

}  // namespace

void canonical_row(ConstRow row, std::string& out) {
  const std::size_t before = out.size();
  std::size_t bound = 0;
  for (const Cell& cell : row) bound += bound_of(cell);
  out.resize(before + bound);
  char* const begin = out.data() + before;
  char* to = begin;
  for (const Cell& cell : row) to = put_cell(cell, to);
  out.resize(before + static_cast<std::size_t>(to - begin));
}

}  // namespace qf
