// How fast texts are redacted, in megabytes of text a second on one core; checks what was masked.
//
//   redact_bench [FILE]      the lines of FILE as texts; without, made-up notes of teachers in Swedish and English
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include "qf/privacy/redactor.h"

namespace {

// Notes and questions as teachers write them: of 20, three hold something to mask.
std::vector<std::string> made_up_texts(std::size_t count) {
  constexpr std::array<std::string_view, 20> kTexts = {
      "Frågan är för svår för den här nivån, så jag sänkte den ett steg och tog bort det andra alternativet.",
      "Vilket av följande påståenden om cellens energiomsättning är korrekt? Motivera kort varför de andra är fel.",
      "The distractors were too easy to rule out, and two of them said the same thing in different words.",
      "Eleven ska kunna förklara hur fotosyntesen påverkas av ljusets våglängd och ge ett exempel från laborationen.",
      "Anna Lindqvist tyckte att formuleringen var otydlig, så jag skrev om den.",
      "Behåller Bloom-nivån. Svaret finns i kapitel 4, och bilden på sidan 112 visar samma sak.",
      "Explain in your own words why the reaction rate doubles when the temperature rises by ten degrees.",
      "Bytte ordning på alternativen eftersom det rätta svaret alltid stod först i de tidigare frågorna.",
      "Beräkna medelvärdet av 12, 15, 18 och 21 och jämför med medianen.",
      "Alternativet är tekniskt sett rätt, men boken använder en annan definition av begreppet.",
      "Jag håller inte med om förslaget: frågan mäter läsförståelse, inte det som kursmålet handlar om.",
      "Which of these statements about supply and demand follows from the graph on the previous page?",
      "Ring mig på 070-174 06 35 om något är oklart innan provet.",
      "Nivån stämmer med centralt innehåll. Jag la till en mening om varför resultatet är rimligt.",
      "Too long; split into two questions, one on the definition and one on the application.",
      "Vad innebär det att en population är i jämvikt, och vilka villkor måste vara uppfyllda?",
      "Skickat till ulla.berg@skolan.example för granskning, hon hade inga synpunkter på rättningsmallen.",
      "Poängen sänktes från tre till två, eftersom den sista delen inte krävde något resonemang.",
      "Texten är kortad men innehållet är detsamma. Rättningsanvisningen behöver inte ändras.",
      "Good question, keep it as it is."};
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i) texts.emplace_back(kTexts[i % kTexts.size()]);
  return texts;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> texts;
  if (argc > 1) {
    std::ifstream file(argv[1]);
    for (std::string line; std::getline(file, line);) texts.push_back(line);
  } else {
    texts = made_up_texts(100'000);
  }
  bool right = !texts.empty();
  for (const qf::RedactionProfile profile : {qf::RedactionProfile::kStrict, qf::RedactionProfile::kContent}) {
    const auto redactor = qf::Redactor::make({profile, {}, {}});
    if (!redactor) return 2;
    redactor->redact("Anna");  // the lists are unpacked once
    std::size_t bytes = 0, spans = 0;
    const auto start = std::chrono::steady_clock::now();
    for (const std::string& text : texts) {
      spans += redactor->redact(text).spans.size();
      bytes += text.size();
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    fmt::print("{:8} {:6.1f} MB/s, {} texts, {} spans\n", qf::to_string(profile),
               static_cast<double>(bytes) / 1e6 / seconds, texts.size(), spans);
    // The three texts that hold something, and few others: strict masks words it does not know.
    if (argc == 1) right = right && spans >= texts.size() / 20 * 3 && spans <= texts.size() / 20 * 6;
  }
  if (!right) fmt::print(stderr, "redact_bench: not what should have been masked\n");
  return right ? 0 : 1;
}
