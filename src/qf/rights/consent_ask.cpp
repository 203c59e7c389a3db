#include "qf/rights/consent_ask.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "qf/core/instant.h"
#include "qf/ingest/project.h"
#include "qf/ingest/source.h"
#include "qf/ledger/authorisations.h"
#include "qf/ledger/chain.h"
#include "qf/ledger/consent.h"
#include "qf/ledger/notices.h"
#include "qf/ledger/recipients.h"
#include "qf/output/durable.h"

namespace qf {
namespace {

constexpr std::array<std::string_view, 2> kNoticeLanguages = {"sv", "en"};

std::string notice_file(std::string_view language) { return fmt::format("consent-notice.{}.md", language); }

// The one project whose folder this is.
Result<Project> project_in(const std::filesystem::path& folder) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error))
    return failure(ErrorCode::kNotFound, folder.string() + ": no such folder");
  QF_ASSIGN(Discovery found, discover({folder}));
  const auto real = std::filesystem::canonical(folder, error);
  const bool here = found.projects.size() == 1 && std::filesystem::canonical(found.projects[0].path, error) == real;
  QF_ASSIGN(ProjectList list, list_projects(std::move(found)));
  if (!here || list.projects.size() != 1)
    return failure(ErrorCode::kInvalidInput,
                   folder.string() + ": name the folder of one project, the one that has logs/");
  return std::move(list.projects.front());
}

AgreedTerm term_of(const ConsentEvent& event, const std::vector<Notice>& notices) {
  const ConsentStatement& said = event.statement;
  const auto notice =
      std::find_if(notices.begin(), notices.end(), [&](const Notice& one) { return one.id == said.notice; });
  const bool known = notice != notices.end();
  return {std::string(to_string(said.scope)),
          std::string(to_string(said.status)),
          format_day(said.given_at_us),
          format_day(said.covers_from_us),
          said.expires_at_us ? format_day(*said.expires_at_us) : "",
          format_day(event.recorded_at_us),
          said.method,
          said.evidence,
          said.recorded_by,
          said.notice,
          known ? notice->sha256 : "",
          known ? notice->language : ""};
}

}  // namespace

Result<ConsentAsked> ask_consent(const Database& ledger, const std::filesystem::path& folder, const NoticeFacts& facts,
                                 std::string_view language, std::int64_t now_us) {
  QF_ASSIGN(const Project project, project_in(folder));
  const ConsentNotice notice = consent_notice(facts, language);
  ConsentAsked asked{folder / notice_file(language), folder / "consent.json", notice.id, notice.sha256, false};
  std::error_code error;
  const auto is_there = [&error](const std::filesystem::path& path) {
    return std::filesystem::symlink_status(path, error).type() != std::filesystem::file_type::not_found;
  };
  if (is_there(asked.notice))
    return failure(ErrorCode::kRefused, asked.notice.string() + " is there already, and is not overwritten");
  // One form serves the notices of all languages; a form without any notice is somebody's own.
  const bool asked_before = std::any_of(kNoticeLanguages.begin(), kNoticeLanguages.end(),
                                        [&](std::string_view other) { return is_there(folder / notice_file(other)); });
  asked.form_kept = is_there(asked.form);
  if (asked.form_kept && !asked_before)
    return failure(ErrorCode::kRefused, asked.form.string() + " is there already, and is not overwritten");
  QF_ASSIGN(const LedgerView view, LedgerView::load(ledger, now_us));
  const ProjectOwner* owner = view.owner(project.name);
  QF_ASSIGN(auto transaction, ledger.begin());
  QF_CHECK(record_notice(ledger, {notice.id, std::string(language), notice.sha256, now_us},
                         owner ? owner->subject_key : ""));
  QF_CHECK(write_file_durably(asked.notice, notice.markdown));
  if (!asked.form_kept) {
    const std::string form = empty_consent_form(owner ? owner->subject : "");
    if (const Status written = write_file_durably(asked.form, form); !written) {
      std::filesystem::remove(asked.notice, error);
      return tl::unexpected<Error>(written.error());
    }
  }
  QF_CHECK(transaction.commit());
  return asked;
}

Result<ConsentReceiptFacts> consent_receipt(const Database& ledger, std::string_view subject, std::int64_t now_us) {
  QF_ASSIGN(const auto events, list_consent(ledger, subject));
  const std::string key = subject_key(subject);
  QF_ASSIGN(const auto entries, load_chain(ledger, key));
  std::vector<ConsentReceiptFacts::Asked> asked;
  for (const ChainEntry& entry : entries) {
    if (entry.kind != "consent_requested" || !entry.body) continue;
    const auto body = nlohmann::json::parse(entry.body->json, nullptr, false);
    if (body.is_object() && body.contains("notice") && body["notice"].is_string())
      asked.push_back({format_day(entry.at_us), body["notice"].get<std::string>()});
  }
  if (events.empty() && asked.empty())
    return failure(ErrorCode::kNotFound, "nothing is on record about this person, by this spelling of the name");
  // Who answers for a person is the same for every audience.
  QF_ASSIGN(const AuthorityView authority, AuthorityView::load(ledger, "internal", now_us));
  ConsentReceiptFacts facts;
  facts.subject = events.empty() ? std::string(subject) : events.front().statement.subject;
  facts.asked = std::move(asked);
  facts.made_at = format_instant(now_us);
  facts.controller = authority.controller(key);
  QF_ASSIGN(const auto notices, list_notices(ledger));
  QF_ASSIGN(const auto recipients, list_recipients(ledger));
  for (const Recipient& one : recipients) {
    auto& received = one.audience == "internal" ? facts.received_internal : facts.received_external;
    if (one.audience != "private" && std::find(received.begin(), received.end(), one.name) == received.end())
      received.push_back(one.name);
  }
  std::map<Scope, const ConsentEvent*> last;
  for (const ConsentEvent& event : events) {
    facts.history.push_back(term_of(event, notices));
    if (event.statement.given_at_us > now_us) continue;
    const ConsentEvent*& found = last[event.statement.scope];
    // As a build reads it: of two of one time the later recorded counts.
    if (found == nullptr || event.statement.given_at_us >= found->statement.given_at_us) found = &event;
  }
  for (const auto& [scope, event] : last) {
    AgreedTerm term = term_of(*event, notices);
    const auto& ends = event->statement.expires_at_us;
    if (event->statement.status == ConsentStatus::kGiven && ends && *ends <= now_us) term.state = "expired";
    facts.in_force.push_back(std::move(term));
  }
  return facts;
}

}  // namespace qf
