#include "qf/ingest/question_answer.h"

#include <algorithm>

#include "qf/core/text.h"
#include "qf/ingest/question_lines.h"

namespace qf {

AnswerKey::AnswerKey(std::span<const std::string> options, std::span<const char> letters)
    : count_(options.size()), letters_(letters) {
  std::string text;
  for (std::size_t i = 0; i < options.size(); ++i) {
    normalise_for_comparison(options[i], text);
    by_text_.emplace(text, i);
  }
}

std::vector<std::size_t> AnswerKey::places_of(std::string_view answer) const {
  if (const auto whole = place_of(answer)) return {*whole};
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at <= answer.size();) {
    const std::size_t end = std::min(answer.find_first_of(",;\n", at), answer.size());
    std::string_view part = without_space(answer.substr(at, end - at));
    if (part.starts_with("- ") || part.starts_with("* ")) part = without_space(part.substr(2));
    at = end + 1;
    if (part.empty()) continue;
    const auto place = place_of(part);
    if (!place) {
      places.clear();
      break;
    }
    places.push_back(*place);
  }
  const std::size_t first_line = answer.find('\n');
  if (places.empty() && first_line != std::string_view::npos)
    if (const auto place = place_of(without_space(answer.substr(0, first_line)))) places.push_back(*place);
  return places;
}

std::optional<std::size_t> AnswerKey::place_of_letter(char letter) const {
  if (letter >= 'a') letter = static_cast<char>(letter - 0x20);
  const auto found = std::find(letters_.begin(), letters_.end(), letter);
  if (found != letters_.end()) return static_cast<std::size_t>(found - letters_.begin());
  // Options without letters of their own have them by their order.
  const bool lettered = std::any_of(letters_.begin(), letters_.end(), [](char c) { return c != '\0'; });
  const auto place = static_cast<std::size_t>(letter - 'A');
  if (lettered || place >= count_) return std::nullopt;
  return place;
}

std::optional<std::size_t> AnswerKey::place_of(std::string_view answer) const {
  std::string_view mark = unmarked(answer);
  if (mark.size() == 2 && (mark[1] == '.' || mark[1] == ')')) mark.remove_suffix(1);
  const bool one = mark.size() == 1;
  if (one && ((mark[0] >= 'a' && mark[0] <= 'z') || (mark[0] >= 'A' && mark[0] <= 'Z')))
    if (const auto place = place_of_letter(mark[0])) return place;
  std::string text;
  normalise_for_comparison(answer, text);
  if (const auto found = by_text_.find(text); found != by_text_.end()) return found->second;
  // "B) text": the letter decides, whatever became of the text.
  if (const auto line = option_line(answer); line && line->letter != '\0') return place_of_letter(line->letter);
  if (one && mark[0] >= '1' && mark[0] <= '9' && static_cast<std::size_t>(mark[0] - '1') < count_)
    return static_cast<std::size_t>(mark[0] - '1');
  return std::nullopt;
}

}  // namespace qf
