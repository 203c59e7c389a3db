// One row of a table as plain cells: rows in the middle, columns only at the edge.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

#include "qf/core/arena.h"
#include "qf/core/fields.h"
#include "qf/core/schema.h"
#include "qf/core/user_text.h"

namespace qf {

// A value or null. Text, list items and struct members lie in an Arena that outlives the cell.
struct Cell {
  enum class Tag : std::uint8_t { kNull, kBool, kInt, kDouble, kText, kList, kStruct };

  Tag tag = Tag::kNull;
  std::uint32_t size = 0;  // bytes of text, items of a list, members of a struct
  union {
    std::int64_t integer = 0;
    double real;
    const char* text;
    const Cell* items;
  };

  static Cell null() { return {}; }
  static Cell of(bool value) {
    Cell c;
    c.tag = Tag::kBool;
    c.integer = value;
    return c;
  }
  static Cell of(std::int64_t value) {
    Cell c;
    c.tag = Tag::kInt;
    c.integer = value;
    return c;
  }
  static Cell of(int value) { return of(static_cast<std::int64_t>(value)); }
  static Cell of(double value) {
    Cell c;
    c.tag = Tag::kDouble;
    c.real = value;
    return c;
  }
  static Cell of(std::string_view bytes) {
    Cell c;
    c.tag = Tag::kText;
    c.size = static_cast<std::uint32_t>(bytes.size());
    c.text = bytes.data();
    return c;
  }
  static Cell of(const char* text) { return of(std::string_view(text)); }
  // An absent text becomes null, an empty one stays empty.
  static Cell of(UserText value) { return value.present() ? of(value.bytes()) : null(); }
  template <class T>
  static Cell of(const std::optional<T>& value) {
    return value ? of(*value) : null();
  }
  static Cell list(std::span<const Cell> items) {
    Cell c;
    c.tag = Tag::kList;
    c.size = static_cast<std::uint32_t>(items.size());
    c.items = items.data();
    return c;
  }
  static Cell structure(std::span<const Cell> members) {
    Cell c = list(members);
    c.tag = Tag::kStruct;
    return c;
  }

  bool is_null() const { return tag == Tag::kNull; }
  std::string_view view() const { return tag == Tag::kText ? std::string_view(text, size) : std::string_view(); }
  std::span<const Cell> children() const {
    return tag == Tag::kList || tag == Tag::kStruct ? std::span<const Cell>(items, size) : std::span<const Cell>();
  }
};
static_assert(sizeof(Cell) == 16 && std::is_trivially_destructible_v<Cell>);

// The cells of one row in the order of the table's fields.
using Row = std::span<Cell>;
using ConstRow = std::span<const Cell>;

// The first bytes of a digest of a row's content: whether it changed from one build to the next.
using RowDigest = std::array<std::uint8_t, 16>;

// A row of a table known at compile time: fields by name, a misspelt name does not compile.
template <TableId Table>
class RowOf {
 public:
  explicit RowOf(Arena& arena) : cells_(arena.make<Cell>(fields_of<Table>().size())) {}
  explicit RowOf(Row cells) : cells_(cells) {}

  template <FieldName Name, class T>
  void set(T&& value) {
    cells_[column_of<Table, Name>()] = Cell::of(std::forward<T>(value));
  }
  template <FieldName Name>
  void set_cell(Cell cell) {
    cells_[column_of<Table, Name>()] = cell;
  }
  template <FieldName Name>
  const Cell& get() const {
    return cells_[column_of<Table, Name>()];
  }
  Row cells() const { return cells_; }

 private:
  Row cells_;
};

}  // namespace qf
