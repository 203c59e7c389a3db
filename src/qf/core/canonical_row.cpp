// canonical_row(): one byte form for equal rows, made for every row that is published.
#include <cstring>

#include "qf/core/row_codec.h"

namespace qf {
namespace {

void put_number(std::uint64_t bits, unsigned bytes, char* to) {
  for (unsigned i = 0; i < bytes; ++i) to[i] = static_cast<char>(bits >> (8 * i));
}

void put_length(char tag, std::size_t length, std::string& out) {
  char head[5] = {tag};
  put_number(length, 4, head + 1);
  out.append(head, sizeof head);
}

void put_word(char tag, std::uint64_t bits, std::string& out) {
  char head[9] = {tag};
  put_number(bits, 8, head + 1);
  out.append(head, sizeof head);
}

void put_cell(const Cell& cell, std::string& out) {
  switch (cell.tag) {
    case Cell::Tag::kNull: out += 'n'; break;
    case Cell::Tag::kBool: out += cell.integer != 0 ? "b1" : "b0"; break;
    case Cell::Tag::kInt: put_word('i', static_cast<std::uint64_t>(cell.integer), out); break;
    case Cell::Tag::kDouble: {
      const double value = cell.real == 0 ? 0.0 : cell.real;  // -0 is no other number
      std::uint64_t bits = 0;
      std::memcpy(&bits, &value, sizeof bits);
      put_word('d', bits, out);
      break;
    }
    case Cell::Tag::kText:
      put_length('t', cell.size, out);
      out.append(cell.text, cell.size);
      break;
    case Cell::Tag::kList:
    case Cell::Tag::kStruct:
      put_length(cell.tag == Cell::Tag::kList ? 'l' : 's', cell.size, out);
      for (const Cell& child : cell.children()) put_cell(child, out);
      break;
  }
}

}  // namespace

void canonical_row(ConstRow row, std::string& out) {
  for (const Cell& cell : row) put_cell(cell, out);
}

}  // namespace qf
