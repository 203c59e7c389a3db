#include "qf/ingest/question_file.h"

#include <algorithm>
#include <utility>

#include "qf/core/text.h"
#include "qf/core/vocabulary.h"
#include "qf/ingest/question_answer.h"
#include "qf/ingest/question_lines.h"

namespace qf {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::optional<std::string_view> field_name(std::string_view written) {
  return canonical(Vocabulary::kFieldName, written);
}

// Text of several lines: no empty ones at its ends, no white space at theirs.
class Lines {
 public:
  void add(std::string_view line) {
    while (!line.empty() && is_space(line.back())) line.remove_suffix(1);
    if (text_.empty() && line.empty()) return;
    for (; empty_lines_ > 0 && !line.empty(); --empty_lines_) text_.push_back('\n');
    if (line.empty()) {
      ++empty_lines_;
      return;
    }
    if (!text_.empty()) text_.push_back('\n');
    text_ += line;
  }
  std::string take() {
    empty_lines_ = 0;
    return std::exchange(text_, {});
  }

 private:
  std::string text_;
  std::size_t empty_lines_ = 0;
};

class Parser {
 public:
  explicit Parser(QuestionFileProblems& problems) : problems_(problems) {}

  void line(std::string_view raw, std::uint64_t number) {
    number_ = number;
    const std::string_view line = without_space(raw);
    if (auto found = header_line(line)) {
      begin_question(std::move(*found));
      return;
    }
    if (line.starts_with("@end_field") || line == "@end") return end_field(false);
    if (line.starts_with("@@end_field") || line == "@@end") return end_field(true);
    if (line.starts_with("@@field")) {
      if (fenced()) ++depth_;
      return begin_section(Section::kOther);
    }
    // Only a word can stand behind the name of a field; "@fields of wheat" is content.
    if (line.starts_with("@field") && (line.size() == 6 || line[6] == ':' || line[6] == ' ')) {
      std::string_view name = without_space(line.substr(6));
      if (name.starts_with(":")) name = without_space(name.substr(1));
      return begin_field(name);
    }
    if (const auto said = metadata_line(line); said && take_metadata(*said, false)) return;
    if (const auto said = bold_line(line); said && take_metadata(*said, true)) return;
    if (const auto heading = heading_line(line)) {
      // In older files nothing but the next heading ends a field.
      const auto field = field_name(*heading);
      if (field || !fenced()) return begin_loose(field.value_or(""), "");
    }
    if (line.size() >= 3 && line.find_first_not_of('-') == std::string_view::npos) {
      if (!fenced()) return begin_section(Section::kNone);
      held_rule_ = true;
      return;
    }
    if (section_ == Section::kText && take_label_line(line)) return;
    if (held_rule_ && line.empty()) return;
    if (std::exchange(held_rule_, false)) content("---", "---");
    content(raw, line);
  }

  std::vector<QuestionVersion> finish() {
    end_question();
    return std::move(questions_);
  }

 private:
  enum class Section : std::uint8_t { kNone, kText, kOptions, kAnswer, kLabels, kOther };

  bool fenced() const { return depth_ > 0; }

  void begin_question(QuestionHeader found) {
    end_question();
    now_.question_id = std::move(found.id);
    if (!found.title.empty()) now_.title = std::string(found.title);
    begun_at_ = number_;
  }

  void end_question() {
    if (fenced()) problems_.add(QuestionFileProblem::kUnclosedField, field_at_);
    begin_section(Section::kNone);
    depth_ = 0;
    held_rule_ = false;  // the rule between two questions is no part of a text that nothing ended
    if (!now_.text) now_.text = std::move(asked_);
    const bool is_question = !now_.question_id.empty() || !now_.identifier.empty() || now_.text;
    if (is_question) {
      if (now_.question_id.empty()) problems_.add(QuestionFileProblem::kMissingHeader, begun_at_);
      if (!now_.text) problems_.add(QuestionFileProblem::kMissingText, begun_at_);
      place_answer();
      questions_.push_back(std::move(now_));
    }
    now_ = {};
    right_.clear();
    letters_.clear();
    answer_.reset();
    asked_.reset();
    begun_at_ = 0;
  }

