// The audit log: entries chained by hashes over salted commitments to their bodies. A body can be erased without
// breaking the chain, and what it said cannot be guessed from what is left.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/database.h"

namespace qf {

// One entry. Its hash is SHA-256 over "qf-entry-2", the hash before it (64 zeros for the first), seq, at_us, kind and
// commitment, each on a line of its own; the commitment is SHA-256 over the salt's 32 hexadecimal digits, whom the
// entry is about (the length, ":", the name) and the body. Entries of the first form, which all stand before the
// others, have neither "qf-entry-2" nor the person in them: whom they are about is committed to by nothing.
struct ChainEntry {
  std::int64_t seq = 0;  // from 1, without gaps
  std::int64_t at_us = 0;
  std::string kind;
  std::string commitment, hash;
  // Of an entry that was not erased.
  struct Body {
    std::string subject_key;  // of the person it is about; "" for nobody
    std::string salt, json;
  };
  std::optional<Body> body;
};

// A new salt for a commitment: 32 hexadecimal digits.
Result<std::string> draw_salt();

// Adds an entry about a person (`subject_key`, "" for nobody), whose body is a JSON object. In the caller's transaction
// where there is one, so that what happened and its entry are recorded together or not at all.
Status append_entry(const Database& database, std::string_view kind, std::string_view json,
                    std::string_view subject_key, std::int64_t at_us);

// All entries in their order; with `subject_key`, those whose bodies are about that person.
Result<std::vector<ChainEntry>> load_chain(const Database& database,
                                           std::optional<std::string_view> subject_key = std::nullopt);

// The last entry: its number and hash; 0 and 64 zeros where there is none.
struct ChainHead {
  std::int64_t seq = 0;
  std::string hash;
  friend bool operator==(const ChainHead&, const ChainHead&) = default;
};
Result<ChainHead> chain_head(const Database& database);

struct ChainCheck {
  ChainHead head;
  std::size_t entries = 0, erased = 0;  // erased: their bodies are gone, which the chain survives
  std::size_t first_form = 0;           // of those whose bodies are there: whom they are about is not committed to
  std::int64_t second_form_from = 0;    // the first entry of the second form; 0 where there is none
};
// Recomputes every hash and every commitment. kCorrupt, naming the first entry that does not hold. That entries are
// missing from the end cannot be seen here: compare the head with one that was kept elsewhere.
Result<ChainCheck> verify_chain(const std::vector<ChainEntry>& entries);

}  // namespace qf
