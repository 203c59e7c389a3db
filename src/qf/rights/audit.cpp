#include "qf/rights/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <set>

#include "qf/core/instant.h"
#include "qf/ledger/consent_entries.h"
#include "qf/ledger/kept_tables.h"
#include "qf/ledger/signing.h"
#include "qf/output/durable.h"

namespace qf {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kFormat = "qf-audit-2";
constexpr std::size_t kMaxDepth = 4;

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

// Nothing where it is no JSON, a member stands twice in an object, or it is nested deeper than anything we write.
std::optional<Json> parse_strictly(std::string_view text) {
  std::vector<std::set<std::string>> open;
  bool bad = false;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& value) {
    bad = bad || static_cast<std::size_t>(depth) > kMaxDepth;
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    if (event == Json::parse_event_t::object_end) open.pop_back();
    if (event == Json::parse_event_t::key) bad = !open.back().insert(value.get<std::string>()).second || bad;
    return true;
  };
  Json parsed = Json::parse(text, watch, false);
  if (bad || parsed.is_discarded()) return std::nullopt;
  return parsed;
}

// Whether an object has these members and no others.
bool has_just(const Json& object, std::initializer_list<const char*> members) {
  return object.is_object() && object.size() == members.size() &&
         std::all_of(members.begin(), members.end(), [&](const char* member) { return object.contains(member); });
}

// Whole numbers alone: a fraction would be cut down to one without a word.
std::int64_t number_of(const Json& object, const char* member) {
  const Json& value = object.at(member);
  if (!value.is_number_integer()) throw Json::type_error::create(302, "no whole number", nullptr);
  return value.get<std::int64_t>();
}

TableState state_of(std::string salt, const std::vector<Suppression>& suppressions) {
  std::vector<std::vector<std::string>> rows;
  for (const Suppression& one : suppressions)
    rows.push_back({one.tag, std::string(to_string(one.kind)), std::to_string(one.since_us)});
  const std::string digest = digest_of_rows(salt, rows);
  return {std::move(salt), digest, rows.size(), true};
}

// The first line: what form the file has, and who must not come back.
bool read_head(const Json& line, AuditLog& log) {
  if (!has_just(line, {"format", "suppressions", "salt"}) || line.at("format") != kFormat) return false;
  for (const Json& one : line.at("suppressions")) {
    if (!has_just(one, {"tag", "kind", "since_us"})) return false;
    const auto kind = parse_suppression_kind(one.at("kind").get<std::string>());
    if (!kind) return false;
    log.suppressions.push_back({one.at("tag").get<std::string>(), *kind, number_of(one, "since_us")});
  }
  log.tables.emplace("suppressions", state_of(line.at("salt").get<std::string>(), log.suppressions));
  return true;
}

bool read_entry(const Json& line, AuditLog& log) {
  const bool erased = has_just(line, {"seq", "at_us", "kind", "commitment", "hash", "erased"});
  if (!erased && !has_just(line, {"seq", "at_us", "kind", "commitment", "hash", "subject", "salt", "body"}))
    return false;
  ChainEntry entry;
  entry.seq = number_of(line, "seq");
  entry.at_us = number_of(line, "at_us");
  entry.kind = line.at("kind").get<std::string>();
  entry.commitment = line.at("commitment").get<std::string>();
  entry.hash = line.at("hash").get<std::string>();
  if (erased && line.at("erased") != true) return false;
  if (!erased)
    entry.body = {line.at("subject").get<std::string>(), line.at("salt").get<std::string>(),
                  line.at("body").get<std::string>()};
  log.entries.push_back(std::move(entry));
  return true;
}