  static Section section_of(std::string_view field) {
    if (field == "question_text") return Section::kText;
    if (field == "options") return Section::kOptions;
    if (field == "answer" || field == "correct_answers") return Section::kAnswer;
    if (field == "labels") return Section::kLabels;
    return Section::kOther;
  }

  // Ends the section before and keeps what it held. The first text of a question is its text.
  void begin_section(Section next) {
    std::string held = lines_.take();
    // A heading above a field holds nothing and says nothing; an empty field says that the text is empty.
    if (is_field_ || !held.empty()) {
      if (section_ == Section::kText && !now_.text)
        now_.text = std::move(held);
      else if (section_ == Section::kAnswer && !answer_)
        answer_ = std::move(held);
    }
    section_ = next;
    is_field_ = fenced();
  }

  void begin_field(std::string_view name) {
    if (fenced()) problems_.add(QuestionFileProblem::kUnclosedField, field_at_);
    held_rule_ = false;
    depth_ = 1;
    field_at_ = number_;
    begin_section(section_of(field_name(name).value_or(name)));
  }

  void end_field(bool inner) {
    if (!fenced()) return problems_.add(QuestionFileProblem::kStrayEnd, number_);
    if (inner && depth_ == 1) return problems_.add(QuestionFileProblem::kStrayEnd, number_);
    if (std::exchange(held_rule_, false) && section_ == Section::kText) lines_.add("---");
    if (!inner && depth_ > 1) problems_.add(QuestionFileProblem::kUnclosedField, field_at_);
    depth_ = inner ? depth_ - 1 : 0;
    begin_section(fenced() ? Section::kOther : Section::kNone);
  }

  // A section that the next key, heading or rule ends.
  void begin_loose(std::string_view field, std::string_view value) {
    if (fenced()) problems_.add(QuestionFileProblem::kUnclosedField, field_at_);
    depth_ = 0;
    held_rule_ = false;
    begin_section(field.empty() ? Section::kNone : section_of(field));
    if (!value.empty()) content(value, value);
  }

  // Takes a line of a key and a value; false where it is ordinary content.
  bool take_metadata(const KeyValue& said, bool bold) {
    // "**A)** …" and bold words in a text are content; so are the settings of blanks and scoring.
    const auto field = field_name(said.key);
    if (fenced() && section_ != Section::kText) return false;
    if (fenced() && bold && field != "bloom_level" && field != "difficulty" && field != "labels") return false;
    if (!bold && (said.key == "question" || said.key == "Question")) {
      take_question(said.value);
      return true;
    }
    if (!field) {
      // A bold word and a colon may well stand in a text; elsewhere they begin something else.
      if (fenced() || (bold && section_ == Section::kText)) return false;
      if (bold && section_ != Section::kNone) begin_section(Section::kOther);
      return true;
    }
    if (*field == "identifier") {
      if (!now_.identifier.empty() && now_.text) begin_question({});
      now_.identifier = std::string(unmarked(said.value));
    } else if (*field == "title") {
      now_.title = std::string(unmarked(said.value));
    } else if (*field == "question_type") {
      // Scoring has a type too, further down.
      if (!bold || !now_.type) now_.type = std::string(unmarked(said.value));
    } else if (*field == "language") {
      now_.language = std::string(unmarked(said.value));
    } else if (*field == "bloom_level") {
      now_.bloom = canonical_or_written(Vocabulary::kBloom, said.value);
    } else if (*field == "difficulty") {
      now_.difficulty = canonical_or_written(Vocabulary::kDifficulty, said.value);
    } else if (*field == "labels") {
      take_labels(said.value);
    } else if (!fenced()) {
      if (begun_at_ == 0) begun_at_ = number_;
      begin_loose(*field, said.value);
      return true;
    } else {
      return false;
    }
    if (!fenced()) begin_section(Section::kNone);
    if (begun_at_ == 0) begun_at_ = number_;
    return true;
  }

