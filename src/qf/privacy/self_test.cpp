#include "qf/privacy/self_test.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace qf {
namespace {

// Texts with what has to go between ‹ and ›. People, numbers and addresses are made up; numbers are of the ranges that
// are kept free for this where there are any (PTS: 070-1740605 to 070-1740699; Skatteverket's test numbers).
struct Planted {
  std::string_view name;
  std::string_view text;
};
constexpr std::array<Planted, 24> kPlanted = {{
    {"sv_names", "Jag pratade med ‹Anna Lindqvist› om frågan, och ‹Erik› höll med."},
    {"sv_genitive", "‹Karin Holmgrens› förslag var bättre än det som stod i boken."},
    {"sv_trigger", "Vikarien heter ‹Tova› och tar över provet."},
    {"sv_sign_off", "Tack för hjälpen!\nMvh\n‹Gunilla Åström›"},
    {"en_names", "I asked ‹Margaret Hughes› to look at it before we publish."},
    {"en_title", "Please send the key to Mrs. ‹Thompson› today."},
    {"personnummer", "Personnumret är ‹19900101-9802› enligt listan."},
    {"personnummer_short", "Hon är född ‹900101-9802› och går i trean."},
    {"samordningsnummer", "Han fick ett samordningsnummer: ‹19700161-2386›, sa han."},
    {"t_number", "Tillfälligt nummer ‹20000101-T220› gäller till sommaren."},
    {"organisation", "Fakturan går till ‹556703-7485›."},
    {"phone_mobile", "Ring mig på ‹070-174 06 35› efter lunch."},
    {"phone_area", "Växeln svarar på ‹08-465 004 00›."},
    {"phone_international", "My number is ‹+44 20 7946 0958›."},
    {"email", "Skriv till ‹ulla.berg@skolan.example.se› med rättningen."},
    {"email_spoken", "Min adress är ‹anna punkt lind at skolan punkt se›."},
    {"email_percent", "Länken var mailto ‹anna%40skolan.se› tror jag."},
    {"zero_width", "Numret ‹1990​0101-9802› stod i marginalen."},
    {"full_width", "Numret ‹１９９００１０１-９８０２› stod i marginalen."},
    {"iban", "Kontot är ‹SE45 5000 0000 0583 9825 7466›."},
    {"card", "The card is ‹4111 1111 1111 1111›."},
    {"address", "Paketet ska till ‹Storgatan 12, 123 45 Umeå› på fredag."},
    {"ip_and_path", "Felet kom från ‹192.0.2.17› i filen ‹/Users/anna/Kurser/prov.md›."},
    {"secret", "Lösenordet: ‹hunter2!› fungerar inte längre."},
}};

constexpr std::array<std::string_view, 8> kInnocent = {
    "Frågan är för svår för den här nivån, så jag sänkte den ett steg.",
    "Beräkna medelvärdet av 12, 15, 18 och 21.",
    "The distractors were too easy to rule out.",
    "Svaret finns i kapitel 4, sidan 112, och figuren är från 2019.",
    "Alternativet är rätt, men boken använder en annan definition.",
    "Vilket år började kriget, 1914 eller 1939?",
    "Explain why the rate doubles when the temperature rises by 10 degrees.",
    "Jag la till en mening om varför resultatet är rimligt: 3 + 4 = 7.",
};

constexpr std::string_view kOpen = "‹", kClose = "›";

}  // namespace

SelfTestResult redaction_self_test(RedactionProfile profile) {
  SelfTestResult result;
  const auto redactor = Redactor::make({profile, {}, {}});
  if (!redactor) return result;
  bool stable = true;
  for (const Planted& one : kPlanted) {
    // The text without its marks, and where the values stand in it.
    std::string text;
    std::vector<std::pair<std::size_t, std::size_t>> values;
    for (std::size_t at = 0; at < one.text.size();) {
      if (one.text.substr(at, kOpen.size()) == kOpen) {
        values.emplace_back(text.size(), 0);
        at += kOpen.size();
      } else if (one.text.substr(at, kClose.size()) == kClose) {
        values.back().second = text.size();
        at += kClose.size();
      } else {
        text.push_back(one.text[at++]);
      }
    }
    const Redaction redaction = redactor->redact(text);
    stable = stable && redactor->redact(redaction.text).text == redaction.text;
    for (const auto& [begin, end] : values) {
      ++result.planted;
      std::size_t masked = begin;
      for (const RedactionSpan& span : redaction.spans)
        if (span.begin <= masked && span.end > masked) masked = span.end;
      if (masked >= end)
        ++result.covered;
      else
        result.missed.push_back(fmt::format("{} at byte {}", one.name, begin));
    }
  }
  for (const std::string_view text : kInnocent) {
    ++result.innocent;
    if (redactor->redact(text).text == text)
      ++result.untouched;
    else
      result.missed.push_back(fmt::format("innocent text {} was masked", result.innocent));
  }
  result.passed = stable && result.recall() >= kSelfTestFloor && result.untouched == result.innocent;
  return result;
}

}  // namespace qf
