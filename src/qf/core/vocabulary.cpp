#include "qf/core/vocabulary.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string>
#include <vector>

namespace qf {
namespace {

using enum Vocabulary;

// One row a word. Rows of a vocabulary stand together.
constexpr VocabularyEntry kEntries[] = {
    {kBloom, "Remember", "remembering|knowledge|minnas|komma ihåg|kunskap|memorera"},
    {kBloom, "Understand", "understanding|comprehension|förstå|förståelse|förklara"},
    {kBloom, "Apply", "applying|application|tillämpa|tillämpning|använda"},
    {kBloom, "Analyze", "analyse|analyzing|analysing|analysis|analysera|analys|bryta ner"},
    {kBloom, "Evaluate", "evaluating|evaluation|utvärdera|utvärdering|värdera|värdering|bedöma"},
    {kBloom, "Create", "creating|creation|synthesis|skapa|skapande"},

    {kDifficulty, "Easy", "lätt|enkel|enkelt|grundläggande|basic"},
    {kDifficulty, "Medium", "medel|medelsvår|medelsvårt|moderate|mellan|intermediate"},
    {kDifficulty, "Hard", "svår|svårt|difficult|challenging|avancerad"},

    {kQuestionType, "multiple_choice_single",
     "multiple_choice|single_choice|mc|mcq|MC-Single|flerval|flerval_en|Flerval (ett svar)|flervalsfråga|multiple "
     "choice (single answer)"},
    {kQuestionType, "multiple_response",
     "multiple_selection|multiple_choice_multiple|MC-Multiple|Flerval (flera svar)|flerval_flera|multiple choice "
     "(multiple answers)"},
    {kQuestionType, "true_false", "tf|true/false|Sant/Falskt|sant_falskt|sant eller falskt"},
    {kQuestionType, "inline_choice", "ic|dropdown|rullgardinsmeny"},
    {kQuestionType, "text_entry", "fib|fill_in_blank|fill_in_the_blank|fill-in-the-blanks|Fyll i lucka|lucktext"},
    {kQuestionType, "text_entry_numeric", "numeric entry"},
    {kQuestionType, "text_entry_math", "math entry"},
    {kQuestionType, "text_area", "sa|short_answer|short_response|Fritext|kortsvar"},
    {kQuestionType, "essay", "Essä|extended_text|uppsats"},
    {kQuestionType, "match", "matching|Matchning|para ihop"},
    {kQuestionType, "hotspot", "hs|hot spot"},
    {kQuestionType, "gapmatch", "gap match"},
    {kQuestionType, "graphicgapmatch_v2", "gm|graphicgapmatch|graphic gap match|graphic_gap_match_v2"},
    {kQuestionType, "text_entry_graphic", "graphic text entry"},
    {kQuestionType, "math_working", "mathworking"},
    {kQuestionType, "audio_record", "audio recording"},
    {kQuestionType, "composite_editor", "composite"},
    {kQuestionType, "nativehtml", "native html"},

    {kFieldName, "question_text", "stem|text|question|Fråga|frågetext|frågan|frågeställning"},
    {kFieldName, "options", "option|alternatives|choices|answer_options|alternativ|svarsalternativ"},
    {kFieldName, "answer", "correct_answer|correct|key|answer_key|Rätt svar|svar|facit|korrekt svar"},
    {kFieldName, "correct_answers", "answers|Rätta svar|korrekta svar"},
    {kFieldName, "feedback", "återkoppling"},
    {kFieldName, "general_feedback", "allmän feedback"},
    {kFieldName, "correct_feedback", "correct_response_feedback"},
    {kFieldName, "incorrect_feedback", "incorrect_response_feedback"},
    {kFieldName, "partial_feedback", "partially_correct_feedback"},
    {kFieldName, "answered_feedback", ""},
    {kFieldName, "unanswered_feedback", ""},
    {kFieldName, "bloom_level",
     "bloom|Bloom's level|bloom’s level|blooms level|blooms|cognitive_level|bloomnivå|Bloom-nivå|kognitiv nivå"},
    {kFieldName, "difficulty", "difficulty_level|svårighetsgrad|svårighetsnivå"},
    {kFieldName, "question_type", "type|frågetyp|typ|type_raw"},
    {kFieldName, "title", "titel|rubrik|heading"},
    {kFieldName, "points", "point|score|poäng"},
    {kFieldName, "labels", "label|tags|tag|etiketter|taggar"},
    {kFieldName, "identifier", "identifierare|question_identifier"},
    {kFieldName, "question_id", "frågenummer"},
    {kFieldName, "language", "lang|språk"},
    {kFieldName, "shuffle", ""},
    {kFieldName, "blanks", "blank|luckor"},
    {kFieldName, "pairs", "premises"},
    {kFieldName, "distractors", "distractor|distraktorer|felaktiga alternativ"},
    {kFieldName, "scoring", "scoring_rubric|rubric|bedömning"},
    {kFieldName, "learning_objective", "learning_objectives|lärandemål"},
    {kFieldName, "misconception", "misconception_targeted|misconception_addressed|missuppfattning"},
    {kFieldName, "topic", "ämnesområde"},
    {kFieldName, "rationale", "motivering"},
    {kFieldName, "estimated_time", ""},
    {kFieldName, "custom_metadata", ""},

    {kDecisionType, "entry_point", ""},
    {kDecisionType, "emphasis_tier", "tier|content_tier"},
    {kDecisionType, "example_relevance", ""},
    {kDecisionType, "misconception_severity", ""},
    {kDecisionType, "assessment_type", "assessment_purpose"},
    {kDecisionType, "question_count", "number_of_questions"},
    {kDecisionType, "question_distribution", ""},
    {kDecisionType, "bloom_distribution", ""},
    {kDecisionType, "question_types", "question_type_mix|type_mix"},
    {kDecisionType, "difficulty_distribution", ""},
    {kDecisionType, "bloom_level", "bloom"},
    {kDecisionType, "difficulty_level", "difficulty"},
    {kDecisionType, "question_type", "type"},
    {kDecisionType, "question_text", "stem"},
    {kDecisionType, "options", "answer_options"},
    {kDecisionType, "answer", "correct_answer|correct_answers"},
    {kDecisionType, "feedback", ""},
    {kDecisionType, "title", ""},
    {kDecisionType, "labels", "tags"},
    {kDecisionType, "points", ""},
    {kDecisionType, "skip_question", ""},
    {kDecisionType, "accept_generated_question", "accept_question"},
    {kDecisionType, "modify_question", ""},
    {kDecisionType, "question_quality_rating", "quality_rating"},
    {kDecisionType, "approve_for_export", "approve_export"},

    {kAction, "accept",
     "accepted|accept_ai|approve|approved|yes|ok|keep|confirm|confirmed|ja|godkänn|godkänna|godkänd|godkänt|"
     "acceptera|accepterad|accepterat|behåll|behålla"},
    {kAction, "modify",
     "modified|edit|edited|revise|revised|needs_revision|revise_required|adjust|adjusted|change|changed|fix|teacher_"
     "modified|ändra|ändrad|ändrat|"
     "redigera|redigerad|justera|justerad|modifiera|revidera"},
    {kAction, "reject",
     "rejected|skip|skipped|no|decline|declined|refuse|refused|discard|discarded|nej|avvisa|avvisad|avslå|förkasta|"
     "hoppa över|neka"},
    {kAction, "manual", "manually|manual_fix|teacher_manual|manuell|manuellt"},
    {kAction, "delete", "deleted|deletion|remove|removed|ta bort|radera|raderad|borttagen"},

    {kOther, "setup", ""},
    {kOther, "m1", ""},
    {kOther, "m2", ""},
    {kOther, "m3", ""},
    {kOther, "m4", ""},
    {kOther, "m5", ""},
    {kOther, "pipeline", ""},
    {kOther, "questions", ""},
    {kOther, "IN", ""},
    {kOther, "CONDITIONAL", ""},
    {kOther, "OUT", ""},
    {kOther, "tier_1", "tier1|essential"},
    {kOther, "tier_2", "tier2|important"},
    {kOther, "tier_3", "tier3|supplementary|enrichment"},
    {kOther, "tier_4", "tier4|excluded"},
    {kOther, "high", "hög"},
    {kOther, "medium", ""},
    {kOther, "low", "låg"},
    {kOther, "very_high", "mycket hög"},
    {kOther, "most", ""},
    {kOther, "many", ""},
    {kOther, "some", ""},
    {kOther, "few", ""},
    {kOther, "explain", ""},
    {kOther, "recognise", "recognize"},
    {kOther, "redistribute", ""},
    {kOther, "add", "lägg till"},
    {kOther, "refine", ""},
    {kOther, "split", ""},
    {kOther, "redo", "gör om"},
    {kOther, "formative", "formativ|formativt"},
    {kOther, "summative", "summativ|summativt"},
    {kOther, "hybrid", ""},
    {kOther, "quiz", ""},
    {kOther, "exam", "prov|tenta"},
    {kOther, "immediate", ""},
    {kOther, "deferred", ""},
    {kOther, "none", "ingen|inga"},
    {kOther, "limited", ""},
    {kOther, "extensive", ""},
    {kOther, "early", ""},
    {kOther, "mid", ""},
    {kOther, "advanced", ""},
    {kOther, "even", "jämn"},
    {kOther, "weighted", "viktad"},
    {kOther, "uniform", ""},
    {kOther, "custom", ""},
    {kOther, "minimum", ""},
    {kOther, "adequate", ""},
    {kOther, "robust", ""},
    {kOther, "explicit", ""},
    {kOther, "time", ""},
    {kOther, "repetition", ""},
    {kOther, "foundational", ""},
    {kOther, "visual", ""},
    {kOther, "practical", ""},
    {kOther, "3-4", "3–4"},
    {kOther, "4-6", "4–6"},
    {kOther, "6+", ""},
    {kOther, "review", "granska"},
    {kOther, "export", "exportera"},
    {kOther, "export_anyway", ""},
    {kOther, "continue", "fortsätt"},
    {kOther, "cancel", "avbryt"},
    {kOther, "proceed", ""},
    {kOther, "iterate", ""},
    {kOther, "question_set", ""},
    {kOther, "individual", ""},
    {kOther, "A", ""},
    {kOther, "B", ""},
    {kOther, "C", ""},
    {kOther, "D", ""},
    {kOther, "E", ""},
    {kOther, "F", ""},
    {kOther, "PASS", "passed|godkänt resultat"},
    {kOther, "FAIL", "failed|underkänd|underkänt"},
    {kOther, "APPROVE_WITH_NOTES", ""},
    {kOther, "ADJUSTMENTS", ""},
    {kOther, "ADDITIONAL_GENERATION", ""},
    {kOther, "MAJOR_REVISION", ""},
    {kOther, "alignment", ""},
    {kOther, "cognitive_demand", ""},
    {kOther, "disciplinary_accuracy", ""},
    {kOther, "clarity", ""},
    {kOther, "accessibility", ""},
    {kOther, "sv", "svenska"},
    {kOther, "en", "engelska|english"},
};

// Where the rows of each vocabulary begin, and behind the last one where they end.
constexpr auto kFirstRow = [] {
  std::array<std::size_t, kVocabularyCount + 1> first{};
  for (const VocabularyEntry& entry : kEntries)
    for (std::size_t later = static_cast<std::size_t>(entry.vocabulary) + 1; later < first.size(); ++later)
      ++first[later];
  return first;
}();
static_assert(std::is_sorted(std::begin(kEntries), std::end(kEntries),
                             [](const auto& a, const auto& b) { return a.vocabulary < b.vocabulary; }));

// What may stand before a word of its vocabulary, as fold() leaves it.
struct Prefix {
  Vocabulary vocabulary;
  std::string_view folded;
};
constexpr Prefix kPrefixes[] = {
    {kBloom, "bloom_level_"},
    {kBloom, "bloom_"},
    {kBloom, "blooms_"},
    {kBloom, "bloomnivå_"},
    {kDifficulty, "difficulty_level_"},
    {kDifficulty, "difficulty_"},
    {kDifficulty, "svårighetsgrad_"},
    {kDifficulty, "svårighetsnivå_"},
    {kQuestionType, "question_type_"},
    {kQuestionType, "type_"},
    {kQuestionType, "frågetyp_"},
};

constexpr std::size_t kMaxWordBytes = 64;  // no word is longer, with any prefix

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// A word as the tables compare it: lower case, one '_' for each run of separators. Lives on the stack.
class Folded {
 public:
  explicit Folded(std::string_view written) {
    std::string_view text = trimmed(written);
    if (!text.empty() && text.front() == '#') text = trimmed(text.substr(1));
    if (text.empty() || text.size() > kMaxWordBytes) return;
    std::size_t size = 0;  // not the member, which every written byte might change
    for (const char c : text) {
      const char plain = kPlain[static_cast<unsigned char>(c)];
      if (plain != '\0')
        bytes_[size++] = plain;
      else
        size = put(c, size);
    }
    while (size > 0 && bytes_[size - 1] == '_') --size;
    size_ = size;
  }

