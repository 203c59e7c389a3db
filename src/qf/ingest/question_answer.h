// The options of a question, to be found by what its answer says. Inside ingest only.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qf {

class AnswerKey {
 public:
  // `letters` has the capital letter that each option was listed under, or 0. It must outlive the key.
  AnswerKey(std::span<const std::string> options, std::span<const char> letters);

  // The options that an answer names: "B", "B) text", an option's own text, or a list of such ("A, C", lines
  // of "- A"). Empty where a part of it is no option. Below a first line that names one there may be an explanation.
  std::vector<std::size_t> places_of(std::string_view answer) const;

 private:
  std::optional<std::size_t> place_of_letter(char letter) const;
  std::optional<std::size_t> place_of(std::string_view answer) const;

  std::size_t count_;
  std::span<const char> letters_;
  std::map<std::string, std::size_t, std::less<>> by_text_;  // as normalised for comparison
};

}  // namespace qf
