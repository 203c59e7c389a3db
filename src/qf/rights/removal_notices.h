// Whom a removal has to be told to (Article 19 of the GDPR), and which models were trained on what was taken back.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/recipients.h"

namespace qf {

struct RemovalNotice {
  std::int64_t recipient = 0;  // its number in the list of recipients
  std::string name, contact;
  std::string version;        // AUDIENCE/MAJOR.MINOR.PATCH
  std::string export_name;    // "" for the version as it is
  bool certain = true;        // false: that version was removed before, and it can no longer be told who was in it
  bool names_person = false;  // name or contact names the erased person: afterwards nothing here knows it any more
};

struct ConcernedModel {
  std::string model, version, recipient;
};

struct RemovalNotices {
  std::vector<RemovalNotice> notices;
  std::vector<ConcernedModel> models;
};

// Owed for these versions, and for those with recipients that were removed before, by whatever verb: their records are
// gone, so anybody may have been in them.
Result<RemovalNotices> notices_owed(const Database& ledger, const std::vector<std::string>& versions);

// Of versions that a withdrawal or `revoke` took back: who has them. Unlike an erasure it concerns no other version.
Result<RemovalNotices> owed_for_withdrawal(const Database& ledger, const std::vector<std::string>& versions);

// The notices as letters in Swedish and English, Markdown. They name nobody but the recipients. `feed`: the file of
// tombstones that goes with them.
std::string notices_text(const RemovalNotices& owed, std::string_view day, std::string_view feed);

}  // namespace qf