  // Empty for what no table can hold.
  std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  // What ASCII letters, digits and marks become; 0 for what put() has to look at.
  static constexpr auto kPlain = [] {
    std::array<char, 256> plain{};
    for (std::size_t c = 0x21; c < 0x7F; ++c) plain[c] = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 0x20 : c);
    plain['-'] = plain[':'] = plain['_'] = '\0';
    return plain;
  }();

  // Adds one byte behind the first `size` and returns how many there are now.
  std::size_t put(char c, std::size_t size) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      const bool separates = is_space(c) || c == '-' || c == ':' || c == '_';
      if (separates && (size == 0 || bytes_[size - 1] == '_')) return size;
      bytes_[size] = separates ? '_' : c;
      return size + 1;
    }
    const auto lead = static_cast<unsigned char>(size > 0 ? bytes_[size - 1] : 0);
    if (lead == 0xCC && size > 1 && compose(byte, size)) return size;
    const bool is_capital_letter = lead == 0xC3 && byte <= 0x9E && byte != 0x97;
    bytes_[size] = static_cast<char>(is_capital_letter ? byte + 0x20 : byte);
    return size + 1;
  }

  // File names and copied text may hold å, ä, ö, é as a letter and a mark behind it.
  bool compose(unsigned char mark, std::size_t size) {
    const char base = bytes_[size - 2];
    const char trail = mark == 0x8A && base == 'a'   ? '\xA5'
                       : mark == 0x88 && base == 'a' ? '\xA4'
                       : mark == 0x88 && base == 'o' ? '\xB6'
                       : mark == 0x81 && base == 'e' ? '\xA9'
                                                     : '\0';
    if (trail == '\0') return false;
    bytes_[size - 2] = '\xC3';
    bytes_[size - 1] = trail;
    return true;
  }

  std::array<char, kMaxWordBytes> bytes_;
  std::size_t size_ = 0;
};

