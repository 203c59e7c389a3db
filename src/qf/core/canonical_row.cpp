// canonical_row(): a row as canonical JSON, fast enough to be done for every row that is published.
#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "qf/core/row_codec.h"

namespace qf {
namespace {

// Bytes under construction. ensure() first, then write without further checks.
class JsonText {
 public:
  void ensure(std::size_t bytes) {
    if (bytes > static_cast<std::size_t>(limit_ - end_)) grow(bytes);
  }
  char* end() { return end_; }
  void advance_to(char* end) { end_ = end; }
  void put(char c) { *end_++ = c; }
  void put(std::string_view text) {
    std::memcpy(end_, text.data(), text.size());
    end_ += text.size();
  }
  std::string_view view() const { return {memory_.get(), static_cast<std::size_t>(end_ - memory_.get())}; }
  void clear() { end_ = memory_.get(); }
  std::size_t capacity() const { return static_cast<std::size_t>(limit_ - memory_.get()); }

 private:
  [[gnu::noinline]] void grow(std::size_t bytes) {
    const std::size_t used = view().size();
    const std::size_t size = std::max(used + bytes, capacity() * 2);
    std::unique_ptr<char[]> larger(new char[size]);
    std::memcpy(larger.get(), memory_.get(), used);
    memory_ = std::move(larger);
    end_ = memory_.get() + used;
    limit_ = memory_.get() + size;
  }

  static constexpr std::size_t kFirstBytes = 8192;
  std::unique_ptr<char[]> memory_{new char[kFirstBytes]};
  char* end_ = memory_.get();
  char* limit_ = memory_.get() + kFirstBytes;
};

// Whether eight bytes need no escape: none below a space, no quote, no backslash.
bool all_plain(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101u;
  constexpr std::uint64_t kHighs = 0x8080808080808080u;
  const std::uint64_t quote = word ^ (kOnes * '"');
  const std::uint64_t backslash = word ^ (kOnes * '\\');
  // The classic tests for a zero byte, and for one below a limit; they may see one too many after
  // a hit, never one too few.
  return ((((quote - kOnes) & ~quote) | ((backslash - kOnes) & ~backslash) | ((word - kOnes * 0x20) & ~word)) &
          kHighs) == 0;
}

// Four bytes that need no escape, above four that are asked about.
constexpr std::uint64_t kPlainHigh = 0x2020202000000000u;

bool is_plain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }

char* put_escaped(char byte, char* to) {
  static constexpr char kHex[] = "0123456789abcdef";
  *to++ = '\\';
  switch (byte) {
    case '"': *to++ = '"'; return to;
    case '\\': *to++ = '\\'; return to;
    case '\b': *to++ = 'b'; return to;
    case '\t': *to++ = 't'; return to;
    case '\n': *to++ = 'n'; return to;
    case '\f': *to++ = 'f'; return to;
    case '\r': *to++ = 'r'; return to;
    default: break;
  }
  to[0] = 'u';
  to[1] = to[2] = '0';
  to[3] = kHex[static_cast<unsigned char>(byte) >> 4];
  to[4] = kHex[byte & 15];
  return to + 5;
}

void put_json_text(std::string_view text, JsonText& out) {
  constexpr std::size_t kPiece = 4096;
  out.ensure(1);
  out.put('"');
  do {
    const std::string_view piece = text.substr(0, kPiece);
    text.remove_prefix(piece.size());
    out.ensure(piece.size() * 6 + 9);  // the longest escape has six bytes
    char* to = out.end();
    const char* from = piece.data();
    const char* const end = from + piece.size();
    while (end - from >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, from, 8);
      std::memcpy(to, &word, 8);
      if (all_plain(word)) {
        from += 8;
        to += 8;
        continue;
      }
      // Up to the byte that needs an escape, which is among these eight.
      while (is_plain(*from)) *to++ = *from++;
      to = put_escaped(*from++, to);
    }
    if (end - from >= 4) {
      std::uint32_t head = 0;
      std::memcpy(&head, from, 4);
      std::memcpy(to, &head, 4);
      if (all_plain(head | kPlainHigh)) {
        from += 4;
        to += 4;
      }
    }
    for (; from != end; ++from) {
      if (is_plain(*from))
        *to++ = *from;
      else
        to = put_escaped(*from, to);
    }
    out.advance_to(to);
  } while (!text.empty());
  out.put('"');
}

constexpr std::size_t kNumberBytes = 40;  // more than any number takes

void put_json_integer(std::int64_t value, JsonText& out) {
  out.ensure(kNumberBytes);
  out.advance_to(std::to_chars(out.end(), out.end() + kNumberBytes, value).ptr);
}

