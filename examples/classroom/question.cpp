// Making questions, changing them, and writing them as QFMD 6.5.
#include "question.h"

#include <fmt/format.h>

#include <array>

namespace classroom {
namespace {

constexpr std::array<std::string_view, 5> kTypeCodes = {"MC", "MR", "TF", "TE", "ES"};

// Longer ones are cut down to their first sentence at the next change, or they would grow without end.
constexpr std::size_t kLongText = 200;

void field(std::string& out, std::string_view name, std::string_view body) {
  out += fmt::format("@field: {}\n{}\n@end_field\n\n", name, body);
}

}  // namespace

std::string question_sentence(const Subject& subject, Language language, Random& random) {
  std::string out;
  const Phrases& with = phrases(language);
  compose(out, random.pick(with.questions), subject.lexicon(language), random);
  if (random.chance(45)) out += random.pick(with.endings);
  return out;
}

Question make_question(const Subject& subject, Language language, std::size_t number, bool long_id, Random& random) {
  Question question;
  const Lexicon& words = subject.lexicon(language);
  const Phrases& with = phrases(language);
  question.type = random.below(10) < 5 ? 0 : random.below(kQuestionTypes.size());
  question.bloom = random.below(5);
  question.difficulty = random.below(3);
  question.points = random.between(1, 3);
  question.id = long_id ? fmt::format("{}_{}_Q{:03}", subject.course, kTypeCodes[question.type], number)
                        : fmt::format("Q{:03}", number);
  compose(question.title, random.below(2) == 0 ? "%t" : "%f", words, random);
  const std::size_t shared = random.below(kSharedOneIn * kSharedTexts);
  if (shared < kSharedTexts) {
    Random bank(shared, subject.key, static_cast<std::uint64_t>(language));
    question.text = question_sentence(subject, language, bank);
  } else {
    question.text = question_sentence(subject, language, random);
  }
  for (auto& option : question.options) compose(option, random.pick(with.options), words, random);
  question.answer = std::string(1, static_cast<char>('A' + random.below(question.options.size())));
  compose(question.correct_feedback, random.pick(with.correct_feedback), words, random);
  compose(question.incorrect_feedback, random.pick(with.incorrect_feedback), words, random);
  return question;
}

std::string revised_text(std::string_view text, const Subject& subject, Language language, Random& random) {
  std::string out;
  const std::size_t end = text.find_first_of(".?");
  const bool has_ending = end != std::string_view::npos && end + 1 < text.size();
  if (has_ending && text.size() > kLongText) return std::string(text.substr(0, end + 1));
  switch (random.below(5)) {
    case 0: return question_sentence(subject, language, random);
    case 1:
      compose(out, language == Language::kSwedish ? "tänk på %s." : "think of %s.", subject.lexicon(language), random);
      return fmt::format("{} {}", out, text);
    case 2:
      if (has_ending) return std::string(text.substr(0, end + 1));
      [[fallthrough]];
    default:
      out = text;
      for (std::string_view ending = random.pick(phrases(language).endings);;
           ending = random.pick(phrases(language).endings)) {
        if (out.ends_with(ending)) continue;
        return out.append(ending);
      }
  }
}

std::string question_file(const std::vector<Question>& questions, const Subject& subject, Language language) {
  std::string out;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const Question& question = questions[i];
    out += fmt::format("# Q{:03} {}\n\n^question Q{:03}\n^type {}\n^identifier {}\n^title {}\n^points {}\n", i + 1,
                       question.title, i + 1, question.type_name(), question.id, question.title, question.points);
    out += fmt::format("^labels #{} #{} #{} #{}\n^language {}\n\n", subject.course, subject.key, question.bloom_name(),
                       question.difficulty_name(), language == Language::kSwedish ? "sv" : "en");
    field(out, "question_text", question.text);
    if (question.type < 2) {
      std::string options;
      for (std::size_t k = 0; k < question.options.size(); ++k)
        options += fmt::format("{}{}. {}", k == 0 ? "" : "\n", static_cast<char>('A' + k), question.options[k]);
      field(out, "options", options);
      field(out, question.type == 0 ? "answer" : "correct_answers", question.answer);
    } else {
      field(out, "answer", question.type == 2 ? "True" : question.options[0]);
    }
    out += fmt::format(
        "@field: feedback\n@@field: correct_feedback\n{}\n@@end_field\n@@field: incorrect_feedback\n{}\n"
        "@@end_field\n@end_field\n\n---\n\n",
        question.correct_feedback, question.incorrect_feedback);
  }
  return out;
}

}  // namespace classroom