  // "^question Q001" names the question; some files put its text there.
  void take_question(std::string_view value) {
    const auto number = header_line("# " + std::string(value));
    if (number && number->title.empty()) {
      if (!now_.question_id.empty() && now_.question_id != number->id && now_.text) begin_question({});
      if (now_.question_id.empty()) now_.question_id = number->id;
    } else if (!value.empty() && !asked_) {
      asked_ = std::string(value);
    }
    if (begun_at_ == 0) begun_at_ = number_;
  }

  static std::string canonical_or_written(Vocabulary vocabulary, std::string_view value) {
    return std::string(canonical(vocabulary, unmarked(value)).value_or(unmarked(value)));
  }

  void take_labels(std::string_view value) {
    for (std::size_t at = 0; at < value.size();) {
      const auto parts = [](char c) { return is_space(c) || c == ',' || c == ';'; };
      std::size_t end = at;
      while (end < value.size() && !parts(value[end])) ++end;
      std::string_view label = unmarked(value.substr(at, end - at));
      at = end + 1;
      if (label.starts_with("#")) label.remove_prefix(1);
      if (label.empty()) continue;
      const auto bloom = canonical(Vocabulary::kBloom, label), difficulty = canonical(Vocabulary::kDifficulty, label);
      if (bloom) {
        if (!now_.bloom) now_.bloom = std::string(*bloom);
      } else if (difficulty) {
        if (!now_.difficulty) now_.difficulty = std::string(*difficulty);
      } else {
        now_.labels.emplace_back(label);
      }
    }
  }

  // A line inside a text that only labels it: "Bloom: Apply | Difficulty: Easy", "(Svårighetsgrad: lätt)",
  // "#Remember #Easy".
  bool take_label_line(std::string_view line) {
    line = unmarked(line);
    if (line.size() >= 2 &&
        ((line.front() == '(' && line.back() == ')') || (line.front() == '[' && line.back() == ']')))
      line = unmarked(line.substr(1, line.size() - 2));
    if (line.empty() || line.size() > 200) return false;
    if (line.front() == '#' && line.size() > 1 && !is_space(line[1])) {
      bool only_labels = true;
      for (std::size_t at = 0; at < line.size(); ++at)
        if (!is_space(line[at]) && (at == 0 || is_space(line[at - 1])) && line[at] != '#') only_labels = false;
      if (only_labels) take_labels(line);
      return only_labels;
    }
    std::vector<KeyValue> said;
    for (std::size_t at = 0; at <= line.size();) {
      const std::size_t end = std::min(line.find_first_of("|;,/", at), line.size());
      const std::string_view part = line.substr(at, end - at);
      const std::size_t colon = part.find(':');
      at = end + 1;
      if (colon == std::string_view::npos) {
        // "Bloom: Apply, Easy": words alone count behind one that has its name.
        if (said.empty()) return false;
        if (canonical(Vocabulary::kBloom, part))
          said.push_back({"bloom_level", unmarked(part)});
        else if (canonical(Vocabulary::kDifficulty, part))
          said.push_back({"difficulty", unmarked(part)});
        else
          return false;
        continue;
      }
      const auto field = field_name(unmarked(part.substr(0, colon)));
      const std::string_view value = unmarked(part.substr(colon + 1));
      if ((field != "bloom_level" && field != "difficulty") || count_words(value) > 4) return false;
      said.push_back({*field, value});
    }
    for (const KeyValue& label : said) {
      const bool is_bloom = label.key == "bloom_level";
      auto& field = is_bloom ? now_.bloom : now_.difficulty;
      if (!field) field = canonical_or_written(is_bloom ? Vocabulary::kBloom : Vocabulary::kDifficulty, label.value);
    }
    return true;
  }