std::uint64_t hash(std::string_view text) {
  std::uint64_t value = text.size() * 0x9E3779B97F4A7C15ULL;
  const char* from = text.data();
  std::size_t left = text.size();
  for (; left >= 8; left -= 8, from += 8) {
    std::uint64_t word;
    std::memcpy(&word, from, 8);
    value = (std::rotl(value, 27) ^ word) * 0xD6E8FEB86659FD93ULL;
  }
  std::uint64_t word = 0;
  std::memcpy(&word, from, left);
  value = (std::rotl(value, 27) ^ word) * 0xD6E8FEB86659FD93ULL;
  return value ^ (value >> 32);
}

// Words to rows of kEntries, by open addressing; at most half full.
class WordTable {
 public:
  void add(std::string_view word, std::uint16_t row) {
    slots_.resize(std::max<std::size_t>(slots_.size(), 2048));
    std::size_t at = hash(word) & (slots_.size() - 1);
    while (!slots_[at].word.empty()) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = {word, row};
  }

  // The row that `fits` among those of this word, or nullptr.
  template <class Fits>
  const VocabularyEntry* find(std::string_view word, Fits fits) const {
    for (std::size_t at = hash(word) & (slots_.size() - 1); !slots_[at].word.empty();
         at = (at + 1) & (slots_.size() - 1))
      if (slots_[at].word == word && fits(kEntries[slots_[at].row].vocabulary)) return &kEntries[slots_[at].row];
    return nullptr;
  }

