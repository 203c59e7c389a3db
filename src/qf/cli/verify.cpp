#include "qf/store/verify.h"

#include <fmt/format.h>

#include <memory>

#include "qf/cli/screen.h"
#include "qf/cli/verbs.h"
#include "qf/core/whole_file.h"
#include "qf/rights/receipt.h"
#include "qf/rights/tombstone_feed.h"
#include "qf/store/version_name.h"

namespace qf::cli {
namespace {

struct Options : SharedOptions {
  std::string what, receipt, public_key, tombstones;
  bool remove = false;
};

nlohmann::json problems_json(const std::vector<Fault>& problems) {
  nlohmann::json list = nlohmann::json::array();
  for (const Fault& problem : problems) list.push_back({{"file", problem.file}, {"problem", problem.what}});
  return list;
}

nlohmann::json check_json(const VersionCheck& check) {
  nlohmann::json lines = nlohmann::json::array();
  for (const CheckedLine& checked : check.certificate)
    lines.push_back({{"name", checked.line.name},
                     {"statement", checked.line.statement},
                     {"basis", to_string(checked.line.basis)},
                     {"value", checked.line.value},
                     {"holds", checked.holds ? nlohmann::json(*checked.holds) : nlohmann::json()}});
  return {{"whole", check.whole()},
          {"path", check.folder.string()},
          {"version", check.version},
          {"audience", check.audience},
          {"files", check.files},
          {"rows", check.rows},
          {"bytes", check.bytes},
          {"content_digest", check.content_digest},
          {"problems", problems_json(check.problems)},
          {"certificate", std::move(lines)}};
}

void print_problems(const std::vector<Fault>& problems) {
  for (const Fault& problem : problems)
    fmt::print("  {}{}\n", problem.file.empty() ? "" : printable(problem.file) + ": ", printable(problem.what));
}

void print_check(const VersionCheck& check, bool lines) {
  fmt::print("{} {} at {}: {}\n", check.audience, check.version, printable(check.folder.string()),
             check.whole() ? fmt::format("whole; {} files, {} rows", check.files, check.rows) : "NOT WHOLE");
  print_problems(check.problems);
  if (!lines || check.certificate.empty()) return;
  std::vector<std::vector<std::string>> rows;
  for (const CheckedLine& checked : check.certificate)
    rows.push_back({!checked.holds   ? checked.line.basis == Basis::kBuild ? "stated" : "not reached"
                    : *checked.holds ? "ok"
                                     : "FAILS",
                    std::string(to_string(checked.line.basis)), checked.line.name + ": " + checked.line.value});
  fmt::print("Certificate\n{}", table_text(rows));
}

Result<int> verify_one(const Options& options, const std::filesystem::path& folder) {
  QF_ASSIGN(const VersionCheck check, verify_version(folder));
  if (options.json)
    print_json(check_json(check));
  else
    print_check(check, true);
  return check.whole() ? kDone : kRefused;
}

Result<int> verify_named(const Options& options) {
  const Store store(options.store);
  QF_ASSIGN(const Database ledger, store.open_read_only());
  QF_ASSIGN(const auto versions, load_versions(ledger));
  QF_ASSIGN(const NamedVersion named, find_version(versions, options.what));
  QF_ASSIGN(const VersionCheck check, verify_version(store, named.audience, named.facts.version));
  if (options.json)
    print_json(check_json(check));
  else
    print_check(check, true);
  return check.whole() ? kDone : kRefused;
}

Result<int> verify_all(const Options& options, const std::filesystem::path& folder) {
  QF_ASSIGN(const StoreCheck check, verify_store(Store(folder)));
  if (options.json) {
    nlohmann::json versions = nlohmann::json::array();
    for (const VersionCheck& version : check.versions) versions.push_back(check_json(version));
    const nlohmann::json json = {{"whole", check.whole()},
                                 {"path", folder.string()},
                                 {"versions", std::move(versions)},
                                 {"problems", problems_json(check.problems)},
                                 {"unfinished", check.unfinished}};
    print_json(json);
  } else {
    for (const VersionCheck& version : check.versions) print_check(version, false);
    print_problems(check.problems);
    for (const std::string& left : check.unfinished)
      fmt::print("unfinished, put right by the next command that changes the store: {}\n", left);
    if (check.versions.empty() && check.problems.empty()) fmt::print("No version is there.\n");
  }
  return check.whole() ? kDone : kRefused;
}

Result<int> verify_receipt(const Options& options) {
  QF_ASSIGN(const std::string text, read_whole_file(options.receipt, kMaxNamedBytes, FileKind::kAny));
  ReceiptCheck check = check_receipt(text, options.public_key);
  if (!options.store.empty()) {
    QF_ASSIGN(const Database ledger, Store(options.store).open_read_only());
    QF_CHECK(compare_with_ledger(ledger, text, check));
  }
  const bool retention = check.kind == ReceiptKind::kRetention;
  if (options.json && retention) {
    print_json({{"whole", check.holds()},
                {"receipt", options.receipt},
                {"kind", "retention"},
                {"completed_at", check.completed_at},
                {"public_key", check.public_key},
                {"carried_out", check.removed},
                {"problems", check.problems}});
    return check.holds() ? kDone : kRefused;
  }
  if (options.json) {
    print_json({{"whole", check.holds()},
                {"receipt", options.receipt},
                {"kind", "erasure"},
                {"erasure", check.erasure},
                {"completed_at", check.completed_at},
                {"public_key", check.public_key},
                {"versions", check.versions},
                {"proven_versions", check.proven},
                {"removed_rows", check.removed},
                {"changed_rows", check.changed},
                {"problems", check.problems}});
    return check.holds() ? kDone : kRefused;
  }
  fmt::print("{}: {}\n", options.receipt,
             !check.holds() ? "DOES NOT HOLD"
             : retention    ? "the certificate holds"
                            : "the receipt holds");
  for (const std::string& problem : check.problems) fmt::print("  {}\n", printable(problem));
  if (check.holds()) {
    if (retention)
      fmt::print("Retention applied at {}: {} things carried out\n", check.completed_at, check.removed);
    else
      fmt::print("{} versions taken back at {}, {} of them with proof: {} rows removed, {} rows of others changed\n",
                 check.versions, check.completed_at, check.proven, check.removed, check.changed);
    fmt::print("Signed with {}{}\n", check.public_key,
               options.public_key.empty() ? ": ask the holder of the store whether that is theirs" : ", as expected");
  }
  return check.holds() ? kDone : kRefused;
}

Result<int> verify_copy(const Options& options) {
  if (std::error_code error; options.what.empty() || !std::filesystem::is_directory(options.what, error))
    return failure(ErrorCode::kInvalidInput, options.what + (options.what.empty() ? "" : ": is no folder; ") +
                                                 "--tombstones needs the folder of a copy to look into");
  QF_ASSIGN(const std::string text, read_whole_file(options.tombstones, kMaxNamedBytes, FileKind::kAny));
  const auto feed = parse_feed(text, options.public_key);
  if (!feed) {
    // Nothing is looked for, still less removed, on the word of a feed that nobody signed.
    if (options.json)
      print_json({{"whole", false}, {"problems", {feed.error().message}}});
    else
      fmt::print("{}: {}\n", options.tombstones, feed.error().message);
    return kRefused;
  }
  QF_ASSIGN(const CopyCheck check, check_copy(options.what, feed->stones, options.remove));
  const bool clean =
      check.rows_left() == 0 && check.whole_version.empty() &&
      std::all_of(check.files.begin(), check.files.end(), [](const CopyFile& file) { return file.by_hand.empty(); });
  if (options.json) {
    nlohmann::json files = nlohmann::json::array();
    for (const CopyFile& file : check.files)
      files.push_back({{"file", file.path}, {"rows", file.rows}, {"removed", file.removed}, {"by_hand", file.by_hand}});
    print_json(
        {{"whole", clean},
         {"issued_at", feed->issued_at},
         {"public_key", feed->public_key},
         {"tombstones", feed->stones.size()},
         {"files_read", check.files_read},
         {"rows_left", check.rows_left()},
         {"revoked_version", check.whole_version.empty() ? nlohmann::json() : nlohmann::json(check.whole_version)},
         {"files", std::move(files)}});
    return clean ? kDone : kRefused;
  }
  for (const CopyFile& file : check.files)
    fmt::print("{}: {} rows that nobody may keep{}{}\n", printable(file.path), file.rows,
               file.removed ? ", taken out" : "", file.by_hand.empty() ? "" : "; " + file.by_hand);
  if (!check.whole_version.empty())
    fmt::print("{} was taken back as a whole: remove this copy of it.\n", check.whole_version);
  if (clean)
    fmt::print("No row of the {} tombstones is {} in {} files.\n", feed->stones.size(),
               options.remove ? "left" : "there", check.files_read);
  else if (!options.remove && check.rows_left() != 0) {
    const auto ours = [](const CopyFile& file) { return file.by_hand.empty() && file.rows != 0; };
    const bool any = std::any_of(check.files.begin(), check.files.end(), ours);
    const bool all = std::all_of(check.files.begin(), check.files.end(),
                                 [&](const CopyFile& file) { return file.rows == 0 || ours(file); });
    if (any)
      fmt::print("--delete takes them out of {}.\n", all ? "this copy" : "the other files of this copy");
    else
      fmt::print("--delete cannot take them out: make these files anew.\n");
  }
  return clean ? kDone : kRefused;
}

Result<int> write_tombstones(const Options& options) {
  QF_ASSIGN(const std::size_t count, write_feed(options.store, options.key_path(), options.what, now_us()));
  if (options.json)
    print_json({{"file", options.what}, {"tombstones", count}});
  else
    fmt::print("{} tombstones at {}: for whoever has a copy\n", count, options.what);
  return kDone;
}

Result<int> verify(const Options& options) {
  if (!options.tombstones.empty()) return verify_copy(options);
  if (!options.receipt.empty()) return verify_receipt(options);
  if (options.what.empty()) {
    if (options.store.empty())
      return failure(ErrorCode::kInvalidInput, "name a version's folder, a store, or a version with --store DIR");
    return verify_all(options, options.store);
  }
  if (!options.store.empty() && parse_version_name(options.what)) return verify_named(options);
  if (const Status there = check_named(options.what); !there) {
    if (there.error().code == ErrorCode::kNotFound && parse_version_name(options.what))
      return failure(ErrorCode::kInvalidInput, options.what + ": which store is it in? --store DIR");
    return tl::unexpected<Error>(there.error());
  }
  const Store store(options.what);
  return store.exists() || !store.check_ledger_is_there() ? verify_all(options, options.what)
                                                          : verify_one(options, options.what);
}

}  // namespace

void add_verify(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      app.add_subcommand("verify", "is a version whole: every file, digest, row and line of its certificate");
  verb->add_option(
      "VERSION", options->what,
      "a version's folder (needs neither key nor store), a store's folder, or a version's name with --store");
  verb->add_option("--receipt", options->receipt,
                   "the receipt of an erasure, or the certificate of `retain apply`; needs neither key nor store, but "
                   "with --store it is "
                   "also compared with the ledger");
  verb->add_option("--tombstones", options->tombstones,
                   "a feed of tombstones: which of its rows does this folder hold?");
  verb->add_flag("--delete", options->remove, "with --tombstones: take these rows out of the folder");
  verb->add_option("--public-key", options->public_key, "whose signature the receipt or the feed must bear");
  add_store(*verb, *options, false);
  add_json(*verb, *options);
  verb->footer(
      "Exits 0 where all is whole, 1 where not, naming what differs.\n"
      "Examples:\n  qf-dataset verify ~/dataset/private/1.0.0\n  qf-dataset verify private/1.0.0 --store ~/dataset\n"
      "  qf-dataset verify ~/dataset\n  qf-dataset verify --receipt ~/dataset/receipts/erasure-1.json");
  verb->callback([options, &action] {
    action = [options] {
      const auto code = verify(*options);
      if (code) return *code;
      report(code.error());
      return kCouldNotRun;  // 1 says that something is not whole, and nothing else
    };
  });

  auto written = std::make_shared<Options>();
  CLI::App* feed =
      app.add_subcommand("tombstones", "the signed list of rows that nobody may keep, for those with copies");
  feed->add_option("--out", written->what, "the file to write")->required();
  add_store(*feed, *written);
  add_key(*feed, *written);
  add_json(*feed, *written);
  feed->footer(
      "Example:\n  qf-dataset tombstones --store ~/dataset --out tombstones.json\n"
      "Whoever has a copy: qf-dataset verify --tombstones tombstones.json COPY --delete");
  runs(*feed, action, [written] { return write_tombstones(*written); });
}

}  // namespace qf::cli
