#include "qf/run/import_people.h"

#include <optional>

#include "qf/ledger/keys.h"
#include "qf/ledger/suppressions.h"
#include "qf/run/permit.h"

namespace qf {
namespace {

class ErasedFilter {
 public:
  static Result<ErasedFilter> load(const Database& ledger, const std::filesystem::path& key_file) {
    ErasedFilter filter;
    QF_ASSIGN(filter.erased_.tags, load_suppressions(ledger));
    if (filter.erased_.tags.empty()) return filter;
    const auto key = KeyFile::open(key_file);
    if (!key && key.error().code == ErrorCode::kNotFound) return filter;
    if (!key) return tl::unexpected<Error>(key.error());
    QF_ASSIGN(KeyedTag tags, KeyedTag::make(*key));
    filter.tags_.emplace(std::move(tags));
    return filter;
  }
  bool of(std::string_view project, std::string_view subject) const {
    return tags_ && erased_.of(*tags_, project, subject_key(subject));
  }

 private:
  ErasedPeople erased_;
  std::optional<KeyedTag> tags_;
};

}  // namespace

Result<ImportWithoutErased<PeopleImport>> import_register(const Database& ledger, const std::filesystem::path& key_file,
                                                          const std::filesystem::path& csv, std::int64_t now_us) {
  QF_ASSIGN(auto claims, read_people(csv));
  QF_ASSIGN(const ErasedFilter filter, ErasedFilter::load(ledger, key_file));
  ImportWithoutErased<PeopleImport> done;
  done.erased =
      std::erase_if(claims, [&](const ProjectClaim& claim) { return filter.of(claim.project, claim.subject); });
  QF_ASSIGN(done.counts, confirm_owners(ledger, claims, now_us));
  return done;
}

Result<ImportWithoutErased<ConsentImport>> import_agreements(const Database& ledger,
                                                             const std::filesystem::path& key_file,
                                                             const std::filesystem::path& csv, std::int64_t now_us) {
  QF_ASSIGN(auto statements, read_consent_csv(csv, now_us));
  QF_ASSIGN(const ErasedFilter filter, ErasedFilter::load(ledger, key_file));
  ImportWithoutErased<ConsentImport> done;
  done.erased = std::erase_if(statements, [&](const ConsentStatement& one) { return filter.of("", one.subject); });
  QF_ASSIGN(done.counts, record_consent(ledger, statements, now_us));
  return done;
}

Status refuse_erased(const Database& ledger, const std::filesystem::path& key_file, std::string_view subject) {
  QF_ASSIGN(const ErasedFilter filter, ErasedFilter::load(ledger, key_file));
  if (!filter.of("", subject)) return {};
  return failure(ErrorCode::kRefused,
                 "this person was erased from this store and is kept from coming back: nothing was recorded");
}

}  // namespace qf