  // A line of text without the labels at its end: "… osmos? #Remember #Easy".
  std::string_view without_labels(std::string_view raw) {
    while (true) {
      const std::size_t hash = raw.rfind('#');
      if (hash == std::string_view::npos || hash == 0 || raw[hash - 1] != ' ') return raw;
      const std::string_view label = raw.substr(hash);
      if (!canonical(Vocabulary::kBloom, label) && !canonical(Vocabulary::kDifficulty, label)) return raw;
      take_labels(label);
      raw = raw.substr(0, hash);
      while (!raw.empty() && raw.back() == ' ') raw.remove_suffix(1);
    }
  }

  void content(std::string_view raw, std::string_view line) {
    if (section_ == Section::kText) {
      lines_.add(without_labels(raw));
    } else if (section_ == Section::kAnswer) {
      lines_.add(raw);
    } else if (section_ == Section::kLabels) {
      take_labels(line);
    } else if (section_ == Section::kOptions && !line.empty() && line.front() != '^') {
      if (const auto option = option_line(line)) {
        if (option->is_right) right_.push_back(now_.options.size());
        letters_.push_back(option->letter);
        now_.options.emplace_back(option->text);
      } else if (!now_.options.empty()) {
        now_.options.back() += '\n';
        now_.options.back() += line;
      }
    }
  }

  // Where the one right answer stands among the options: named by its letter or number, or by its text, or
  // marked among the options themselves.
  void place_answer() {
    if (now_.options.empty()) return;
    if (answer_ && !without_space(*answer_).empty())
      right_ = AnswerKey(now_.options, letters_).places_of(without_space(*answer_));
    if (right_.empty() && answer_ && !without_space(*answer_).empty())
      problems_.add(QuestionFileProblem::kUnknownAnswer, begun_at_);
    if (right_.size() == 1) now_.answer_position = static_cast<int>(right_.front());
  }

  QuestionFileProblems& problems_;
  std::vector<QuestionVersion> questions_;
  QuestionVersion now_;
  std::uint64_t number_ = 0, begun_at_ = 0, field_at_ = 0;
  Section section_ = Section::kNone;
  bool is_field_ = false;   // whether the section is an @field
  int depth_ = 0;           // of open @field and @@field
  bool held_rule_ = false;  // a line of '---' inside a field: content, unless a header follows
  Lines lines_;
  std::optional<std::string> answer_, asked_;  // asked_: the text that some files put behind ^question
  std::vector<std::size_t> right_;
  std::vector<char> letters_;
};

}  // namespace

std::string_view to_string(QuestionFileProblem problem) {
  constexpr std::array<std::string_view, kQuestionFileProblemCount> kNames = {
      "bad_utf8", "missing_header", "unclosed_field", "stray_end", "missing_text", "unknown_answer"};
  return kNames[static_cast<std::size_t>(problem)];
}

void QuestionFileProblems::add(QuestionFileProblem problem, std::uint64_t line) {
  ++counts[static_cast<std::size_t>(problem)];
  if (places.size() < kMaxPlaces) places.push_back({problem, line});
}

std::vector<QuestionVersion> parse_question_file(std::string_view content, QuestionFileProblems& problems) {
  if (content.starts_with("\xEF\xBB\xBF")) content.remove_prefix(3);
  Parser parser(problems);
  std::uint64_t number = 0;
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t end = std::min(content.find('\n', at), content.size());
    const std::string_view line = content.substr(at, end - at);
    at = end + 1;
    ++number;
    if (!first_invalid_utf8(line)) {
      parser.line(line, number);
      continue;
    }
    problems.add(QuestionFileProblem::kBadUtf8, number);
    std::string repaired;
    for (std::size_t i = 0; i < line.size();) append_utf8(decode_utf8(line, i), repaired);
    parser.line(repaired, number);
  }
  return parser.finish();
}

}  // namespace qf
