#include "qf/output/arrow_columns.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/type.h>
#include <arrow/util/utf8.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace qf {
namespace {

// What one batch may hold of one column: offsets are 32 bits wide. One text is never longer.
constexpr std::size_t kMaxColumnBytes = std::numeric_limits<std::int32_t>::max() - 1;

bool has_offsets(TypeKind kind) { return kind == TypeKind::kString || kind == TypeKind::kList; }

std::size_t width_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::kInt32: return 4;
    case TypeKind::kInt64:
    case TypeKind::kTimestamp:
    case TypeKind::kDouble: return 8;
    default: return 0;
  }
}

void set_bit(std::vector<std::uint8_t>& bits, std::size_t at, bool value) {
  std::uint8_t& byte = bits[at / 8];
  const unsigned bit = 1u << (at % 8);
  byte = static_cast<std::uint8_t>(value ? byte | bit : byte & ~bit);
}

bool bit(const std::uint8_t* bits, std::int64_t at) { return (bits[at / 8] >> (at % 8) & 1) != 0; }

// Most texts are short: two overlapping moves beat a call.
void copy_text(char* to, const char* from, std::size_t size) {
  if (size > 16 || size < 4) {
    if (size > 16) {
      std::memcpy(to, from, size);
    } else {
      for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
    }
  } else if (size >= 8) {
    std::uint64_t head = 0, tail = 0;
    std::memcpy(&head, from, 8);
    std::memcpy(&tail, from + size - 8, 8);
    std::memcpy(to, &head, 8);
    std::memcpy(to + size - 8, &tail, 8);
  } else {
    std::uint32_t head = 0, tail = 0;
    std::memcpy(&head, from, 4);
    std::memcpy(&tail, from + size - 4, 4);
    std::memcpy(to, &head, 4);
    std::memcpy(to + size - 4, &tail, 4);
  }
}

bool is_ascii(const char* text, std::size_t size) {
  std::uint64_t all = 0;
  std::size_t at = 0;
  for (; at + 8 <= size; at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text + at, 8);
    all |= word;
  }
  for (; at < size; ++at) all |= static_cast<std::uint8_t>(text[at]);
  return (all & 0x8080808080808080u) == 0;
}

std::shared_ptr<arrow::Buffer> buffer_of(const void* data, std::size_t bytes) {
  return std::make_shared<arrow::Buffer>(static_cast<const std::uint8_t*>(data), static_cast<std::int64_t>(bytes));
}

template <class T>
void grow(std::vector<T>& memory, std::size_t size) {
  if (memory.size() < size) memory.resize(std::max(size, memory.size() + memory.size() / 2));
}

}  // namespace

ColumnBuilder::ColumnBuilder(const FieldType& type) : kind_(type.kind) {
  for (const ChildType& child : type.members()) children_.emplace_back(child.type);
}

void ColumnBuilder::reserve(std::size_t rows) {
  const std::size_t want = rows_ + rows;
  grow(valid_, want / 8 + 1);
  if (kind_ == TypeKind::kBool) grow(flags_, want / 8 + 1);
  if (has_offsets(kind_)) grow(offsets_, want + 1);
  if (const std::size_t width = width_of(kind_); width > 0) grow(values_, want * width);
  if (kind_ == TypeKind::kStruct)
    for (ColumnBuilder& child : children_) child.reserve(rows);
}

void ColumnBuilder::append_text(const char* text, std::size_t size) {
  offsets_[rows_] = static_cast<std::int32_t>(used_);
  if (used_ + size > values_.size()) grow(values_, used_ + size);
  copy_text(values_.data() + used_, text, size);
  used_ += size;
}

template <class Number>
void ColumnBuilder::append_number(Number value) {
  std::memcpy(values_.data() + rows_ * sizeof value, &value, sizeof value);
}

// Most cells of a row are null. An empty text, a zero or an empty list takes the place of each.
void ColumnBuilder::append_null(std::uint64_t& bytes) {
  switch (kind_) {
    case TypeKind::kString:
      offsets_[rows_] = static_cast<std::int32_t>(used_);
      bytes += 4;
      break;
    case TypeKind::kBool:
      set_bit(flags_, rows_, false);
      bytes += 1;
      break;
    case TypeKind::kInt32:
      append_number(std::int32_t{0});
      bytes += 4;
      break;
    case TypeKind::kInt64:
    case TypeKind::kTimestamp:
    case TypeKind::kDouble:
      append_number(std::int64_t{0});  // the same bytes as 0.0
      bytes += 8;
      break;
    case TypeKind::kList:
      offsets_[rows_] = static_cast<std::int32_t>(children_.front().rows_);
      bytes += 4;
      break;
    case TypeKind::kStruct:
      for (ColumnBuilder& child : children_) child.append_null(bytes);
      break;
  }
  set_bit(valid_, rows_, false);
  ++nulls_;
  ++rows_;
}

