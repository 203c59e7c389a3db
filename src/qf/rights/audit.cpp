#include "qf/rights/audit.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "qf/core/instant.h"
#include "qf/ledger/consent_entries.h"
#include "qf/ledger/kept_tables.h"
#include "qf/ledger/signing.h"
#include "qf/output/durable.h"

namespace qf {
namespace {

using Json = nlohmann::json;

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
  // Where nothing has happened since the last one, its entry is signed once
  // more.
  QF_ASSIGN(Statement known, ledger.prepare("SELECT count(*) FROM checkpoints WHERE seq = ?1"));
  QF_CHECK(known.bind(made.head.seq));
  QF_ASSIGN([[maybe_unused]] const bool counted, known.next());
  const bool signed_before = known.integer(0) != 0;
  QF_ASSIGN([[maybe_unused]] const bool more, known.next());
  if (!signed_before) {
    QF_CHECK(append_account(ledger, kCheckpointSigned, Json{{"public_key", made.public_key}}.dump(), "", at_us));
    QF_ASSIGN(made.head, chain_head(ledger));
  }
  made.signature = signing.sign(kCheckpointPurpose, signed_text(made));
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
    if (!signature_holds(one.public_key, kCheckpointPurpose, signed_text(one), one.signature))
      return bad("its signature does not hold: it was changed");
    return one;
  } catch (const nlohmann::json::exception&) {
    return bad("it is no checkpoint");
  }
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
                                    const std::optional<Checkpoint>& anchor, std::int64_t at_us) {
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
  // The tables that it told of are another store's: from here on they are as
  // this one has them.
  QF_CHECK(append_account(ledger, kLogImported, Json{{"entries", log.entries.size()}}.dump(), "", at_us));
  QF_CHECK(transaction.commit());
  return check;
}

}  // namespace qf
