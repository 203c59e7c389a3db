#include "qf/rights/audit.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "qf/core/instant.h"
#include "qf/ledger/consent_entries.h"
#include "qf/ledger/signing.h"
#include "qf/output/durable.h"

namespace qf {
namespace {

constexpr std::string_view kPurpose = "checkpoint/1";

std::string signed_text(const Checkpoint& one) {
  return fmt::format("{}\n{}\n{}\n", one.head.seq, one.head.hash, one.at_us);
}

nlohmann::ordered_json checkpoint_object(const Checkpoint& one) {
  return {{"format", "qf-checkpoint-1"},     {"seq", one.head.seq},
          {"head", one.head.hash},           {"at_us", one.at_us},
          {"at", format_instant(one.at_us)}, {"public_key", one.public_key},
          {"signature", one.signature}};
}

Status record_checkpoint(const Database& ledger, const Checkpoint& one) {
  QF_ASSIGN(Statement write, ledger.prepare("INSERT INTO checkpoints (seq, at, head, public_key, signature) "
                                            "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING"));
  QF_CHECK(write.run(one.head.seq, one.at_us, one.head.hash, one.public_key, one.signature));
  return {};
}

}  // namespace

Result<Checkpoint> take_checkpoint(const Database& ledger, const KeyFile& key, std::int64_t at_us) {
  QF_ASSIGN(auto transaction, ledger.begin());
  Checkpoint made;
  QF_ASSIGN(made.head, chain_head(ledger));
  if (made.head.seq == 0) return failure(ErrorCode::kRefused, "the audit log is empty: there is nothing to sign");
  made.at_us = at_us;
  QF_ASSIGN(const SigningKey signing, SigningKey::derive(key));
  made.public_key = signing.public_key();
  made.signature = signing.sign(kPurpose, signed_text(made));
  QF_CHECK(record_checkpoint(ledger, made));
  QF_CHECK(transaction.commit());
  return made;
}

std::string checkpoint_json(const Checkpoint& one) { return checkpoint_object(one).dump(2) + "\n"; }

Result<Checkpoint> parse_checkpoint(std::string_view json, const std::string& place) {
  const auto bad = [&](std::string_view why) {
    return failure(ErrorCode::kCorrupt, fmt::format("{}: {}", place, why));
  };
  const auto object = nlohmann::json::parse(json, nullptr, false);
  if (!object.is_object() || object.value("format", "") != "qf-checkpoint-1") return bad("it is no checkpoint");
  try {
    Checkpoint one;
    one.head = {object.at("seq").get<std::int64_t>(), object.at("head").get<std::string>()};
    one.at_us = object.at("at_us").get<std::int64_t>();
    one.public_key = object.at("public_key").get<std::string>();
    one.signature = object.at("signature").get<std::string>();
    if (!signature_holds(one.public_key, kPurpose, signed_text(one), one.signature))
      return bad("its signature does not hold: it was changed");
    return one;
  } catch (const nlohmann::json::exception&) {
    return bad("it is no checkpoint");
  }
}

Result<AuditLog> load_audit_log(const Database& ledger) {
  QF_ASSIGN(Transaction snapshot, ledger.begin_snapshot());
  AuditLog log;
  QF_ASSIGN(log.entries, load_chain(ledger));
  QF_ASSIGN(Statement rows,
            ledger.prepare("SELECT seq, head, at, public_key, signature FROM checkpoints ORDER BY seq"));
  for (;;) {
    QF_ASSIGN(const bool more, rows.next());
    if (!more) break;
    log.checkpoints.push_back({{rows.integer(0), std::string(rows.text(1))},
                               rows.integer(2),
                               std::string(rows.text(3)),
                               std::string(rows.text(4))});
  }
  QF_ASSIGN(log.consent, list_consent(ledger));
  QF_CHECK(snapshot.commit());
  return log;
}

Result<AuditCheck> check_audit_log(const AuditLog& log, const std::optional<Checkpoint>& anchor) {
  const std::vector<ChainEntry>& entries = log.entries;
  AuditCheck check;
  QF_ASSIGN(check.chain, verify_chain(entries));
  const auto stands = [&](const Checkpoint& one) {
    return one.head.seq >= 1 && static_cast<std::size_t>(one.head.seq) <= entries.size() &&
           entries[static_cast<std::size_t>(one.head.seq) - 1].hash == one.head.hash;
  };
  for (const Checkpoint& one : log.checkpoints) {
    if (!signature_holds(one.public_key, kPurpose, signed_text(one), one.signature))
      return failure(ErrorCode::kCorrupt,
                     fmt::format("audit log: the checkpoint at entry {} was changed", one.head.seq));
    if (!stands(one))
      return failure(ErrorCode::kCorrupt,
                     fmt::format("audit log: entry {}, which a checkpoint names, is gone or another: "
                                 "entries were cut off or replaced",
                                 one.head.seq));
    ++check.checkpoints;
  }
  if (anchor && !stands(*anchor))
    return failure(ErrorCode::kCorrupt,
                   fmt::format("audit log: it ends at entry {} and the anchor of {} names entry {}: "
                               "entries were cut off or replaced",
                               check.chain.head.seq, format_day(anchor->at_us), anchor->head.seq));
  if (log.consent) QF_CHECK(check_consent(*log.consent, entries));
  return check;
}

std::string audit_lines(const AuditLog& log) {
  std::string lines;
  for (const ChainEntry& entry : log.entries) {
    nlohmann::ordered_json line = {{"seq", entry.seq},
                                   {"at_us", entry.at_us},
                                   {"kind", entry.kind},
                                   {"commitment", entry.commitment},
                                   {"hash", entry.hash}};
    if (entry.body) {
      line["subject"] = entry.body->subject_key;
      line["salt"] = entry.body->salt;
      line["body"] = entry.body->json;
    }
    lines += line.dump() + "\n";
  }
  for (const Checkpoint& one : log.checkpoints)
    lines += nlohmann::ordered_json{{"checkpoint", checkpoint_object(one)}}.dump() + "\n";
  return lines;
}

Result<AuditLog> parse_audit_lines(std::string_view lines, const std::string& place) {
  AuditLog log;
  std::size_t number = 0;
  while (!lines.empty()) {
    ++number;
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const auto line = nlohmann::json::parse(lines.substr(0, end), nullptr, false);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    try {
      if (line.contains("checkpoint")) {
        QF_ASSIGN(Checkpoint one,
                  parse_checkpoint(line.at("checkpoint").dump(), fmt::format("{}, line {}", place, number)));
        log.checkpoints.push_back(std::move(one));
        continue;
      }
      ChainEntry entry;
      entry.seq = line.at("seq").get<std::int64_t>();
      entry.at_us = line.at("at_us").get<std::int64_t>();
      entry.kind = line.at("kind").get<std::string>();
      entry.commitment = line.at("commitment").get<std::string>();
      entry.hash = line.at("hash").get<std::string>();
      if (line.contains("body"))
        entry.body = {line.at("subject").get<std::string>(), line.at("salt").get<std::string>(),
                      line.at("body").get<std::string>()};
      log.entries.push_back(std::move(entry));
    } catch (const nlohmann::json::exception&) {
      return failure(ErrorCode::kInvalidInput, fmt::format("{}, line {}: no entry of an audit log", place, number));
    }
  }
  return log;
}

Status write_new_file(const std::filesystem::path& path, std::string_view text) {
  std::error_code error;
  if (std::filesystem::exists(path, error))
    return failure(ErrorCode::kRefused, path.string() + " is there already; name a new file");
  return write_file_durably(path, text, Readers::kOwner);
}

Result<AuditCheck> import_audit_log(const Database& ledger, const AuditLog& log,
                                    const std::optional<Checkpoint>& anchor) {
  QF_ASSIGN(AuditCheck check, check_audit_log(log, anchor));
  QF_ASSIGN(auto transaction, ledger.begin());
  QF_ASSIGN(const ChainHead head, chain_head(ledger));
  if (head.seq != 0)
    return failure(ErrorCode::kRefused, fmt::format("this store has an audit log of its own, with {} entries: a log is "
                                                    "only taken over by a store without one",
                                                    head.seq));
  QF_ASSIGN(Statement entry, ledger.prepare("INSERT INTO chain (seq, at, kind, commitment, hash) "
                                            "VALUES (?1, ?2, ?3, ?4, ?5)"));
  QF_ASSIGN(Statement body, ledger.prepare("INSERT INTO chain_bodies (seq, subject_key, salt, body) "
                                           "VALUES (?1, ?2, ?3, ?4)"));
  for (const ChainEntry& one : log.entries) {
    QF_CHECK(entry.run(one.seq, one.at_us, one.kind, one.commitment, one.hash));
    if (one.body) QF_CHECK(body.run(one.seq, one.body->subject_key, one.body->salt, one.body->json));
  }
  for (const Checkpoint& one : log.checkpoints) QF_CHECK(record_checkpoint(ledger, one));
  QF_CHECK(restore_consent(ledger, told_statements(log.entries)));
  QF_CHECK(transaction.commit());
  return check;
}

}  // namespace qf
