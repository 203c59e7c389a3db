#include "qf/describe/reason_words.h"

#include <array>

namespace qf {
namespace {

// In the order of the enum.
constexpr std::array<std::string_view, kDropReasonCount> kSwedish = {
    "lämnas med",
    "inget samtycke är registrerat",
    "personen har tackat nej",
    "personen har tagit tillbaka sitt samtycke",
    "samtycket har löpt ut",
    "händelsen ligger utanför den tid som personen samtyckt till",
    "samma text finns i en annan delmängd",
    "ingen tidpunkt finns, så inget samtycke kan täcka händelsen",
    "personen är raderad; inget av dess uppgifter kommer tillbaka",
    "personen har inte samtyckt till att dela med denna mottagarkrets",
    "det är bara gissat vems uppgifterna är, och gissningar lämnar inte huset",
    "flera personuppgiftsansvariga finns och ingen är utpekad för personen",
    "den personuppgiftsansvarige har inte godkänt denna mottagarkrets",
    "för få personer delar det som raden säger om sitt ursprung",
    "filen consent.json går inte att läsa, och den kan återkalla det som är registrerat",
};

}  // namespace

std::string reason_in_words(DropReason reason, std::string_view language) {
  if (language == "sv") return std::string(kSwedish[static_cast<std::size_t>(reason)]);
  return std::string(reason == DropReason::kNone ? "kept" : text_of(reason).meaning);
}

std::string reason_in_words(std::string_view name, std::string_view language) {
  for (std::size_t i = 0; i < kDropReasonCount; ++i)
    if (text_of(static_cast<DropReason>(i)).name == name) return reason_in_words(static_cast<DropReason>(i), language);
  return std::string(name);
}

}  // namespace qf
