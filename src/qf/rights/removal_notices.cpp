#include "qf/rights/removal_notices.h"

#include <fmt/format.h>

#include <algorithm>

#include "qf/ledger/mentions.h"
#include "qf/ledger/versions.h"

namespace qf {

Result<RemovalNotices> notices_owed(const Database& ledger, const std::vector<std::string>& versions) {
  QF_ASSIGN(const auto recipients, list_recipients(ledger));
  QF_ASSIGN(const auto published, load_versions(ledger));
  RemovalNotices owed;
  for (const Recipient& one : recipients) {
    const std::string version = one.audience + "/" + one.version;
    const bool named = std::find(versions.begin(), versions.end(), version) != versions.end();
    // Whatever removed a version left no record of who was in it.
    const bool unknown = std::any_of(published.begin(), published.end(), [&](const VersionFacts& facts) {
      return to_string(facts.audience) == one.audience && to_string(facts.version) == one.version &&
             facts.removed_at_us;
    });
    if (!named && !unknown) continue;
    owed.notices.push_back({one.id, one.name, one.contact, version, one.export_name, named});
    for (const std::string& model : one.models) owed.models.push_back({model, version, one.name});
  }
  return owed;
}

Result<RemovalNotices> owed_for_withdrawal(const Database& ledger, const std::vector<std::string>& versions) {
  if (versions.empty()) return RemovalNotices();
  QF_ASSIGN(RemovalNotices owed, notices_owed(ledger, versions));
  std::erase_if(owed.notices, [](const RemovalNotice& one) { return !one.certain; });
  std::erase_if(owed.models, [&](const ConcernedModel& one) {
    return std::find(versions.begin(), versions.end(), one.version) == versions.end();
  });
  return owed;
}

std::string notices_text(const RemovalNotices& owed, std::string_view day, std::string_view feed) {
  std::string text = fmt::format("# Underrättelser enligt artikel 19 / Notices under Article 19\n\n{}\n", day);
  if (owed.notices.empty()) text += "\nIngen är registrerad som mottagare. / Nobody is on record as a recipient.\n";
  for (const RemovalNotice& one : owed.notices) {
    const std::string what = one.export_name.empty() ? one.version : one.version + " (" + one.export_name + ")";
    text += fmt::format("\n## {} · {}\n\n", one.name, one.contact);
    if (one.name.find(kErasedName) != std::string::npos || one.contact.find(kErasedName) != std::string::npos)
      text +=
          "Mottagaren eller adressen bar den raderade personens namn. Den som raderade fick se den en gång, och här "
          "finns den inte kvar. / The recipient or the address bore the name of the erased person. It was shown once, "
          "to "
          "whoever erased, and is kept here no longer.\n\n";
    if (one.certain)
      text += fmt::format(
          "Ni har fått {0}. En person vars uppgifter ingick har raderats, och utgåvan är återkallad. Ta bort de rader "
          "som `{1}` anger, ur alla kopior, också säkerhetskopior och det som härletts ur dem, och bekräfta att det är "
          "gjort: `qf-dataset verify --tombstones {1} KOPIA --delete`. Har ni lämnat uppgifterna vidare, underrätta "
          "mottagarna.\n\n"
          "You were given {0}. A person whose data was in it has been erased, and the version is revoked. Take the "
          "rows "
          "that `{1}` names out of every copy, backups and what was derived from them included, and confirm that it is "
          "done: `qf-dataset verify --tombstones {1} COPY --delete`. If you passed the data on, tell whoever got it.\n",
          what, feed);
    else
      text += fmt::format(
          "Ni har fått {0}. En person har raderats; det går inte längre att avgöra om personens uppgifter ingick i den "
          "utgåvan, som är borttagen hos oss. Ta bort den och ersätt den med en nyare.\n\n"
          "You were given {0}. A person has been erased; it can no longer be told whether that person's data was in "
          "this version, which is no longer kept here. Remove it, and use a newer one instead.\n",
          what);
  }
  if (!owed.models.empty()) {
    text += "\n## Modeller / Models\n\nTränade på det som togs tillbaka. / Trained on what was taken back.\n\n";
    for (const ConcernedModel& one : owed.models)
      text += fmt::format("- {} · {} · {}\n", one.model, one.version, one.recipient);
  }
  return text;
}

}  // namespace qf
