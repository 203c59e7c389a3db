// Where others wrote down a person's name beside what they did: the reason of a hold, who authorised, who decided.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/database.h"

namespace qf {

// Stands where a name was.
inline constexpr std::string_view kErasedName = "[erased]";

// A person's names, looked for word by word: in any letter case, in the genitive, given name and surname in either
// order and with any signs between them. One word of several is not yet the person: others are called Anna, too.
class PersonNames {
 public:
  explicit PersonNames(const std::vector<std::string>& spellings);

  bool in(std::string_view text) const;
  // The text with kErasedName in the place of every mention.
  std::string masked(std::string_view text) const;

 private:
  struct Span {
    std::size_t begin = 0, end = 0;
  };
  std::vector<Span> found_in(std::string_view text) const;

  std::vector<std::vector<std::string>> names_;  // words, case folded
};

// Every way in which the ledger's register and statements spell the person.
Result<std::vector<std::string>> spellings_of(const Database& database, std::string_view subject_key);

// What mentions the person outside the rows about them: holds, authorisations, recipients and decisions on texts set
// apart, and what the audit log says of these and of versions taken back.
struct Mentions {
  std::map<std::string, std::int64_t> fields;  // table → texts in it that name the person; only where there are any
  std::vector<std::int64_t> entries;           // of the audit log
  bool any() const { return !fields.empty() || !entries.empty(); }
  // For people: `fields`, and the entries under "audit_entries".
  std::map<std::string, std::int64_t> counted() const;
};
// One row of a table that names the person: what it says, by column, and which of that names them.
struct NamingRow {
  std::string table;
  std::map<std::string, std::string> says;  // "" is left out
  std::vector<std::string> naming;          // columns
  std::int64_t at_us = 0;                   // when it was recorded
};
// The rows that `fields` counts.
Result<std::vector<NamingRow>> rows_naming(const Database& database, const PersonNames& names,
                                           std::string_view subject_key);

Result<Mentions> find_mentions(const Database& database, const PersonNames& names, std::string_view subject_key);

// Masks the texts and deletes what the entries said: a masked body would no longer be what its commitment is to. In the
// caller's transaction.
Status mask_mentions(const Database& database, const PersonNames& names, std::string_view subject_key);

}  // namespace qf
