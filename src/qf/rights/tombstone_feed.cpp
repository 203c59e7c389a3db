#include "qf/rights/tombstone_feed.h"

#include <nlohmann/json.hpp>

#include "qf/core/instant.h"
#include "qf/ledger/signing.h"
#include "qf/output/durable.h"
#include "qf/store/store.h"
#include "qf/store/store_key.h"

namespace qf {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kPurpose = "tombstones/1";

}  // namespace

Result<std::string> tombstone_feed(std::span<const Tombstone> stones, const KeyFile& key, std::int64_t issued_at_us) {
  QF_ASSIGN(const SigningKey signing, SigningKey::derive(key));
  Json list = Json::array();
  for (const Tombstone& stone : stones)
    list.push_back({{"audience", stone.audience},
                    {"version", stone.version},
                    {"record_id", stone.record_id},
                    {"reason", stone.reason},
                    {"removed_at", format_instant(stone.removed_at_us)}});
  Json feed = {{"format", "qf-tombstones-1"},
               {"issued_at", format_instant(issued_at_us)},
               {"tombstones", std::move(list)},
               {"public_key", signing.public_key()}};
  feed["signature"] = signing.sign(kPurpose, feed.dump());
  return feed.dump(1) + "\n";
}

Result<TombstoneFeed> parse_feed(std::string_view text, std::string_view public_key) {
  const auto wrong = [](std::string what) { return failure(ErrorCode::kCorrupt, std::move(what)); };
  try {
    Json json = Json::parse(text);
    TombstoneFeed feed;
    if (json.at("format") != "qf-tombstones-1") return wrong("the feed has a form that this program does not know");
    json.at("issued_at").get_to(feed.issued_at);
    json.at("public_key").get_to(feed.public_key);
    if (json.dump(1) + "\n" != text) return wrong("the feed is not in the form in which feeds are written");
    const auto signature = json.at("signature").get<std::string>();
    json.erase("signature");
    if (!signature_holds(feed.public_key, kPurpose, json.dump(), signature))
      return wrong("the feed's signature does not hold: it was changed after it was signed");
    if (!public_key.empty() && feed.public_key != public_key)
      return wrong("the feed was signed with another key than the one given");
    for (const Json& one : json.at("tombstones")) {
      const auto removed_at = parse_day_or_instant(one.at("removed_at").get<std::string>());
      feed.stones.push_back({one.at("audience").get<std::string>(), one.at("version").get<std::string>(),
                             one.at("record_id").get<std::string>(), one.at("reason").get<std::string>(),
                             removed_at.value_or(0)});
    }
    return feed;
  } catch (const Json::exception&) {
    return wrong("it is no whole feed of tombstones");
  }
}

Result<std::size_t> write_feed(const std::filesystem::path& store, const std::filesystem::path& key_file,
                               const std::filesystem::path& out, std::int64_t issued_at_us) {
  QF_ASSIGN(const Database ledger, Store(store).open_read_only());
  QF_ASSIGN(const auto stones, list_tombstones(ledger));
  QF_ASSIGN(const KeyFile key, KeyFile::open(key_file));
  QF_ASSIGN(const std::string text, tombstone_feed(stones, key, issued_at_us));
  QF_CHECK(write_file_durably(out, text));
  return stones.size();
}

}  // namespace qf
