// The root key on the command line: made, backed up, rotated, and what can be destroyed of it.
#include <fmt/format.h>

#include <map>
#include <memory>

#include "qf/cli/screen.h"
#include "qf/cli/verbs.h"
#include "qf/core/instant.h"
#include "qf/store/store_key.h"
#include "qf/store/version_facts.h"
#include "qf/store/version_name.h"

namespace qf::cli {
namespace {

struct Options : SharedOptions {
  std::string passphrase_file, out, version, by;
  int passphrase_fd = -1;
  bool group = false;

  // What the key is to be sealed with; nothing where none was given.
  Result<std::optional<Passphrase>> passphrase() const {
    if (!passphrase_file.empty() && passphrase_fd >= 0)
      return failure(ErrorCode::kInvalidInput, "--passphrase-file or --passphrase-fd, not both");
    std::optional<Passphrase> given;
    if (!passphrase_file.empty()) {
      QF_ASSIGN(given, Passphrase::of_file(passphrase_file));
    } else if (passphrase_fd >= 0) {
      QF_ASSIGN(given, Passphrase::of_descriptor(passphrase_fd));
    }
    return given;
  }
};

Result<int> key_state(const Options& options) {
  std::optional<Database> ledger;
  if (!options.store.empty()) {
    QF_ASSIGN(ledger, Store(options.store).open_read_only());
  }
  QF_ASSIGN(const KeyStatus status, key_status(ledger ? &*ledger : nullptr, options.key_path()));
  std::string what = advice(status);
  std::vector<std::string> without;
  std::map<std::string, std::int64_t> destroyed;
  if (ledger) {
    QF_ASSIGN(destroyed, destroyed_salts(*ledger));
  }
  if (ledger && status.state == KeyState::kOurs) {
    QF_ASSIGN(const KeyFile key, KeyFile::open(options.key_path()));
    QF_ASSIGN(without, versions_without_salt(Store(options.store), *ledger, key));
    if (!without.empty())
      what = fmt::format(
          "{}.salts has no salt of {}{}: put the file back from its backup. Without it these versions cannot be built "
          "again, and nobody can be looked up in them",
          status.file.string(), without.front(),
          without.size() == 1 ? "" : fmt::format(" and {} more versions", without.size() - 1));
  }
  if (options.json) {
    nlohmann::json days = nlohmann::json::object();
    for (const auto& [version, at_us] : destroyed) days[version] = format_day(at_us);
    print_json({{"state", to_string(status.state)},
                {"file", status.file.string()},
                {"key", status.file_id},
                {"store_key", status.store_id},
                {"before", status.before},
                {"sealed", status.sealed},
                {"salts", status.salts},
                {"versions", status.versions},
                {"versions_of_this_key", status.versions_of_file},
                {"without_salt", without},
                {"salt_destroyed", std::move(days)},
                {"advice", what}});
  } else {
    std::vector<std::vector<std::string>> table = {
        {"key file", "= " + status.file.string()},
        {"key", "= " + (status.file_id.empty() ? std::string("none") : status.file_id)},
        {"sealed", status.file_id.empty() ? "= there is no key"
                   : status.sealed        ? "= with a passphrase"
                                          : "= no: who can read the file has the key"},
        {"salts beside it", status.salts ? "= yes" : "= no"}};
    if (ledger) {
      table.push_back(
          {"the store's key", "= " + (status.store_id.empty() ? std::string("none yet") : status.store_id)});
      table.push_back({"state", "= " + std::string(to_string(status.state))});
      table.push_back(
          {"versions", fmt::format("= {}, {} of them under this key", status.versions, status.versions_of_file)});
      for (const auto& [version, at_us] : destroyed)
        table.push_back({version, "= its salt was destroyed for good on " + format_day(at_us)});
    }
    fmt::print("{}", table_text(table, ""));
    if (!status.file_id.empty())
      fmt::print("Keep a backup of {0} and {0}.salts, apart from the store.\n", status.file.string());
    if (!what.empty()) fmt::print("{}\n", what);
  }
  return what.empty() ? kDone : kRefused;
}

Result<int> make(const Options& options) {
  QF_ASSIGN(const auto passphrase, options.passphrase());
  QF_ASSIGN(const KeyFile key, KeyCare::make(options.key_path(), passphrase ? &*passphrase : nullptr));
  if (options.json) {
    print_json({{"file", key.path().string()}, {"key", key.id()}, {"sealed", key.sealed()}});
    return kDone;
  }
  fmt::print("{}: the key {}{}\n", key.path().string(), key.id(), key.sealed() ? ", sealed with the passphrase" : "");
  fmt::print("Back it up apart from the store: qf-dataset keys backup --out FILE\n{}",
             key.sealed() ? "Without the passphrase nobody opens it, you neither: keep that apart, too.\n" : "");
  return kDone;
}

Result<int> back_up(const Options& options) {
  QF_ASSIGN(const auto passphrase, options.passphrase());
  QF_CHECK(KeyCare::back_up(options.key_path(), options.out, passphrase ? &*passphrase : nullptr));
  if (options.json)
    print_json({{"file", options.out}});
  else
    fmt::print(
        "{0}, with the salts in {0}.salts where any were drawn; both were read back. Salts are drawn by every "
        "build: make a new backup after each. Keep it apart from the store, and destroy old ones: salts that were "
        "destroyed live on in them.\n",
        options.out);
  return kDone;
}

Result<int> rotate(const Options& options) {
  QF_ASSIGN(const auto passphrase, options.passphrase());
  std::optional<WritableStore> store;
  if (!options.store.empty()) {
    QF_ASSIGN(store, open_for_change(Store(options.store), IfMissing::kRefuse, options.lock_wait()));
  }
  QF_ASSIGN(const KeyCare::Rotation done, KeyCare::rotate(options.key_path(), passphrase ? &*passphrase : nullptr));
  if (store) QF_CHECK(note_rotation(*store, done, options.by, now_us()));
  if (options.json) {
    print_json(
        {{"old_key", done.old_id}, {"key", done.new_id}, {"old_file", done.old_file.string()}, {"salts", done.salts}});
    QF_CHECK(done.cleaned);
    return kDone;
  }
  fmt::print(
      "The key is now {1}; {0} is kept in {2}.\n"
      "New versions have new salts under the new key, and what is signed is signed anew: tell those who check your "
      "receipts and checkpoints. Versions of before keep their pseudonyms; {3} of them can be looked up, erased from "
      "and "
      "rebuilt under the new key. Who is in which split and who was erased stays known: the keyed tags for that go on "
      "as they were. Back up the new key now; the old file is needed only for backups of before.\n",
      done.old_id, done.new_id, done.old_file.string(), done.salts);
  QF_CHECK(done.cleaned);
  return kDone;
}

Result<int> destroy(const Options& options) {
  const Store store(options.store);
  QF_ASSIGN(const WritableStore writable, open_for_change(store, IfMissing::kRefuse, options.lock_wait()));
  QF_ASSIGN(const auto versions, load_versions(writable.ledger));
  QF_ASSIGN(const NamedVersion named, find_version(versions, options.version));
  QF_ASSIGN(const bool destroyed,
            destroy_key_of(store, writable, named, options.key_path(), options.group, options.by, now_us()));
  const std::string name = name_of(named.facts);
  const std::vector<std::string> lost =
      options.group
          ? std::vector<
                std::string>{"the pseudonyms in every version of its linkage group cannot be computed again, by nobody",
                             "rows in these versions can no longer be shown to the person they are about, unless that "
                             "person brings what "
                             "identifies them (Article 11(2) of the GDPR): say so to those who ask",
                             "none of these versions can be rebuilt, and a version to come has other pseudonyms than "
                             "they"}
          : std::vector<std::string>{
                "the pseudonyms in it cannot be computed again, by nobody, with the root key neither",
                "its rows can no longer be shown to the person they are about, unless that person brings what "
                "identifies them "
                "(Article 11(2) of the GDPR): say so to those who ask",
                "it cannot be rebuilt, and a copy of it cannot be compared by person with any other version"};
  if (options.json) {
    print_json({{"version", name}, {"destroyed", destroyed}, {"lost", lost}});
    return kDone;
  }
  fmt::print(
      "{}: {}. From now on:\n", name,
      destroyed ? "the salt of its pseudonyms is destroyed" : "the salt of its pseudonyms is not there any more");
  for (const std::string& one : lost) fmt::print("  - {}\n", one);
  fmt::print("Backups of the salts still hold it until they are destroyed, too.{}\n",
             named.facts.state == VersionState::kLive
                 ? " The version stays live: withdrawals and erasures still take it back as a whole."
                 : "");
  return kDone;
}

void add_passphrase(CLI::App& verb, Options& options, const char* what) {
  verb.add_option("--passphrase-file", options.passphrase_file,
                  std::string(what) + ", from the first line of a file that only you can read");
  verb.add_option("--passphrase-fd", options.passphrase_fd, std::string(what) + ", from an open descriptor");
}

}  // namespace

void add_keys(CLI::App& app, Action& action) {
  CLI::App* keys = app.add_subcommand("keys", "the root key, without which nothing can be built again");
  keys->require_subcommand(1);
  keys->footer("Example:\n  qf-dataset keys status --store ~/dataset");
  auto asked = std::make_shared<Options>();
  CLI::App* status = keys->add_subcommand("status", "which key this is, and whether it is the store's");
  add_store(*status, *asked, false);
  add_key(*status, *asked);
  add_json(*status, *asked);
  status->footer(
      "Exits 1 where the store's key is lost or another one.\nExample:\n  qf-dataset keys status --store ~/dataset");
  runs(*status, action, [asked] { return key_state(*asked); });

  auto made = std::make_shared<Options>();
  CLI::App* init = keys->add_subcommand("init", "make the key; the first build does it where nobody has");
  add_passphrase(*init, *made, "seal it with a passphrase (Argon2id)");
  add_key(*init, *made);
  add_json(*init, *made);
  init->footer("Example:\n  qf-dataset keys init --passphrase-file ~/passphrase");
  runs(*init, action, [made] { return make(*made); });

  auto kept = std::make_shared<Options>();
  CLI::App* backup = keys->add_subcommand("backup", "copy the key and its salts, and read the copies back");
  backup->add_option("--out", kept->out, "the copy; the salts go to FILE.salts beside it")->required();
  add_passphrase(*backup, *kept, "seal the copy with a passphrase of its own");
  add_key(*backup, *kept);
  add_json(*backup, *kept);
  backup->footer("Example:\n  qf-dataset keys backup --out /media/safe/qf-dataset-key");
  runs(*backup, action, [kept] { return back_up(*kept); });

  auto turned = std::make_shared<Options>();
  CLI::App* rotation = keys->add_subcommand("rotate", "a new key in place of the old, which stays beside it");
  add_passphrase(*rotation, *turned, "seal the new key with a passphrase; default: that of the old");
  rotation->add_option("--by", turned->by,
                       "who does it, for the audit log; without it the log says that nobody was named");
  add_store(*rotation, *turned, false);
  add_key(*rotation, *turned);
  add_wait(*rotation, *turned);
  add_json(*rotation, *turned);
  rotation->footer("Example:\n  qf-dataset keys rotate --by anna --store ~/dataset");
  runs(*rotation, action, [turned] { return rotate(*turned); });

  auto gone = std::make_shared<Options>();
  CLI::App* destroyer = keys->add_subcommand("destroy", "destroy the salt of a version: nobody computes it again");
  destroyer->add_option("VERSION", gone->version, "MAJOR.MINOR.PATCH, or AUDIENCE/MAJOR.MINOR.PATCH")->required();
  destroyer->add_flag("--linkage-group", gone->group,
                      "the salt that all versions of its linkage group share: none of them can be computed again");
  destroyer->add_option("--by", gone->by,
                        "who does it, for the audit log; without it the log says that nobody was named");
  add_store(*destroyer, *gone);
  add_key(*destroyer, *gone);
  add_wait(*destroyer, *gone);
  add_json(*destroyer, *gone);
  destroyer->footer("Example:\n  qf-dataset keys destroy internal/1.0.0 --by anna --store ~/dataset");
  runs(*destroyer, action, [gone] { return destroy(*gone); });
}

}  // namespace qf::cli