ColumnBuilder::Fit ColumnBuilder::append(const Cell& cell, std::uint64_t& bytes) {
  if (cell.is_null()) {
    append_null(bytes);
    return Fit::kFits;
  }
  switch (kind_) {
    case TypeKind::kString:
      if (cell.tag != Cell::Tag::kText) return Fit::kWrongType;
      if (used_ + cell.size > kMaxColumnBytes) return Fit::kOutOfRange;
      append_text(cell.text, cell.size);
      bytes += 4 + cell.size;
      break;
    case TypeKind::kBool:
      if (cell.tag != Cell::Tag::kBool) return Fit::kWrongType;
      set_bit(flags_, rows_, cell.integer != 0);
      bytes += 1;
      break;
    case TypeKind::kInt32: {
      if (cell.tag != Cell::Tag::kInt) return Fit::kWrongType;
      const auto value = static_cast<std::int32_t>(cell.integer);
      if (value != cell.integer) return Fit::kOutOfRange;
      append_number(value);
      bytes += 4;
      break;
    }
    case TypeKind::kInt64:
    case TypeKind::kTimestamp:
      if (cell.tag != Cell::Tag::kInt) return Fit::kWrongType;
      append_number(cell.integer);
      bytes += 8;
      break;
    case TypeKind::kDouble:
      if (cell.tag != Cell::Tag::kDouble) return Fit::kWrongType;
      if (!std::isfinite(cell.real)) return Fit::kOutOfRange;
      append_number(cell.real);
      bytes += 8;
      break;
    case TypeKind::kList:
    case TypeKind::kStruct:
      if (const Fit fit = append_nested(cell, bytes); fit != Fit::kFits) return fit;
      break;
  }
  set_bit(valid_, rows_, true);
  ++rows_;
  return Fit::kFits;
}

ColumnBuilder::Fit ColumnBuilder::append_nested(const Cell& cell, std::uint64_t& bytes) {
  if (kind_ == TypeKind::kStruct) {
    if (cell.tag != Cell::Tag::kStruct || cell.size != children_.size()) return Fit::kWrongType;
    for (std::size_t i = 0; i < children_.size(); ++i)
      if (const Fit fit = children_[i].append(cell.items[i], bytes); fit != Fit::kFits) return fit;
    return Fit::kFits;
  }
  if (cell.tag != Cell::Tag::kList) return Fit::kWrongType;
  ColumnBuilder& item = children_.front();
  if (item.rows_ + cell.size > kMaxColumnBytes) return Fit::kOutOfRange;
  offsets_[rows_] = static_cast<std::int32_t>(item.rows_);
  bytes += 4;
  item.reserve(cell.size);
  for (const Cell& child : cell.children())
    if (const Fit fit = item.append(child, bytes); fit != Fit::kFits) return fit;
  return Fit::kFits;
}

bool ColumnBuilder::is_utf8() const {
  if (kind_ != TypeKind::kString)
    return std::all_of(children_.begin(), children_.end(), [](const ColumnBuilder& child) { return child.is_utf8(); });
  if (is_ascii(values_.data(), used_)) return true;
  // Every text is UTF-8 if all of them together are and none begins in the middle of a character.
  arrow::util::InitializeUTF8();
  if (!arrow::util::ValidateUTF8(reinterpret_cast<const std::uint8_t*>(values_.data()),
                                 static_cast<std::int64_t>(used_)))
    return false;
  for (std::size_t i = 0; i < rows_; ++i) {
    const auto begin = static_cast<std::size_t>(offsets_[i]);
    if (begin < used_ && (static_cast<std::uint8_t>(values_[begin]) & 0xC0) == 0x80) return false;
  }
  return true;
}

