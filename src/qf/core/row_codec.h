// Two byte forms of a row: a compact one for spill files, and a canonical one for content digests.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "qf/core/record.h"
#include "qf/core/result.h"
#include "qf/core/schema.h"

namespace qf {

// Appends the row in a compact form: the number of cells, a bit for each that is not null, then those as a tag and a
// value (varint for lengths, zigzag varint for integers, eight bytes little-endian for doubles). It holds no names and
// no version, but it is not free to change: staged rows are kept from build to build, and the digests in row indexes
// and receipts are taken over it. Another form needs another one in stage_cache_codec.cpp, and makes all rows count as
// changed.
void encode_row(ConstRow row, std::string& out);

// Where the text of a decoded row lies.
enum class TextStorage {
  kCopy,  // in the arena: the row outlives `bytes`
  kView,  // in `bytes`: nothing is copied, the row lives as long as `bytes`
};

// Reads one row from the beginning of `bytes` into `row` and says how many bytes it took.
// kCorrupt where the bytes are no row or one of another width; `row` is then unspecified.
Result<std::size_t> decode_row(std::string_view bytes, Arena& arena, Row row, TextStorage storage = TextStorage::kCopy);

// Appends the row in the form that content digests are taken over: its values in the order of the table's columns.
// Null is `n`; a truth value `b0` or `b1`; an integer (an instant: microseconds since 1970 UTC) `i` and 8 bytes; a
// double `d` and its 8 bytes by IEEE 754, -0 as 0; a text `t`, the number of its bytes, its UTF-8; a list `l`, a struct
// `s`, the number of its values, its values. Numbers are little-endian, counts have 4 bytes. The form does not depend
// on the file format that a row was read from, so anyone can recompute it; tests/python/canonical.py does.
void canonical_row(ConstRow row, std::string& out);

}  // namespace qf
