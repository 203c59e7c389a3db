// What each quasi-identifier becomes, level by level.
#include <array>

#include "qf/core/text.h"
#include "qf/privacy/anonymity.h"

namespace qf {
namespace {

struct AreaOfCourses {
  std::string_view letters;  // of course codes, separated by |
  std::string_view area;
};
// The subjects of the Swedish upper secondary school by the first three letters of their course codes.
constexpr std::array<AreaOfCourses, 3> kAreas = {{
    {"BIO|DAO|DAT|ELE|FYS|KEM|MAT|MIK|NAK|NAT|PRR|PRO|TEK|TIL|WEB", "science_and_technology"},
    {"ENG|GRE|LAT|MOD|SPR|SVA|SVE", "languages"},
    {"FIL|FOR|GEO|HIS|INT|JUR|POL|PSK|PSY|REL|SAM|SOI|SOC", "society"},
}};

std::string course_area(std::string_view code, int) {
  const std::string_view letters = code.substr(0, 3);
  for (const AreaOfCourses& one : kAreas)
    for (std::string_view rest = one.letters; !rest.empty();) {
      if (rest.substr(0, 3) == letters) return std::string(one.area);
      rest.remove_prefix(std::min<std::size_t>(rest.size(), 4));
    }
  return "other";
}

// 2026-VT: 2026.
std::string year(std::string_view term, int) { return std::string(term.substr(0, term.find('-'))); }

std::string question_family(std::string_view type, int) {
  for (const std::string_view choice : {"multiple_choice", "multiple_response", "true_false", "inline_choice", "match"})
    if (type.starts_with(choice)) return "choice";
  for (const std::string_view text : {"text_", "essay"})
    if (type.starts_with(text)) return "text";
  return "interactive";
}

// A tool tells the module and the stage it works in: m3_stage2 becomes m3.
std::string module_of_tool(std::string_view tool, int) { return std::string(tool.substr(0, tool.find('_'))); }

// Of the events that make rows what kind they are: the name of a rare one tells the program, and so its user.
std::string event_kind(std::string_view event, int) {
  if (event == "correction_made" || event == "field_updated") return "correction";
  if (event == "step3_iteration" || event == "tool_end") return "tool";
  return "decision";
}

constexpr QuasiIdentifier kEvent{"event_type", 2, event_kind, 0.25};
constexpr QuasiIdentifier kLayout{"log_layout", 1, nullptr, 0.25};
constexpr QuasiIdentifier kLanguage{"language", 1, nullptr, 1};
constexpr QuasiIdentifier kTerm{"term", 2, year, 0.5};
constexpr QuasiIdentifier kStage{"stage", 1, nullptr, 0.5};
constexpr QuasiIdentifier kServer{"mcp", 1, nullptr, 0.25};
constexpr QuasiIdentifier kTool{"tool", 2, module_of_tool, 0.5};
constexpr QuasiIdentifier kModule{"module", 1, nullptr, 1};
constexpr QuasiIdentifier kType{"question_type", 2, question_family, 2};
constexpr QuasiIdentifier kArea{"subject_area", 2, course_area, 2};

// Machine or teacher tells the layout, and most of what a row may say hangs on it: it goes last.
constexpr QuasiIdentifier kActor{"actor", 1, nullptr, 4};
// What repeats the ones above under another name: what was decided tells module and tool, the rule that linked it tells
// the layout. As levels of the lattice they would cost everything else; they are only emptied where too few people of a
// group share them.
constexpr QuasiIdentifier kDecision{"decision_type", 1, nullptr, 2, true};
constexpr QuasiIdentifier kLinkRule{"link_rule", 1, nullptr, 0.5, true};

constexpr QuasiIdentifier kOfDecisions[] = {kEvent,  kLayout, kServer, kTerm,  kLanguage, kStage,   kTool,
                                            kModule, kArea,   kType,   kActor, kDecision, kLinkRule};
constexpr QuasiIdentifier kOfCorrections[] = {kEvent, kLayout, kServer, kTerm, kLanguage, kStage,
                                              kTool,  kModule, kArea,   kType, kActor,    kLinkRule};
constexpr QuasiIdentifier kOfQuestions[] = {kTerm, kLanguage, kArea, kType};

}  // namespace

std::span<const QuasiIdentifier> quasi_identifiers(TableId table) {
  switch (table) {
    case TableId::kDecisions: return kOfDecisions;
    case TableId::kCorrections: return kOfCorrections;
    case TableId::kQuestions: return kOfQuestions;
  }
  return kOfDecisions;
}

QuasiValue generalised(const QuasiIdentifier& quasi, const QuasiValue& value, int level) {
  if (level == 0 || !value) return value;
  if (level >= quasi.levels || quasi.generalise == nullptr) return std::nullopt;
  return quasi.generalise(*value, level);
}

}  // namespace qf
