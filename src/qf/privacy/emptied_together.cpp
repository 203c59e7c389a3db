#include "qf/privacy/emptied_together.h"

namespace qf {
namespace {

constexpr auto kDecisions = TableId::kDecisions;
constexpr auto kCorrections = TableId::kCorrections;
constexpr auto kQuestions = TableId::kQuestions;

// What was chosen, in all its forms. The outcome says how choice and suggestion compare, and so gives back either.
constexpr std::string_view kWithChoice = "user_choice|user_choice_kind|user_choice_label|user_choice_index|outcome";
constexpr std::string_view kWithSuggestion =
    "ai_suggestion|ai_suggestion_kind|ai_suggestion_label|ai_suggestion_index|outcome";
// A place among the options is a choice as soon as the options are there, and there are as many as the list is long.
constexpr std::string_view kWithOptions = "options_presented|option_count|user_choice_index|ai_suggestion_index";
constexpr std::string_view kWithCorrection =
    "field|correction_type|before|before_kind|before_length|after|after_kind|after_length|edit_distance";

constexpr EmptiedTogether kTable[] = {
    {kDecisions, "user_choice", kWithChoice},
    {kDecisions, "user_choice_kind", kWithChoice},
    {kDecisions, "user_choice_label", kWithChoice},
    {kDecisions, "outcome", kWithChoice},
    {kDecisions, "ai_suggestion", kWithSuggestion},
    {kDecisions, "ai_suggestion_kind", kWithSuggestion},
    {kDecisions, "ai_suggestion_label", kWithSuggestion},
    {kDecisions, "options_presented", kWithOptions},
    {kDecisions, "option_count", kWithOptions},
    {kDecisions, "user_choice_index", kWithOptions},
    {kDecisions, "ai_suggestion_index", kWithOptions},
    // Values tell their field, and the distance tells one value from the other.
    {kCorrections, "field", kWithCorrection},
    {kCorrections, "before", kWithCorrection},
    {kCorrections, "before_kind", kWithCorrection},
    {kCorrections, "after", kWithCorrection},
    {kCorrections, "after_kind", kWithCorrection},
    {kQuestions, "option_count", "options"},
    // iterations is the sum of the other three.
    {kQuestions, "iterations", "corrections"},
    {kQuestions, "corrections", "iterations"},
    {kQuestions, "machine_corrections", "iterations"},
    {kQuestions, "validation_failures", "iterations"},
    {kQuestions, "outcome", "abandoned_at"},
};

}  // namespace

std::span<const EmptiedTogether> emptied_together() { return kTable; }

}  // namespace qf