 private:
  struct Slot {
    std::string_view word;
    std::uint16_t row = 0;
  };
  std::vector<Slot> slots_;
};

template <class Take>
void for_each_spelling(const VocabularyEntry& entry, Take take) {
  take(entry.name);
  for (std::string_view rest = entry.aliases; !rest.empty();) {
    const std::size_t bar = rest.find('|');
    take(rest.substr(0, bar));
    rest = bar == std::string_view::npos ? std::string_view() : rest.substr(bar + 1);
  }
}

struct Tables {
  WordTable written, folded;
  std::vector<std::string> kept;  // bytes of the folded words

  Tables() {
    kept.reserve(1024);  // views point into short strings, which must not move
    for (std::uint16_t row = 0; row < std::size(kEntries); ++row) {
      written.add(kEntries[row].name, row);
      for_each_spelling(kEntries[row], [&](std::string_view spelling) {
        kept.emplace_back(Folded(spelling).view());
        folded.add(kept.back(), row);
      });
    }
  }
};

const Tables& word_tables() {
  static const Tables built;
  return built;
}

template <class Fits>
const VocabularyEntry* find(std::string_view written, Fits fits) {
  if (written.empty() || written.size() > 4 * kMaxWordBytes) return nullptr;
  const Tables& all = word_tables();
  if (const auto* exact = all.written.find(written, fits)) return exact;
  const Folded folded(written);
  const std::string_view word = folded.view();
  if (word.empty()) return nullptr;
  if (const auto* entry = all.folded.find(word, fits)) return entry;
  for (const Prefix& prefix : kPrefixes) {
    if (word.front() != prefix.folded.front() || !word.starts_with(prefix.folded) || !fits(prefix.vocabulary)) continue;
    const auto same = [&](Vocabulary vocabulary) { return vocabulary == prefix.vocabulary; };
    if (const auto* entry = all.folded.find(word.substr(prefix.folded.size()), same)) return entry;
  }
  return nullptr;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_capital(c) || (c >= 'a' && c <= 'z'); }

