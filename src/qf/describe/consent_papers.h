// What a person is told before agreeing, and what the person is given afterwards.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace qf {

// Counts up with every change of the notice's words.
inline constexpr std::string_view kNoticeVersion = "3";

struct NoticeFacts {
  std::string controller, contact;  // "" where nobody said: the notice then shows a gap to fill in
};
struct ConsentNotice {
  std::string id;      // "notice-3-sv-" and the digest's first 12 digits
  std::string sha256;  // of everything above the last line, which names the notice
  std::string markdown;
};
// The notice with the content of ISO/IEC 29184, in Swedish ("sv") or English ("en").
ConsentNotice consent_notice(const NoticeFacts& facts, std::string_view language);
// A consent.json in which nobody has said anything yet.
std::string empty_consent_form(std::string_view subject);

struct AgreedTerm {
  std::string scope;
  std::string state;                                          // given, refused, withdrawn, expired
  std::string said_on, covers_from, expires_on, recorded_on;  // days; expires_on "" where it does not
  std::string method, evidence, recorded_by, notice;
  std::string notice_sha256, notice_language;  // "" where `consent ask` never wrote that notice in this store
};
struct ConsentReceiptFacts {
  std::string subject, controller, made_at;
  std::vector<AgreedTerm> in_force;  // the last word about each scope
  std::vector<AgreedTerm> history;   // every statement, in the order of recording
  struct Asked {
    std::string on, notice;
  };
  std::vector<Asked> asked;  // when the person was handed which notice
  // Who is on record as having received a version, by audience. Whether the person is in it is not looked up.
  std::vector<std::string> received_internal, received_external;
};
// For the person, as text in Swedish or English.
std::string consent_receipt_text(const ConsentReceiptFacts& facts, std::string_view language);
// For programs: the record of ISO/IEC TS 27560 in the terms of DPV, as JSON-LD.
std::string consent_receipt_json(const ConsentReceiptFacts& facts);

}  // namespace qf