// A store into which a log is taken over must keep out whom the other one kept out.
Status check_erased_stay_out(const AuditLog& log, const AuditCheck& check) {
  const bool erased = std::any_of(log.entries.begin(), log.entries.end(),
                                  [](const ChainEntry& entry) { return entry.kind == "erasure_requested"; });
  if (stated_in("suppressions", log.entries, check.chain) != 0 || (!erased && log.suppressions.empty())) return {};
  return failure(ErrorCode::kRefused,
                 "the log tells of erasures and does not commit to the tags that keep the erased out, so they could "
                 "come back. In the store it comes from: `qf-dataset audit checkpoint`, then export it anew");
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
  // Where nothing has happened since the last one, its entry is signed once more.
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
  const auto object = parse_strictly(json);
  if (!object || !has_just(*object, {"format", "seq", "head", "at_us", "at", "public_key", "signature"}) ||
      object->at("format") != "qf-checkpoint-1")
    return bad("it is no checkpoint");
  try {
    Checkpoint one;
    one.head = {number_of(*object, "seq"), object->at("head").get<std::string>()};
    one.at_us = number_of(*object, "at_us");
    one.public_key = object->at("public_key").get<std::string>();
    one.signature = object->at("signature").get<std::string>();
    if (object->at("at") != format_instant(one.at_us) ||
        !signature_holds(one.public_key, kCheckpointPurpose, signed_text(one), one.signature))
      return bad("its signature does not hold: it was changed");
    return one;
  } catch (const Json::exception&) {
    return bad("it is no checkpoint");
  }
}

std::string audit_lines(const AuditLog& log) {
  nlohmann::ordered_json tags = nlohmann::ordered_json::array();
  for (const Suppression& one : log.suppressions)
    tags.push_back({{"tag", one.tag}, {"kind", to_string(one.kind)}, {"since_us", one.since_us}});
  const auto state = log.tables.find("suppressions");
  std::string lines = nlohmann::ordered_json{{"format", kFormat},
                                             {"suppressions", std::move(tags)},
                                             {"salt", state == log.tables.end() ? "" : state->second.salt}}
                          .dump() +
                      "\n";
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
    } else {
      line["erased"] = true;
    }
    lines += line.dump() + "\n";
  }
  for (const Checkpoint& one : log.checkpoints)
    lines += nlohmann::ordered_json{{"checkpoint", checkpoint_object(one)}}.dump() + "\n";
  return lines;
}

Result<AuditLog> parse_audit_lines(std::string_view lines, const std::string& place) {
  AuditLog log;
  for (std::size_t number = 1; !lines.empty(); ++number) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const auto line = parse_strictly(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
    const std::string where = fmt::format("{}, line {}", place, number);
    try {
      if (number == 1) {
        if (!line || !read_head(*line, log))
          return failure(ErrorCode::kCorrupt, where +
                                                  ": not how an exported audit log begins; one of an earlier "
                                                  "program has to be exported anew");
      } else if (line && has_just(*line, {"checkpoint"})) {
        QF_ASSIGN(Checkpoint one, parse_checkpoint(line->at("checkpoint").dump(), where));
        log.checkpoints.push_back(std::move(one));
      } else if (!line || !log.checkpoints.empty() || !read_entry(*line, log)) {
        return failure(ErrorCode::kCorrupt, where + ": no entry of an audit log, or not a whole one");
      }
    } catch (const Json::exception&) {
      return failure(ErrorCode::kCorrupt, where + ": no entry of an audit log");
    }
  }
  if (log.tables.empty()) return failure(ErrorCode::kCorrupt, place + ": is empty");
  return log;
}

Status write_new_file(const std::filesystem::path& path, std::string_view text) {
  std::error_code error;
  if (std::filesystem::exists(path, error))
    return failure(ErrorCode::kRefused, path.string() + " is there already; name a new file");
  return write_file_durably(path, text, Readers::kOwner);
}

Result<AuditImport> import_audit_log(const Database& ledger, const AuditLog& log,
                                     const std::optional<Checkpoint>& anchor, std::int64_t at_us) {
  AuditImport imported;
  QF_ASSIGN(imported.check, check_audit_log(log, anchor));
  QF_CHECK(check_erased_stay_out(log, imported.check));
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
  for (const Suppression& one : log.suppressions) QF_CHECK(suppress(ledger, one.tag, one.kind, one.since_us));
  imported.suppressions = log.suppressions.size();
  const Json said = {{"entries", log.entries.size()}, {"suppressions", log.suppressions.size()}};
  QF_CHECK(append_account(ledger, kLogImported, said.dump(), "", at_us));
  QF_CHECK(transaction.commit());
  return imported;
}

}  // namespace qf
