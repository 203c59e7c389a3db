// The part of a row's digest that stands for context.previous_decisions, which is put together only when it is known
// which rows are published. Inside run only.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "qf/core/record.h"
#include "qf/core/result.h"
#include "qf/ledger/keys.h"
#include "qf/run/staging.h"

namespace qf {

inline void mix(RowDigest& digest, const RowDigest& part) {
  for (std::size_t i = 0; i < digest.size(); ++i) digest[i] ^= part[i];
}

// The decisions of a session so far, as digests. Keyed, since they are kept with what reading remembers, and the same
// for every standard library, since row indexes and receipts outlive it.
class ContextDigest {
 public:
  struct Earlier {
    Fingerprint said, question;  // said: type and choice
    std::uint8_t has_question = 0;
  };

  // Of the list that a row with these ids shows; all zero where it is empty.
  RowDigest of(const StagedIds& ids, const KeyedTag& tags) const;
  // Lets later rows show this one.
  void add(ConstRow row, const StagedIds& ids, const KeyedTag& tags);

  const std::vector<Earlier>& earlier() const { return earlier_; }
  std::vector<Earlier>& earlier() { return earlier_; }

 private:
  std::vector<Earlier> earlier_;  // at most kMaxPreviousDecisions, the newest last
};

// Rows are staged with the digest of all decisions before them. For those before which some are left out: what their
// digest is to be mixed with, so that it is of the published ones alone. By number within the project.
Result<std::map<std::uint32_t, RowDigest>> context_changes(const StagedRun& run, const StagedRun::Project& project,
                                                           const KeyedTag& tags);

}  // namespace qf
