// Asking a person for consent, and telling the person what was agreed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "qf/core/result.h"
#include "qf/describe/consent_papers.h"
#include "qf/ledger/database.h"

namespace qf {

struct ConsentAsked {
  std::filesystem::path notice, form;  // the two files, beside the project
  std::string notice_id, sha256;
  bool form_kept = false;  // it came with a notice in another language
};
// Writes the notice and an empty consent.json into a project's folder, and records that. kRefused where the notice is
// there already, or a consent.json that came with none: what somebody may have filled in is never overwritten. No log
// is touched.
Result<ConsentAsked> ask_consent(const Database& ledger, const std::filesystem::path& project, const NoticeFacts& facts,
                                 std::string_view language, std::int64_t now_us);

// kNotFound where nothing is on record about the person.
Result<ConsentReceiptFacts> consent_receipt(const Database& ledger, std::string_view subject, std::int64_t now_us);

}  // namespace qf
