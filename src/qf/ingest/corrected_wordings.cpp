#include "qf/ingest/corrected_wordings.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "qf/core/text.h"

namespace qf {

void CorrectedWordings::add(std::string_view text, bool cut_off) {
  std::string normal;
  normalise_for_comparison(text, normal);
  while (cut_off && (normal.ends_with('.') || normal.ends_with(' '))) normal.pop_back();  // what marks the cut
  if (!normal.empty()) insert(std::move(normal), cut_off);
}

void CorrectedWordings::insert(std::string normal, bool cut_off) {
  if (begins_as_one(normal)) return;
  if (!cut_off) {
    whole_.insert(std::move(normal));
    return;
  }
  // Those that go on where the new one ends stand directly behind its place.
  const auto first = beginnings_.lower_bound(normal);
  auto last = first;
  while (last != beginnings_.end() && last->starts_with(normal)) ++last;
  beginnings_.insert(beginnings_.erase(first, last), std::move(normal));
}

bool CorrectedWordings::contains(std::string_view said) const {
  if (empty()) return false;
  std::string normal;
  normalise_for_comparison(said, normal);
  return whole_.contains(normal) || (!beginnings_.empty() && begins_as_one(normal));
}

// Since none begins with another, nothing can stand between a text and its beginning.
bool CorrectedWordings::begins_as_one(std::string_view normal) const {
  const auto after = beginnings_.upper_bound(normal);
  return after != beginnings_.begin() && normal.starts_with(*std::prev(after));
}

void CorrectedWordings::save(ByteWriter& to) const {
  // In one order, so that equal questions are equal bytes.
  std::vector<std::string_view> whole(whole_.begin(), whole_.end());
  std::sort(whole.begin(), whole.end());
  to.put(static_cast<std::uint64_t>(whole_.size() + beginnings_.size()));
  const auto put = [&](std::string_view text, bool cut_off) {
    to.put(text);
    to.put(cut_off);
  };
  for (const std::string_view text : whole) put(text, false);
  for (const std::string& text : beginnings_) put(text, true);
}

void CorrectedWordings::load(ByteReader& from) {
  for (auto left = from.count(sizeof(std::uint64_t) + sizeof(bool)); left > 0; --left) {
    std::string normal(from.text());
    insert(std::move(normal), from.get<bool>());
  }
}

}  // namespace qf
