#include "qf/ledger/chain.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>

#include "qf/core/digest.h"

namespace qf {
namespace {

constexpr std::size_t kSaltBytes = 16;

enum class Form : std::uint8_t { kFirst, kSecond };

std::string commitment_of(Form form, std::string_view salt, std::string_view subject_key, std::string_view json) {
  Sha256 digest;
  digest.update(salt);
  if (form == Form::kSecond) digest.update(fmt::format("{}:", subject_key.size())).update(subject_key);
  return digest.update(json).hex();
}

std::string hash_of(Form form, std::string_view before, std::int64_t seq, std::int64_t at_us, std::string_view kind,
                    std::string_view commitment) {
  return to_hex(sha256(fmt::format("{}{}\n{}\n{}\n{}\n{}\n", form == Form::kSecond ? "qf-entry-2\n" : "", before, seq,
                                   at_us, kind, commitment)));
}

// What could be moved between salt, person and body of an entry would leave its commitment as it is.
bool is_body(const ChainEntry::Body& body) {
  return body.salt.size() == 2 * kSaltBytes && body.salt.find_first_not_of("0123456789abcdef") == std::string::npos &&
         body.json.starts_with('{') && body.json.ends_with('}');
}

const std::string& no_hash() {
  static const std::string zeros(64, '0');
  return zeros;
}

}  // namespace

Result<std::string> draw_salt() {
  if (sodium_init() < 0) return failure(ErrorCode::kInternal, "libsodium cannot be used on this machine");
  std::array<char, kSaltBytes> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  return to_hex(std::string_view(bytes.data(), bytes.size()));
}

Result<ChainHead> chain_head(const Database& database) {
  QF_ASSIGN(Statement last, database.prepare("SELECT seq, hash FROM chain ORDER BY seq DESC LIMIT 1"));
  QF_ASSIGN(const bool any, last.next());
  return any ? ChainHead{last.integer(0), std::string(last.text(1))} : ChainHead{0, no_hash()};
}

Status append_entry(const Database& database, std::string_view kind, std::string_view json,
                    std::string_view subject_key, std::int64_t at_us) {
  QF_ASSIGN(Transaction transaction, database.begin());
  QF_ASSIGN(const ChainHead head, chain_head(database));
  QF_ASSIGN(const std::string salt, draw_salt());
  const std::int64_t seq = head.seq + 1;
  const std::string commitment = commitment_of(Form::kSecond, salt, subject_key, json);
  QF_ASSIGN(Statement entry, database.prepare("INSERT INTO chain (seq, at, kind, commitment, hash) "
                                              "VALUES (?1, ?2, ?3, ?4, ?5)"));
  QF_CHECK(entry.run(seq, at_us, kind, commitment, hash_of(Form::kSecond, head.hash, seq, at_us, kind, commitment)));
  QF_ASSIGN(Statement body, database.prepare("INSERT INTO chain_bodies (seq, subject_key, salt, body) "
                                             "VALUES (?1, ?2, ?3, ?4)"));
  QF_CHECK(body.run(seq, subject_key, salt, json));
  return transaction.commit();
}

Result<std::vector<ChainEntry>> load_chain(const Database& database, std::optional<std::string_view> subject_key) {
  QF_ASSIGN(Statement rows, database.prepare("SELECT seq, at, kind, commitment, hash, salt, subject_key, body "
                                             "FROM chain LEFT JOIN chain_bodies USING (seq) "
                                             "WHERE ?1 OR subject_key = ?2 ORDER BY seq"));
  QF_CHECK(rows.bind(!subject_key.has_value(), subject_key.value_or("")));
  std::vector<ChainEntry> entries;
  for (;;) {
    QF_ASSIGN(const bool more, rows.next());
    if (!more) return entries;
    ChainEntry entry;
    entry.seq = rows.integer(0);
    entry.at_us = rows.integer(1);
    entry.kind = rows.text(2);
    entry.commitment = rows.text(3);
    entry.hash = rows.text(4);
    // A salt is never empty, so an empty one is a body that is gone.
    if (!rows.text(5).empty())
      entry.body = {std::string(rows.text(6)), std::string(rows.text(5)), std::string(rows.text(7))};
    entries.push_back(std::move(entry));
  }
}

Result<ChainCheck> verify_chain(const std::vector<ChainEntry>& entries) {
  ChainCheck check;
  check.head.hash = no_hash();
  for (const ChainEntry& entry : entries) {
    const std::int64_t seq = check.head.seq + 1;
    if (entry.seq != seq)
      return failure(ErrorCode::kCorrupt, fmt::format("audit log: entry {} is missing: entries were removed", seq));
    const auto is_of = [&](Form form) {
      return entry.hash == hash_of(form, check.head.hash, seq, entry.at_us, entry.kind, entry.commitment);
    };
    const Form form = is_of(Form::kSecond) ? Form::kSecond : Form::kFirst;
    if (form == Form::kFirst && (check.second_form_from != 0 || !is_of(Form::kFirst)))
      return failure(ErrorCode::kCorrupt, fmt::format("audit log: entry {} was changed, or one before it", seq));
    if (form == Form::kSecond && check.second_form_from == 0) check.second_form_from = seq;
    if (!entry.body) {
      ++check.erased;
    } else {
      const ChainEntry::Body& body = *entry.body;
      if (!is_body(body) || commitment_of(form, body.salt, body.subject_key, body.json) != entry.commitment)
        return failure(ErrorCode::kCorrupt,
                       fmt::format("audit log: what entry {} says was changed, or about whom it says it", seq));
      if (form == Form::kFirst) ++check.first_form;
    }
    check.head = {seq, entry.hash};
    ++check.entries;
  }
  return check;
}

}  // namespace qf
