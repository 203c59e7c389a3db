// Redacts a text of one's own, or many as JSON Lines, as the verb `redact` does.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"

namespace qf {

struct RedactTextOptions {
  std::string profile = "strict";  // or content
  std::vector<std::string> identities, allow;
};

// One masked place, in bytes of the text or, of JSON Lines, in code points. `rule` is for the trace.
struct MaskedSpan {
  std::uint64_t begin = 0, end = 0;
  std::string_view type;
  float score = 0;
  std::string_view rule, meaning;
};

struct RedactedText {
  std::string text;
  std::vector<MaskedSpan> spans;
  std::string quarantine;  // reason and category, empty where there is none
};

// kInvalidInput for an unknown profile or an empty identity.
Result<RedactedText> redact_text(std::string_view text, const RedactTextOptions& options);

// Reads {"id", "text"} lines and gives each back as {"id", "spans": [{"start", "end", "type", "score"}]}, offsets in
// code points; with `trace` also the rules and the quarantine. Stops with kInvalidInput at the first line that is no
// such object, naming its number; what came before has been given out. Gives the number of texts.
Result<std::uint64_t> redact_json_lines(std::istream& in, const RedactTextOptions& options, bool trace,
                                        const std::function<void(const std::string& line)>& out);

}  // namespace qf
