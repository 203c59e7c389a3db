#include "qf/rights/others_mask.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "qf/core/text.h"
#include "qf/core/vocabulary.h"

namespace qf {
namespace {

// What points at a person; a class, a school or a path in one's own text stays readable.
bool points_at_person(EntityType type) {
  switch (type) {
    case EntityType::kPerson:
    case EntityType::kEmail:
    case EntityType::kPersonalNumber:
    case EntityType::kCoordinationNumber:
    case EntityType::kInterimNumber:
    case EntityType::kPhone:
    case EntityType::kUsSsn:
    case EntityType::kAddress:
    case EntityType::kBirthDate:
    case EntityType::kStudentId:
    case EntityType::kStaffId:
    case EntityType::kUserName: return true;
    default: return false;
  }
}

std::vector<std::string> words_of(std::string_view text) {
  const std::string folded = casefold_nfc(text);
  std::vector<std::string> words;
  std::string word;
  for (std::size_t at = 0; at < folded.size();) {
    const std::size_t from = at;
    if (is_word_character(decode_utf8(folded, at))) {
      word += folded.substr(from, at - from);
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

// Question texts speak of Newton and Mendel; the person's own remarks speak of colleagues.
bool is_content(std::string_view field) {
  return field == "question_text" || field == "title" || field == "options" || field == "options_presented";
}

}  // namespace

Result<OthersMask> OthersMask::make(std::string_view own_name) {
  RedactionOptions strict, content;
  content.profile = RedactionProfile::kContent;
  QF_ASSIGN(Redactor first, Redactor::make(std::move(strict)));
  QF_ASSIGN(Redactor second, Redactor::make(std::move(content)));
  std::set<std::string> own;
  for (std::string& word : words_of(own_name)) {
    own.insert(word + "s");  // the genitive
    own.insert(std::move(word));
  }
  return OthersMask(std::move(first), std::move(second), std::move(own));
}

bool OthersMask::is_own(std::string_view found) const {
  const std::vector<std::string> words = words_of(found.substr(0, found.find('@')));
  for (const std::string& word : words)
    if (!own_.contains(word)) return false;
  return !words.empty();
}

std::string OthersMask::masked(std::string_view text, RedactionProfile profile) const {
  if (text.size() > Redactor::kLongestText) return {};
  const Redaction found = (profile == RedactionProfile::kStrict ? strict_ : content_).redact(text);
  std::string out;
  std::size_t from = 0;
  std::map<std::pair<EntityType, std::string>, std::size_t> numbers;
  std::map<EntityType, std::size_t> last;
  for (const RedactionSpan& span : found.spans) {
    const std::string_view value = text.substr(span.begin, span.end - span.begin);
    if (!points_at_person(span.type) || is_own(value)) continue;
    const auto [known, fresh] = numbers.try_emplace({span.type, casefold_nfc(value)}, 0);
    if (fresh) known->second = ++last[span.type];
    out += text.substr(from, span.begin - from);
    out += fmt::format("[{}_{}]", to_string(span.type), known->second);
    from = span.end;
  }
  return out.append(text.substr(from));
}

void OthersMask::mask_json(nlohmann::ordered_json& value, RedactionProfile profile) const {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (!is_closed_value(text)) value = masked(text, profile);
  } else if (value.is_structured()) {
    for (auto& item : value) mask_json(item, profile);
  }
}

void OthersMask::mask_row(TableId table, nlohmann::ordered_json& row) const {
  for (const FieldSpec& field : table_schema(table).fields) {
    const auto at = row.find(std::string(field.name));
    if (at == row.end() || (field.privacy != PrivacyClass::kFreeText && field.type.kind != TypeKind::kStruct)) continue;
    mask_json(*at, is_content(field.name) ? RedactionProfile::kContent : RedactionProfile::kStrict);
  }
}

}  // namespace qf
