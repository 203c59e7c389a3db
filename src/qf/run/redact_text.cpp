#include "qf/run/redact_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "qf/core/text.h"
#include "qf/privacy/redactor.h"

namespace qf {
namespace {

Result<Redactor> redactor_for(const RedactTextOptions& options) {
  RedactionOptions made;
  if (options.profile == "content") {
    made.profile = RedactionProfile::kContent;
  } else if (options.profile != "strict") {
    return failure(ErrorCode::kInvalidInput,
                   fmt::format("{}: no such profile; there are strict and content", options.profile));
  }
  made.identities = options.identities;
  made.allow = options.allow;
  return Redactor::make(std::move(made));
}

std::string_view meaning_of(std::string_view rule) {
  for (const Recognizer& one : recognizers())
    if (one.name == rule) return one.meaning;
  for (const NameRule& one : name_rules())
    if (one.name == rule) return one.meaning;
  return {};
}

std::string quarantine_text(const Redaction& redaction) {
  if (!redaction.quarantine) return {};
  return fmt::format("{} ({})", to_string(redaction.quarantine->reason), redaction.quarantine->category);
}

// Bytes to code points, for places that come in order.
class CodePoints {
 public:
  explicit CodePoints(std::string_view text) : text_(text) {}
  std::uint64_t at(std::size_t byte) {
    for (; byte_ < byte && byte_ < text_.size(); ++byte_)
      if ((static_cast<unsigned char>(text_[byte_]) & 0xC0) != 0x80) ++count_;
    return count_;
  }

 private:
  std::string_view text_;
  std::size_t byte_ = 0;
  std::uint64_t count_ = 0;
};

double rounded(float score) { return std::round(static_cast<double>(score) * 1000) / 1000; }

}  // namespace

Result<RedactedText> redact_text(std::string_view text, const RedactTextOptions& options) {
  QF_ASSIGN(const Redactor redactor, redactor_for(options));
  if (text.size() > Redactor::kLongestText)
    return failure(ErrorCode::kInvalidInput, "the text is longer than 2 GB; cut it into parts");
  Redaction redaction = redactor.redact(text);
  RedactedText result;
  result.quarantine = quarantine_text(redaction);
  result.text = std::move(redaction.text);
  for (const RedactionSpan& span : redaction.spans)
    result.spans.push_back({span.begin, span.end, to_string(span.type), span.score, span.rule, meaning_of(span.rule)});
  return result;
}

Result<std::uint64_t> redact_json_lines(std::istream& in, const RedactTextOptions& options, bool trace,
                                        const std::function<void(const std::string& line)>& out) {
  QF_ASSIGN(const Redactor redactor, redactor_for(options));
  std::uint64_t number = 0, texts = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const auto object = nlohmann::json::parse(line, nullptr, false);
    if (object.is_discarded() || !object.is_object() || !object.contains("id") || !object.contains("text") ||
        !object["text"].is_string())
      return failure(ErrorCode::kInvalidInput,
                     fmt::format(R"(line {}: not a JSON object with "id" and a string "text")", number));
    const auto& text = object["text"].get_ref<const std::string&>();
    if (text.size() > Redactor::kLongestText)
      return failure(ErrorCode::kInvalidInput, fmt::format("line {}: \"text\" is longer than 2 GB", number));
    const Redaction redaction = redactor.redact(text);
    nlohmann::ordered_json spans = nlohmann::ordered_json::array();
    CodePoints points(text);
    for (const RedactionSpan& span : redaction.spans) {
      nlohmann::ordered_json one = {
          {"start", points.at(span.begin)}, {"end", 0}, {"type", to_string(span.type)}, {"score", rounded(span.score)}};
      one["end"] = points.at(span.end);
      if (trace) one["rule"] = span.rule;
      spans.push_back(std::move(one));
    }
    nlohmann::ordered_json answer = {{"id", object["id"]}, {"spans", std::move(spans)}};
    if (trace && redaction.quarantine) answer["quarantine"] = quarantine_text(redaction);
    out(answer.dump());
    ++texts;
  }
  return texts;
}

}  // namespace qf
