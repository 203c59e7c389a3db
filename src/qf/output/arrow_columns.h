// Between cells and Arrow columns, in both directions; included by sources of this folder only.
#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "qf/core/record.h"
#include "qf/core/schema.h"

namespace qf {

// Gathers the cells of one column in Arrow's own memory layout. It does what Arrow's builders do,
// for our eight types only: no virtual call for a cell, and the same memory for every batch.
class ColumnBuilder {
 public:
  explicit ColumnBuilder(const FieldType& type);

  // Room for `rows` more cells; append() relies on it.
  void reserve(std::size_t rows);

  enum class Fit { kFits, kWrongType, kOutOfRange };
  // Adds one cell, and its size as an Arrow value to `bytes`. After anything but kFits the builder
  // is of no more use.
  Fit append(const Cell& cell, std::uint64_t& bytes);

  // Whether every text gathered is UTF-8.
  bool is_utf8() const;

  // The gathered cells as an array of the given type, which must be arrow_schema()'s for the field.
  // It shows the builder's own memory: use it before clear(), and never after.
  std::shared_ptr<arrow::ArrayData> view(const std::shared_ptr<arrow::DataType>& type);
  // Forgets the cells, keeps the memory.
  void clear();

 private:
  void append_null(std::uint64_t& bytes);
  Fit append_nested(const Cell& cell, std::uint64_t& bytes);
  void append_text(const char* text, std::size_t size);
  template <class Number>
  void append_number(Number value);

  TypeKind kind_;
  std::size_t rows_ = 0;
  std::size_t nulls_ = 0;
  std::size_t used_ = 0;               // bytes of text
  std::vector<std::uint8_t> valid_;    // a bit for each row
  std::vector<std::uint8_t> flags_;    // a bit for each row of a bool column
  std::vector<std::int32_t> offsets_;  // where each text or list begins
  std::vector<char> values_;           // numbers, or the bytes of text
  std::vector<ColumnBuilder> children_;
};

// Reads the cells of one column of a batch. Text stays in the Arrow array, lists and structs are
// made in an arena.
class ColumnCells {
 public:
  // The array must have the type that arrow_schema() gives the field, text perhaps as a dictionary,
  // and outlive the cells.
  ColumnCells(const FieldType& type, std::shared_ptr<arrow::Array> array);

  Cell at(std::int64_t row, Arena& arena) const;

 private:
  TypeKind kind_;
  std::shared_ptr<arrow::Array> array_;
  const std::uint8_t* valid_ = nullptr;    // null where no value is missing
  std::int64_t first_ = 0;                 // position of the array's first value in its buffers
  const void* values_ = nullptr;           // numbers, or the bytes of text
  const std::int32_t* offsets_ = nullptr;  // of texts or lists
  const std::int32_t* indices_ = nullptr;  // into the dictionary, where there is one
  std::vector<ColumnCells> children_;
};

}  // namespace qf
