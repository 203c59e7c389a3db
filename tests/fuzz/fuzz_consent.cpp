// Any bytes as a table of consent or of people, and as a project's consent.json.
#include "fuzz/fuzzed.h"
#include "qf/ledger/consent.h"
#include "qf/ledger/people.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace qf;
  const std::string_view text = as_text(data, size);
  if (const auto statements = parse_consent_csv(text, "fuzzed.csv"))
    for (const ConsentStatement& one : *statements) must(!one.subject.empty());
  if (const auto statements = parse_consent_json(text, "consent.json"))
    for (const ConsentStatement& one : *statements) must(!one.subject.empty());
  (void)parse_people(text, "fuzzed.csv");
  return 0;
}