bool is_plain_number(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  std::size_t digits = 0, points = 0;
  for (const char c : text) {
    digits += is_digit(c) ? 1 : 0;
    points += c == '.' || c == ',' ? 1 : 0;
    if (!is_digit(c) && c != '.' && c != ',') return false;
  }
  return digits >= 1 && digits <= 6 && points <= 1 && is_digit(text.front()) && is_digit(text.back());
}

}  // namespace

std::span<const VocabularyEntry> entries(Vocabulary vocabulary) {
  const auto first = static_cast<std::size_t>(vocabulary);
  return std::span(kEntries).subspan(kFirstRow[first], kFirstRow[first + 1] - kFirstRow[first]);
}

std::optional<std::string_view> canonical(Vocabulary vocabulary, std::string_view written) {
  const auto* entry = find(written, [&](Vocabulary of) { return of == vocabulary; });
  if (entry == nullptr) return std::nullopt;
  return entry->name;
}

bool is_closed_value(std::string_view written) {
  if (find(written, [](Vocabulary) { return true; }) != nullptr) return true;
  const std::string_view text = trimmed(written);
  return text == "true" || text == "false" || text == "null" || text == "True" || text == "False" ||
         is_plain_number(text);
}

Action action_of(std::string_view choice) {
  const auto* entry = find(choice, [](Vocabulary of) { return of == kAction; });
  if (entry == nullptr) return Action::kNone;
  return static_cast<Action>(1 + (entry - entries(kAction).data()));
}

std::optional<std::string_view> type_of_identifier(std::string_view identifier) {
  struct Infix {
    std::string_view letters, type;
  };
  static constexpr Infix kInfixes[] = {{"MC", "multiple_choice_single"},
                                       {"MR", "multiple_response"},
                                       {"TF", "true_false"},
                                       {"IC", "inline_choice"},
                                       {"TE", "text_entry"},
                                       {"MA", "match"},
                                       {"ES", "essay"},
                                       {"HS", "hotspot"},
                                       {"TA", "text_area"},
                                       {"FIB", "text_entry"},
                                       {"GM", "graphicgapmatch_v2"}};
  // The first segment is the course and the last one the number, so neither can be the type.
  std::optional<std::string_view> type;
  for (std::size_t at = identifier.find('_'); at != std::string_view::npos;) {
    const std::size_t end = identifier.find('_', at + 1);
    if (end == std::string_view::npos) break;
    const std::string_view segment = identifier.substr(at + 1, end - at - 1);
    for (const Infix& infix : kInfixes)
      if (segment == infix.letters) type = infix.type;
    at = end;
  }
  return type;
}

std::string_view subject_area_of(std::string_view text) {
  // Segments of the same shape that are no course: school terms, formats, standards, steps of the work.
  static constexpr std::string_view kNoCourse[] = {"HT", "VT",   "UTF",  "ISO",   "RFC", "QTI", "SHA",
                                                   "MP", "STEP", "TIER", "STAGE", "LO",  "MC",  "CO"};
  static constexpr auto kSeparators = [] {
    std::array<bool, 256> separators{};
    for (const char c : std::string_view("/\\_- .;:,()[]\"'\t\r\n")) separators[static_cast<unsigned char>(c)] = true;
    return separators;
  }();
  bool after_users = false;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && !kSeparators[static_cast<unsigned char>(text[end])]) ++end;
    const std::string_view segment = text.substr(at, end - at);
    std::size_t letters = 0, digits = 0, tail = 0;
    while (letters < segment.size() && is_capital(segment[letters])) ++letters;
    while (letters + digits < segment.size() && is_digit(segment[letters + digits])) ++digits;
    while (letters + digits + tail < segment.size() && is_letter(segment[letters + digits + tail])) ++tail;
    const bool is_shaped = letters >= 2 && letters <= 6 && digits >= 1 && digits <= 4 && tail <= 3 &&
                           letters + digits + tail == segment.size();
    if (is_shaped && !after_users) {
      const std::string_view area = segment.substr(0, letters);
      if (std::find(std::begin(kNoCourse), std::end(kNoCourse), area) == std::end(kNoCourse)) return area;
    }
    // The folder below Users or home names a person, whatever it looks like.
    after_users =
        end < text.size() && (text[end] == '/' || text[end] == '\\') && (segment == "Users" || segment == "home");
    at = end + 1;
  }
  return {};
}

}  // namespace qf
