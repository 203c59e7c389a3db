#include "qf/run/opened_build.h"

#include <fmt/format.h>

#include <algorithm>

#include "qf/core/instant.h"
#include "qf/ledger/consent_states.h"
#include "qf/ledger/notices.h"
#include "qf/ledger/suppressions.h"
#include "qf/store/store_key.h"

namespace qf {
namespace {

// The ledger's view at an instant; `unrecorded` is what lies beside the projects and a dry run, which leaves nothing
// behind, only looks at.
Result<LedgerView> view_at(const Database* ledger, const std::vector<ConsentStatement>& unrecorded,
                           std::int64_t instant_us, std::int64_t now_us) {
  std::vector<ProjectOwner> owners;
  std::vector<ConsentEvent> events;
  if (ledger) {
    QF_ASSIGN(owners, list_owners(*ledger));
    QF_ASSIGN(events, list_consent(*ledger));
  }
  for (const ConsentStatement& statement : unrecorded)
    events.push_back({events.empty() ? 1 : events.back().id + 1, statement, now_us});
  return LedgerView::from(owners, events, instant_us);
}

// An answer counts whatever notice it names; but of one that was never written nobody can show what the person had
// read.
Status warn_of_unknown_notices(const Database& ledger, const std::vector<ConsentStatement>& statements,
                               std::vector<std::string>& warnings) {
  QF_ASSIGN(const auto notices, list_notices(ledger));
  const auto unknown = std::count_if(statements.begin(), statements.end(), [&](const ConsentStatement& said) {
    return !said.notice.empty() &&
           std::none_of(notices.begin(), notices.end(), [&](const Notice& one) { return one.id == said.notice; });
  });
  if (unknown != 0)
    warnings.push_back(fmt::format(
        "{} statements in consent.json files name a notice that was never written in this store: they count, "
        "but what these people had read cannot be shown. `consent list` has the names of the notices",
        unknown));
  return {};
}

}  // namespace

Result<OpenedStore> open_for_build(const Store& store, const BuildRequest& request, DoneBefore& done) {
  std::optional<WritableStore> writable;
  std::optional<Database> read_only;
  if (request.publishes()) {
    QF_ASSIGN(writable, open_for_change(store, IfMissing::kMake, request.wait));
    done.put_right.insert(done.put_right.end(), writable->put_right.begin(), writable->put_right.end());
  } else if (store.exists() || !store.check_ledger_is_there()) {
    QF_ASSIGN(read_only, store.open_read_only());
  }
  OpenedStore opened{.writable = std::move(writable),
                     .read_only = std::move(read_only),
                     .key = std::nullopt,
                     .tags = KeyedTag::ephemeral()};
  QF_ASSIGN(const KeyStatus status, key_status(opened.ledger(), request.key_file));
  opened.key_is_new = status.state == KeyState::kOther || status.state == KeyState::kLost;
  if (request.publishes()) {
    QF_CHECK(check_store_key(status, request.new_key));
    if (status.file_id.empty() && store.holds(request.key_file))
      return failure(ErrorCode::kInvalidInput,
                     request.key_file.string() +
                         ": lies in the store, and whoever got a copy of the store would get the key to its pseudonyms "
                         "with it; name a place elsewhere with --key-file or QF_DATASET_KEY_FILE");
    if (status.state == KeyState::kLost) QF_CHECK(set_salts_aside(status));
  }
  if (request.publishes() || !status.file_id.empty()) {
    bool created = false;
    QF_ASSIGN(opened.key, KeyFile::open_or_create(request.key_file, created));
    done.key_created = done.key_created || created;
    QF_ASSIGN(opened.tags, KeyedTag::make(*opened.key));
  }
  if (request.publishes() && !request.new_key && !opened.key_is_new)
    QF_CHECK(check_salts(store, *opened.ledger(), status, *opened.key));
  return opened;
}

Result<WhoMayBeIn> who_may_be_in(const OpenedStore& opened, const BuildRequest& request,
                                 const std::vector<Project>& projects) {
  const Database* ledger = opened.ledger();
  const std::int64_t as_of_us = request.as_of_us.value_or(request.now_us);
  const std::int64_t now_us = request.reproduction != nullptr ? request.reproduction->now_us : request.now_us;
  WhoMayBeIn who{.view = LedgerView::from({}, {}, as_of_us)};
  if (ledger) {
    QF_ASSIGN(who.erased.tags, load_suppressions(*ledger));
    if (opened.key_is_new && !who.erased.tags.empty())
      who.warnings.push_back(
          fmt::format("{} people and projects were erased under the key of before, and a new key cannot "
                      "tell who they are: make sure that their logs are not under these paths",
                      who.erased.tags.size()));
    QF_ASSIGN(who.view, LedgerView::load(*ledger, as_of_us));
    QF_ASSIGN(const auto items, list_quarantine(*ledger));
    for (const QuarantineItem& item : items)
      if (!item.decision.empty()) who.decided.emplace(item.id, item);
    if (request.config.audience != Audience::kPrivate) {
      // In force now, too: an as-of instant of the past brings back no authorisation.
      QF_ASSIGN(who.authority,
                AuthorityView::load(*ledger, to_string(request.config.audience), std::max(as_of_us, now_us)));
    }
  }
  // A reproduction takes what is on record, and like any build nothing beside a file that cannot be read.
  StatementsBeside beside =
      statements_beside_projects(projects, who.view, who.erased, opened.tags, request.now_us, who.warnings);
  who.unreadable_consent = std::move(beside.unreadable);
  if (ledger) QF_CHECK(warn_of_unknown_notices(*ledger, beside.statements, who.warnings));
  std::vector<ConsentStatement> unrecorded;
  if (request.dry_run) {
    unrecorded = std::move(beside.statements);
    unrecorded.insert(unrecorded.end(), request.supposed.begin(), request.supposed.end());
  } else if (request.reproduction == nullptr && !beside.statements.empty()) {
    QF_ASSIGN([[maybe_unused]] const ConsentImport imported,
              record_consent(*ledger, beside.statements, request.now_us));
  }
  if (request.publishes()) {
    QF_ASSIGN([[maybe_unused]] const std::size_t expired, note_expired_consent(*ledger, request.now_us));
  }
  QF_ASSIGN(who.view, view_at(ledger, unrecorded, as_of_us, request.now_us));
  // What leaves the private circle, and what is built again, rests on what people allow now, too: an as-of instant of
  // the past brings back nobody who has withdrawn since.
  if (request.reproduction != nullptr || request.config.audience != Audience::kPrivate) {
    QF_ASSIGN(const LedgerView now, view_at(ledger, unrecorded, std::max(as_of_us, now_us), now_us));
    who.view = who.view.narrowed_by(now);
  } else if (as_of_us < request.now_us) {
    QF_ASSIGN(const LedgerView now, view_at(ledger, unrecorded, request.now_us, request.now_us));
    if (const std::size_t people = who.view.narrowed_to_fewer(now); people != 0)
      who.warnings.push_back(
          fmt::format("{} agreed then and not any more, or to less: a version as of {} holds what they have taken back "
                      "since. It is "
                      "for looking at the past; the next build of this store takes it back",
                      people == 1 ? "one person" : fmt::format("{} people", people), format_instant(as_of_us)));
  }
  return who;
}

}  // namespace qf