// Number::toString of ECMAScript: the shortest digits, and its own rule for where the point goes.
void put_json_double(double value, JsonText& out) {
  out.ensure(kNumberBytes);
  if (!std::isfinite(value)) return out.put("null");
  if (value == 0) return out.put('0');
  char scientific[32];
  const auto end = std::to_chars(scientific, scientific + sizeof scientific, value, std::chars_format::scientific).ptr;
  std::string_view text(scientific, static_cast<std::size_t>(end - scientific));
  if (text.front() == '-') {
    out.put('-');
    text.remove_prefix(1);
  }
  const std::size_t mark = text.find('e');
  int exponent = 0;
  const std::string_view power = text.substr(mark + (text[mark + 1] == '+' ? 2 : 1));
  std::from_chars(power.data(), power.data() + power.size(), exponent);
  char digits[24];
  digits[0] = text[0];
  std::size_t count = 1;
  for (std::size_t i = 2; i < mark; ++i) digits[count++] = text[i];
  const std::string_view all(digits, count);
  const int point = exponent + 1;  // digits before the decimal point
  if (point > 0 && point <= 21) {
    const auto whole = static_cast<std::size_t>(point);
    out.put(all.substr(0, whole));
    for (std::size_t i = count; i < whole; ++i) out.put('0');
    if (whole >= count) return;
    out.put('.');
    out.put(all.substr(whole));
  } else if (point > -6 && point <= 0) {
    out.put("0.");
    for (int i = point; i < 0; ++i) out.put('0');
    out.put(all);
  } else {
    out.put(all[0]);
    if (count > 1) {
      out.put('.');
      out.put(all.substr(1));
    }
    out.put('e');
    out.put(exponent < 0 ? '-' : '+');
    put_json_integer(std::abs(exponent), out);
  }
}

// A type with its members in the order of their names, and the text before each of them ready.
struct CanonicalType {
  TypeKind kind = TypeKind::kString;
  struct Member {
    // `{"name":` for the first, `,"name":` for the others; with room to be copied in whole words.
    std::string prefix;
    std::size_t prefix_bytes = 0;
    std::size_t column = 0;
    std::vector<CanonicalType> type;  // exactly one; a vector because the type is not complete here
  };
  std::vector<Member> members;
};

CanonicalType canonical_type(const FieldType& type);

template <class Named>
std::vector<CanonicalType::Member> sorted_members(std::span<const Named> named) {
  std::vector<std::size_t> order(named.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return named[a].name < named[b].name; });
  std::vector<CanonicalType::Member> members;
  for (const std::size_t column : order) {
    JsonText prefix;
    prefix.put(members.empty() ? '{' : ',');
    put_json_text(named[column].name, prefix);
    prefix.ensure(1);
    prefix.put(':');
    std::string padded(prefix.view());
    padded.resize((padded.size() / 16 + 1) * 16);
    members.push_back({std::move(padded), prefix.view().size(), column, {canonical_type(named[column].type)}});
  }
  return members;
}

CanonicalType canonical_type(const FieldType& type) {
  CanonicalType result{type.kind, {}};
  if (type.kind == TypeKind::kStruct) result.members = sorted_members(type.members());
  if (type.kind == TypeKind::kList)
    for (const ChildType& item : type.members()) result.members.push_back({"", 0, 0, {canonical_type(item.type)}});
  return result;
}

void put_json_members(const std::vector<CanonicalType::Member>& members, std::span<const Cell> cells, JsonText& out);

void put_json_cell(const CanonicalType& type, const Cell& cell, JsonText& out) {
  out.ensure(8);
  switch (cell.tag) {
    case Cell::Tag::kNull: return out.put("null");
    case Cell::Tag::kBool: return out.put(cell.integer != 0 ? "true" : "false");
    case Cell::Tag::kInt: return put_json_integer(cell.integer, out);
    case Cell::Tag::kDouble: return put_json_double(cell.real, out);
    case Cell::Tag::kText: return put_json_text(cell.view(), out);
    case Cell::Tag::kList: {
      if (type.kind != TypeKind::kList || type.members.empty()) break;
      out.put('[');
      bool first = true;
      for (const Cell& item : cell.children()) {
        out.ensure(1);
        if (!first) out.put(',');
        first = false;
        put_json_cell(type.members.front().type.front(), item, out);
      }
      out.ensure(1);
      return out.put(']');
    }
    case Cell::Tag::kStruct:
      if (type.kind != TypeKind::kStruct) break;
      return put_json_members(type.members, cell.children(), out);
  }
  out.put("null");
}

void put_prefix(const CanonicalType::Member& member, JsonText& out) {
  out.ensure(member.prefix.size());
  char* const to = out.end();
  for (std::size_t at = 0; at < member.prefix.size(); at += 16) std::memcpy(to + at, member.prefix.data() + at, 16);
  out.advance_to(to + member.prefix_bytes);
}

