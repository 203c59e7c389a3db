// What people are told before they agree, and what they are given afterwards.
#include <fmt/format.h>

#include <memory>

#include "qf/cli/screen.h"
#include "qf/cli/verbs.h"
#include "qf/rights/consent_ask.h"
#include "qf/store/recover.h"

namespace qf::cli {
namespace {

struct Options : SharedOptions {
  std::string project, controller, contact, subject, language = "sv";
};

Result<int> ask(const Options& options) {
  QF_ASSIGN(const WritableStore store, open_for_change(Store(options.store), IfMissing::kMake, options.lock_wait()));
  QF_ASSIGN(const ConsentAsked asked, ask_consent(store.ledger, options.project, {options.controller, options.contact},
                                                  options.language, now_us()));
  if (options.json)
    print_json({{"notice", asked.notice_id},
                {"sha256", asked.sha256},
                {"form_kept", asked.form_kept},
                {"files", {asked.notice.string(), asked.form.string()}}});
  else
    fmt::print("{}\n{}\n{}\n", asked.notice.string(), asked.form.string(),
               asked.form_kept ? "The form is the one that was there; it serves both notices."
                               : "Nothing is ticked in the form; until it is filled in, it says nothing.");
  return kDone;
}

Result<int> receipt(const Options& options) {
  QF_ASSIGN(const Database ledger, Store(options.store).open_read_only());
  QF_ASSIGN(const ConsentReceiptFacts facts, consent_receipt(ledger, options.subject, now_us()));
  if (options.json)
    print_json(nlohmann::json::parse(consent_receipt_json(facts)));
  else
    fmt::print("{}", consent_receipt_text(facts, options.language));
  return kDone;
}

void add_language(CLI::App& verb, std::string& language) {
  verb.add_option("--lang", language, "sv or en")->check(CLI::IsMember({"sv", "en"}))->capture_default_str();
}

}  // namespace

void add_consent_papers(CLI::App& consent, Action& action) {
  auto asked = std::make_shared<Options>();
  CLI::App* asker = consent.add_subcommand("ask", "put a notice and an empty form beside a project");
  asker->add_option("PROJECT", asked->project, "the project's folder, the one that has logs/")->required();
  add_language(*asker, asked->language);
  asker->add_option("--controller", asked->controller, "who answers for it; without it the notice shows a gap");
  asker->add_option("--contact", asked->contact, "whom to ask; without it the notice shows a gap");
  add_store(*asker, *asked);
  add_wait(*asker, *asked);
  add_json(*asker, *asked);
  asker->footer(
      "Example:\n  qf-dataset consent ask ~/Courses/biology --lang sv --controller 'Example School' --contact "
      "dpo@school.example --store ~/dataset");
  runs(*asker, action, [asked] { return ask(*asked); });

  auto given = std::make_shared<Options>();
  CLI::App* giver = consent.add_subcommand("receipt", "what a person agreed to, for the person");
  giver->add_option("--subject", given->subject, "the person")->required();
  add_language(*giver, given->language);
  add_store(*giver, *given);
  add_json(*giver, *given);
  giver->footer("Example:\n  qf-dataset consent receipt --subject anna --lang sv --store ~/dataset");
  runs(*giver, action, [given] { return receipt(*given); });
}

}  // namespace qf::cli
