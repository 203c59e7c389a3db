// What each person agreed to, when and for which period: an append-only list of statements, and the view
// of it that a build works with.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/database.h"
#include "qf/ledger/people.h"

namespace qf {

enum class Scope : std::uint8_t {
  kModelTraining,  // needed for every row
  kQuestionText,
  kCorrectionText,
  kRationaleText,
  kShareInternal,
  kShareExternal,
};
inline constexpr std::size_t kScopeCount = 6;

enum class ConsentStatus : std::uint8_t { kGiven, kRefused, kWithdrawn };

std::string_view to_string(Scope scope);
std::string_view to_string(ConsentStatus status);
std::optional<Scope> parse_scope(std::string_view name);
// All scope names in the order of the enum.
std::span<const std::string_view> scope_names();

// One statement of a person about one scope. Times are microseconds since 1970 in UTC. For a withdrawal
// given_at_us is when it takes effect.
struct ConsentStatement {
  std::string subject;
  Scope scope = Scope::kModelTraining;
  ConsentStatus status = ConsentStatus::kGiven;
  std::int64_t given_at_us = 0;
  std::int64_t covers_from_us = 0;                           // the first instant of events that it covers
  std::optional<std::int64_t> expires_at_us = std::nullopt;  // the first instant at which it no longer holds
  std::string method{};
  std::string evidence{};
  std::string recorded_by{};
  std::string notice{};
};

// A statement as the ledger holds it; ids grow in the order of recording.
struct ConsentEvent {
  std::int64_t id = 0;
  ConsentStatement statement;
  std::int64_t recorded_at_us = 0;
};

struct ConsentImport {
  std::size_t recorded = 0;
  std::size_t known = 0;  // the very same statements, recorded before
};

// Reads CSV with the columns subject, scope, status, given_at (needed), covers_from, expires_at, method,
// evidence, recorded_by, notice. Several scopes are separated by `;` and become a statement each; times
// are YYYY-MM-DD (its first instant in UTC) or RFC 3339; an empty covers_from is given_at.
// kInvalidInput names file, line, column and, for a name we do not know, the nearest one.
// With `now_us`, a statement given more than a day later is refused.
Result<std::vector<ConsentStatement>> parse_consent_csv(std::string_view content, std::string_view name,
                                                        std::optional<std::int64_t> now_us = std::nullopt);
// The same of a file; kNotFound where there is none.
Result<std::vector<ConsentStatement>> read_consent_csv(const std::filesystem::path& csv,
                                                       std::optional<std::int64_t> now_us = std::nullopt);

// Reads a project's consent.json (schemas/consent.schema.json); unknown members are errors. It comes from
// the project's folder: the caller decides whether its subject is that project's owner.
Result<std::vector<ConsentStatement>> parse_consent_json(std::string_view content, std::string_view name,
                                                         std::optional<std::int64_t> now_us = std::nullopt);

// Appends all the statements or none. kInvalidInput for an impossible name, period or text.
Result<ConsentImport> record_consent(const Database& database, std::span<const ConsentStatement> statements,
                                     std::int64_t recorded_at_us);

// Puts statements on record again that the audit log, taken over from another ledger, tells of; no entries are made.
Status restore_consent(const Database& database, std::span<const ConsentEvent> told);

// One person's agreement to `scopes`, everything but subject and scope being taken from `terms`.
Result<ConsentImport> give_consent(const Database& database, std::string_view subject, std::span<const Scope> scopes,
                                   const ConsentStatement& terms, std::int64_t recorded_at_us);
// One person's withdrawal, in effect from `withdrawn_at_us`; `method` as in consent_states.h, or how it was said. Never
// refused for want of an earlier statement.
Result<ConsentImport> withdraw_consent(const Database& database, std::string_view subject,
                                       std::span<const Scope> scopes, std::int64_t withdrawn_at_us,
                                       std::string_view method, std::string_view recorded_by,
                                       std::int64_t recorded_at_us);

// All statements in the order of recording; with `subject`, those of that person.
Result<std::vector<ConsentEvent>> list_consent(const Database& database,
                                               std::optional<std::string_view> subject = std::nullopt);

enum class ConsentReason : std::uint8_t { kGiven, kNoRecord, kRefused, kWithdrawn, kExpired, kOutsidePeriod };
inline constexpr std::size_t kConsentReasonCount = 6;
std::string_view to_string(ConsentReason reason);

struct Permission {
  bool allowed = false;
  ConsentReason reason = ConsentReason::kNoRecord;
};

// The register and the consent in force at one instant: what a build depends on. It does not change and
// may be read from several threads at once.
class LedgerView {
 public:
  // The state at `as_of_us`, read in one transaction.
  static Result<LedgerView> load(const Database& database, std::int64_t as_of_us);
  // The same of given parts; of statements with one given_at_us, the later in `events` counts.
  static LedgerView from(std::span<const ProjectOwner> owners, std::span<const ConsentEvent> events,
                         std::int64_t as_of_us);

  // The confirmed owner, or null where the register does not know the project. Lives as long as the view.
  const ProjectOwner* owner(std::string_view project) const;

  // Whether an event of `event_time_us` may be used under `scope`: the last statement made by the as-of
  // instant permits, and the event lies between covers_from and the expiry (which is outside). The person
  // is named by subject_key().
  Permission may_use(std::string_view subject_key, Scope scope, std::int64_t event_time_us) const;

  // The same for any time: the state, and where it is kGiven the period of events that it covers.
  struct Period {
    ConsentReason state = ConsentReason::kNoRecord;
    std::int64_t covers_from_us = 0;
    std::int64_t ends_at_us = 0;  // the first instant after the period
    Permission at(std::int64_t event_time_us) const {
      if (state != ConsentReason::kGiven) return {false, state};
      if (event_time_us < covers_from_us || event_time_us >= ends_at_us) return {false, ConsentReason::kOutsidePeriod};
      return {true, ConsentReason::kGiven};
    }
  };
  Period period(std::string_view subject_key, Scope scope) const;

  // Appends what may_use() can answer for a person, in one form for equal answers, whatever statements and
  // as-of instant led to them.
  void append_canonical(std::string& out, std::string_view subject_key) const;

  // The same view, but with nothing allowed that `now` does not allow: what may be used to build an old version again.
  LedgerView narrowed_by(const LedgerView& now) const;
  // How many people that takes anything from.
  std::size_t narrowed_to_fewer(const LedgerView& now) const;

  std::int64_t as_of_us() const { return as_of_us_; }

 private:
  using Scopes = std::array<Period, kScopeCount>;
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  template <class T>
  using ByText = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

  ByText<ProjectOwner> owners_;
  ByText<Scopes> consent_;
  std::int64_t as_of_us_ = 0;
};

}  // namespace qf