void put_json_members(const std::vector<CanonicalType::Member>& members, std::span<const Cell> cells, JsonText& out) {
  out.ensure(2);
  if (members.empty()) out.put('{');
  for (const CanonicalType::Member& member : members) {
    put_prefix(member, out);
    put_json_cell(member.type.front(), member.column < cells.size() ? cells[member.column] : Cell::null(), out);
  }
  out.ensure(1);
  out.put('}');
}

// The value of a cell in two words, if it has room there: numbers, and texts of up to 16 bytes.
struct ShortValue {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint32_t size = 0;
  Cell::Tag tag = Cell::Tag::kNull;

  friend bool operator==(const ShortValue&, const ShortValue&) = default;
};

template <class Word>
std::uint64_t word_at(const char* text) {
  Word word;
  std::memcpy(&word, text, sizeof word);
  return word;
}

bool shorten(const Cell& cell, ShortValue& value) {
  value.tag = cell.tag;
  switch (cell.tag) {
    case Cell::Tag::kNull: return true;
    case Cell::Tag::kBool:
    case Cell::Tag::kInt: value.first = static_cast<std::uint64_t>(cell.integer); return true;
    case Cell::Tag::kDouble: value.first = std::bit_cast<std::uint64_t>(cell.real); return true;
    case Cell::Tag::kText: break;
    default: return false;
  }
  value.size = cell.size;
  if (cell.size > 16) return false;
  if (cell.size >= 8) {
    value.first = word_at<std::uint64_t>(cell.text);
    value.last = word_at<std::uint64_t>(cell.text + cell.size - 8);
  } else if (cell.size >= 4) {
    value.first = word_at<std::uint32_t>(cell.text);
    value.last = word_at<std::uint32_t>(cell.text + cell.size - 4);
  } else {
    for (std::uint32_t i = 0; i < cell.size; ++i)
      value.first = value.first << 8 | static_cast<unsigned char>(cell.text[i]);
  }
  return true;
}

// Writes the rows of one table. Most values are one of a few: those just written are copied, name
// and all, which takes a third of the time.
class RowText {
 public:
  explicit RowText(const TableSchema& schema)
      : members_(sorted_members(schema.fields)), written_(members_.size() * kPlaces) {}

  void put(ConstRow row, JsonText& out) {
    for (std::size_t i = 0; i < members_.size(); ++i) {
      const Cell cell = members_[i].column < row.size() ? row[members_[i].column] : Cell::null();
      ShortValue value;
      if (!shorten(cell, value)) {
        put_member(members_[i], cell, out);
        continue;
      }
      const std::uint64_t mixed = (value.first ^ value.last) * 0x9E3779B97F4A7C15u + value.size;
      Written& written = written_[i * kPlaces + (mixed >> 62)];
      out.ensure(kBytes);
      if (written.bytes > 0 && written.value == value) {
        std::memcpy(out.end(), written.text, kBytes);
        out.advance_to(out.end() + written.bytes);
        continue;
      }
      const std::size_t before = out.view().size();
      put_member(members_[i], cell, out);
      const std::string_view text = out.view().substr(before);
      if (text.size() > kBytes) continue;
      written.value = value;
      written.bytes = static_cast<std::uint32_t>(text.size());
      std::memcpy(written.text, text.data(), text.size());
    }
    out.ensure(2);
    if (members_.empty()) out.put('{');
    out.put('}');
  }

 private:
  static constexpr std::size_t kPlaces = 4;  // for each column
  static constexpr std::size_t kBytes = 48;
  struct Written {
    ShortValue value;
    std::uint32_t bytes = 0;  // 0: nothing was written here yet
    char text[kBytes] = {};
  };

  static void put_member(const CanonicalType::Member& member, const Cell& cell, JsonText& out) {
    put_prefix(member, out);
    put_json_cell(member.type.front(), cell, out);
  }

  std::vector<CanonicalType::Member> members_;
  std::vector<Written> written_;
};

}  // namespace

void canonical_row(const TableSchema& schema, ConstRow row, std::string& out) {
  constexpr std::size_t kKeepBytes = 1 << 20;  // one long row must not hold its memory
  thread_local JsonText text;
  thread_local std::vector<RowText> ours = [] {
    std::vector<RowText> all;
    for (const TableSchema& table : tables()) all.emplace_back(table);
    return all;
  }();
  text.clear();
  if (&schema == &table_schema(schema.id))
    ours[static_cast<std::size_t>(schema.id)].put(row, text);
  else
    RowText(schema).put(row, text);
  out.append(text.view());
  if (text.capacity() > kKeepBytes) text = JsonText();
}

}  // namespace qf
