#include "qf/privacy/lines.h"

#include <algorithm>

#include "qf/privacy/word_lists.h"

namespace qf {

LineSigns read_lines(const Tokens& tokens) {
  static const WordSet swedish(
      "och|att|det|som|på|är|för|med|den|av|inte|till|ett|en|har|jag|du|vi|han|hon|men|om|var|sig|från|så|kan|när|"
      "ska|eller|vid|efter|nu|under|blir|vad|hur|mvh|hej");
  static const WordSet english(
      "the|of|and|to|is|that|it|you|with|on|are|this|have|be|was|not|we|he|she|they|at|or|by|as|your|my|from|will|"
      "can|what|which|would|has|had|but|if|do|hi|dear|thanks|please");
  struct Line {
    std::size_t from, to;
    int balance;
    bool heading;
  };
  const auto& all = tokens.all;
  std::vector<Line> lines;
  int balance_of_all = 0;
  for (std::size_t from = 0, to = 0; from < all.size(); from = to) {
    int balance = 0;
    std::size_t words = 0, capitals = 0;
    do {
      if (!all[to].word()) continue;
      balance += english.holds(all[to].hash) ? 1 : 0;
      balance -= swedish.holds(all[to].hash) ? 1 : 0;
      if (all[to].letters < 4) continue;
      ++words;
      capitals += all[to].has(kCapital) ? 1U : 0U;
    } while (++to < all.size() && !all[to].has(kAfterNewline));
    lines.push_back({from, to, balance, words >= 4 && capitals * 10 >= words * 7});
    balance_of_all += balance;
  }
  if (balance_of_all == 0)
    for (std::size_t i = 0; i < all.size() && i < 200; ++i)
      if (all[i].word()) {
        const std::uint8_t bits = word_bits(all[i].hash);
        balance_of_all += (bits & kEnglishWord) != 0 ? 1 : 0;
        balance_of_all -= (bits & kSwedishWord) != 0 ? 1 : 0;
      }
  LineSigns signs{std::vector<bool>(all.size()), std::vector<bool>(all.size())};
  for (const Line& line : lines) {
    const auto mark = [&](std::vector<bool>& tokens_of) {
      std::fill(tokens_of.begin() + static_cast<std::ptrdiff_t>(line.from),
                tokens_of.begin() + static_cast<std::ptrdiff_t>(line.to), true);
    };
    if (line.balance > 0 || (line.balance == 0 && balance_of_all > 0)) mark(signs.english);
    if (line.heading) mark(signs.heading);
  }
  return signs;
}

}  // namespace qf
