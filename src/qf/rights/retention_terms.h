// How long each kind of data is kept, unless the controller decides otherwise: the periods of Article 30(1)(f), which
// the GDPR asks for and no source fixes.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "qf/core/instant.h"

namespace qf {

struct RetentionTerm {
  std::string_view name;
  std::string_view period_en, period_sv;
  std::string_view then_en, then_sv;
};

inline constexpr std::array<RetentionTerm, 9> kRetentionTerms = {{
    {"source_log", "end of term + 90 days, at most 400 days", "terminens slut + 90 dagar, högst 400 dagar",
     "their holder reduces or destroys them; this program never touches them",
     "den som har dem minskar eller förstör dem; programmet rör dem aldrig"},
    {"staging", "30 days", "30 dagar", "destroyed", "förstörs"},
    {"quarantine", "14 days to review", "14 dagar för granskning", "destroyed", "förstörs"},
    {"salt", "as long as its version + 90 days", "så länge som dess version + 90 dagar", "destroyed", "förstörs"},
    {"version", "reviewed after 12 months, retired after 24", "granskas efter 12 månader, avslutas efter 24",
     "revoked, its files destroyed", "återkallas, dess filer förstörs"},
    {"consent", "as long as the processing + 3 years", "så länge behandlingen pågår + 3 år", "reduced to numbers",
     "minskas till antal"},
    {"audit",
     "3 years; until then, or until a person is erased, entries name people, whoever recorded something, and "
     "recipients "
     "with their contacts in plain text",
     "3 år; till dess, eller tills en person raderas, står personer, de som registrerat något och mottagare med "
     "kontaktuppgifter i klartext i posterna",
     "what entries say is destroyed, the chain stays", "det posterna säger förstörs, kedjan står kvar"},
    {"access_package", "30 days", "30 dagar", "listed for its holder to destroy",
     "listas, den som har det förstör det"},
    {"backup", "35 days", "35 dagar", "their holder destroys them; this program knows of none",
     "den som har dem förstör dem; programmet känner inte till några"},
}};

inline constexpr std::int64_t kStagingUs = 30 * kDayUs, kQuarantineUs = 14 * kDayUs, kSaltUs = 90 * kDayUs,
                              kAccessPackageUs = 30 * kDayUs, kAnswerUs = 30 * kDayUs, kLogAfterTermUs = 90 * kDayUs,
                              kLogMostUs = 400 * kDayUs, kReviewUs = 365 * kDayUs, kRetireUs = 730 * kDayUs;

// When the holder of a log should have reduced it. Counted from its last event, wherever that is shown; from the file's
// last change only where no line of it says when it was, since a copy has a new one. Nothing where it cannot be read.
std::optional<std::int64_t> log_due_us(const std::filesystem::path& log);

// When a file was last changed; nothing where it cannot be looked at.
std::optional<std::int64_t> changed_us(const std::filesystem::path& file);

// The last instant of the Swedish school term (January to June, July to December) that an instant lies in.
std::int64_t end_of_term_us(std::int64_t at_us);

}  // namespace qf
