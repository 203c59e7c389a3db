#include "qf/rights/receipt_form.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

namespace qf {
namespace {

using Json = nlohmann::json;

[[noreturn]] void refuse(const char* what) { throw Json::other_error::create(599, what, nullptr); }

Sha256Bytes digest_of(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    refuse("no digest");
  };
  if (text.size() != 2 * sizeof(Sha256Bytes)) refuse("no digest");
  Sha256Bytes bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<unsigned char>(digit(text[2 * i]) * 16 + digit(text[2 * i + 1]));
  return bytes;
}

std::uint64_t number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) refuse("no place");
  return number;
}

}  // namespace

std::string place_runs(std::span<const std::uint64_t> places) {
  std::string text;
  for (std::size_t i = 0; i < places.size();) {
    const std::size_t first = i;
    while (i + 1 < places.size() && places[i + 1] == places[i] + 1) ++i;
    text += fmt::format("{}{}", text.empty() ? "" : ",", places[first]);
    if (i != first) text += fmt::format("-{}", places[i]);
    ++i;
  }
  return text;
}

std::string joined_digests(std::span<const Sha256Bytes> digests) {
  std::string text;
  text.reserve(digests.size() * 2 * sizeof(Sha256Bytes));
  for (const Sha256Bytes& digest : digests) text += to_hex(digest);
  return text;
}

std::vector<std::uint64_t> places_in(const Json& json, const char* member, std::uint64_t most) {
  std::string_view text = json.at(member).get_ref<const std::string&>();
  std::vector<std::uint64_t> places;
  while (!text.empty()) {
    const std::string_view run = text.substr(0, text.find(','));
    text.remove_prefix(std::min(run.size() + 1, text.size()));
    const std::size_t dash = run.find('-');
    const std::uint64_t first = number_of(run.substr(0, dash));
    const std::uint64_t last = dash == std::string_view::npos ? first : number_of(run.substr(dash + 1));
    if (last < first || (!places.empty() && first <= places.back())) refuse("places do not ascend");
    if (last - first >= most - places.size()) refuse("more places than there are");
    for (std::uint64_t at = first; at < last; ++at) places.push_back(at);
    places.push_back(last);
  }
  return places;
}

Sha256Bytes digest_in(const Json& json, const char* member) {
  return digest_of(json.at(member).get_ref<const std::string&>());
}

std::vector<Sha256Bytes> digests_in(const Json& json, const char* member) {
  const std::string_view text = json.at(member).get_ref<const std::string&>();
  std::vector<Sha256Bytes> digests;
  constexpr std::size_t kDigits = 2 * sizeof(Sha256Bytes);
  if (text.size() % kDigits != 0) refuse("no digests");
  digests.reserve(text.size() / kDigits);
  for (std::size_t at = 0; at < text.size(); at += kDigits) digests.push_back(digest_of(text.substr(at, kDigits)));
  return digests;
}

}  // namespace qf