std::shared_ptr<arrow::ArrayData> ColumnBuilder::view(const std::shared_ptr<arrow::DataType>& type) {
  std::vector<std::shared_ptr<arrow::Buffer>> buffers{nulls_ == 0 ? nullptr : buffer_of(valid_.data(), rows_ / 8 + 1)};
  if (has_offsets(kind_)) {
    grow(offsets_, rows_ + 1);
    offsets_[rows_] = static_cast<std::int32_t>(kind_ == TypeKind::kString ? used_ : children_.front().rows_);
    buffers.push_back(buffer_of(offsets_.data(), (rows_ + 1) * sizeof offsets_[0]));
  }
  if (kind_ == TypeKind::kString) buffers.push_back(buffer_of(values_.data(), used_));
  if (kind_ == TypeKind::kBool) buffers.push_back(buffer_of(flags_.data(), flags_.size()));
  if (width_of(kind_) > 0) buffers.push_back(buffer_of(values_.data(), rows_ * width_of(kind_)));
  std::vector<std::shared_ptr<arrow::ArrayData>> children;
  for (std::size_t i = 0; i < children_.size(); ++i)
    children.push_back(children_[i].view(type->field(static_cast<int>(i))->type()));
  return arrow::ArrayData::Make(type, static_cast<std::int64_t>(rows_), std::move(buffers), std::move(children),
                                static_cast<std::int64_t>(nulls_));
}

void ColumnBuilder::clear() {
  // One long text must not hold its memory for the rest of the run.
  constexpr std::size_t kKeepBytes = 8 << 20;
  if (values_.size() > kKeepBytes) std::vector<char>().swap(values_);  // `= {}` would keep it
  rows_ = nulls_ = used_ = 0;
  for (ColumnBuilder& child : children_) child.clear();
}

ColumnCells::ColumnCells(const FieldType& type, std::shared_ptr<arrow::Array> array)
    : kind_(type.kind), array_(std::move(array)) {
  if (array_->null_count() > 0) valid_ = array_->null_bitmap_data();
  first_ = array_->offset();
  const arrow::ArrayData& data = *array_->data();
  switch (kind_) {
    case TypeKind::kString: {
      const bool has_dictionary = array_->type_id() == arrow::Type::DICTIONARY;
      if (has_dictionary) indices_ = data.GetValues<std::int32_t>(1);
      const arrow::ArrayData& texts = has_dictionary ? *data.dictionary : data;
      offsets_ = texts.GetValues<std::int32_t>(1);
      values_ = texts.buffers[2] == nullptr ? nullptr : texts.buffers[2]->data();
      break;
    }
    case TypeKind::kBool: values_ = data.buffers[1]->data(); break;
    case TypeKind::kInt32: values_ = data.GetValues<std::int32_t>(1); break;
    case TypeKind::kInt64:
    case TypeKind::kTimestamp: values_ = data.GetValues<std::int64_t>(1); break;
    case TypeKind::kDouble: values_ = data.GetValues<double>(1); break;
    case TypeKind::kList:
      offsets_ = data.GetValues<std::int32_t>(1);
      children_.emplace_back(type.members().front().type, static_cast<const arrow::ListArray&>(*array_).values());
      break;
    case TypeKind::kStruct:
      for (const ChildType& member : type.members())
        children_.emplace_back(
            member.type, static_cast<const arrow::StructArray&>(*array_).field(static_cast<int>(children_.size())));
      break;
  }
}

Cell ColumnCells::at(std::int64_t row, Arena& arena) const {
  if (valid_ != nullptr && !bit(valid_, first_ + row)) return Cell::null();
  switch (kind_) {
    case TypeKind::kString: {
      const std::int64_t place = indices_ != nullptr ? indices_[row] : row;
      const std::int32_t begin = offsets_[place];
      return Cell::of(std::string_view(static_cast<const char*>(values_) + begin,
                                       static_cast<std::size_t>(offsets_[place + 1] - begin)));
    }
    case TypeKind::kBool: return Cell::of(bit(static_cast<const std::uint8_t*>(values_), first_ + row));
    case TypeKind::kInt32: return Cell::of(std::int64_t{static_cast<const std::int32_t*>(values_)[row]});
    case TypeKind::kInt64:
    case TypeKind::kTimestamp: return Cell::of(static_cast<const std::int64_t*>(values_)[row]);
    case TypeKind::kDouble: return Cell::of(static_cast<const double*>(values_)[row]);
    case TypeKind::kList: {
      const std::int32_t begin = offsets_[row];
      const auto items = arena.make<Cell>(static_cast<std::size_t>(offsets_[row + 1] - begin));
      for (std::size_t i = 0; i < items.size(); ++i)
        items[i] = children_.front().at(begin + static_cast<std::int64_t>(i), arena);
      return Cell::list(items);
    }
    case TypeKind::kStruct: {
      const auto members = arena.make<Cell>(children_.size());
      for (std::size_t i = 0; i < members.size(); ++i) members[i] = children_[i].at(row, arena);
      return Cell::structure(members);
    }
  }
  return Cell::null();
}

}  // namespace qf
