// How a receipt writes long lists down, so that 100,000 rows of a million stay a file that people can send: places in
// runs ("3-7,12"), digests one behind the other.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/digest.h"

namespace qf {

inline constexpr std::string_view kErasureReceiptFormat = "qf-erasure-receipt-2";
inline constexpr std::string_view kErasureReceiptPurpose = "erasure-receipt/2";
inline constexpr std::string_view kRetentionCertificateFormat = "qf-retention-certificate-1";
inline constexpr std::string_view kRetentionCertificatePurpose = "retention-certificate/1";

// `places` ascend, each stands once.
std::string place_runs(std::span<const std::uint64_t> places);
std::string joined_digests(std::span<const Sha256Bytes> digests);

// The members of that form. What is no such list, or names more than `most` places, throws what a missing member of the
// JSON throws.
std::vector<std::uint64_t> places_in(const nlohmann::json& json, const char* member, std::uint64_t most);
Sha256Bytes digest_in(const nlohmann::json& json, const char* member);
std::vector<Sha256Bytes> digests_in(const nlohmann::json& json, const char* member);

}  // namespace qf
