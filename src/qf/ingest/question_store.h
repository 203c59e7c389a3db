// What is known of each question of a project while its events go by; those that nobody speaks of wait on disk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/flat_map.h"
#include "qf/core/result.h"
#include "qf/core/spill_file.h"
#include "qf/core/state_io.h"
#include "qf/ingest/corrected_wordings.h"
#include "qf/ingest/event.h"

namespace qf {

// A text that may be absent, kept beyond its batch.
using KeptText = std::optional<std::string>;
inline void keep_text(KeptText& to, UserText from) {
  if (!from.present()) return;
  if (to)
    to->assign(from.bytes());
  else
    to.emplace(from.bytes());
}
inline UserText view_of(const KeptText& text) { return text ? UserText(*text) : UserText(); }

struct QuestionState {
  std::string id;
  std::uint32_t session = 0;  // index of the session that it was first met in
  std::int32_t order = 0;
  std::int64_t first_us = 0, last_us = 0;
  bool any_event = false;
  KeptText text, type, bloom, difficulty, title;  // as they stand, from events
  // What corrections put in, for whoever agrees to texts of questions and not to texts of corrections; and what text
  // and title were said to be beside it. Kept only where there is a correction.
  CorrectedWordings corrected;
  KeptText text_apart, title_apart;
  bool options_corrected = false;
  std::int64_t corrected_us = 0;  // the latest correction
  bool was_corrected() const { return !corrected.empty() || options_corrected; }
  std::int32_t suggestions = 0, decisions = 0, accepted = 0, corrections = 0, machine_corrections = 0;
  std::int32_t corrections_since_suggestion = 0;
  std::int32_t validations = 0, failed_validations = 0;
  QuestionStep step = QuestionStep::kSeen;
  enum class Last : std::uint8_t {
    kOther,
    kSuggestion,
    kFailedValidation,
    kBuildAbandoned,
    kReviewAbandoned,
    kValidationAbandoned
  };
  Last last = Last::kOther;
};

// Questions numbered in the order of their first appearance. At most kResident of them are in memory, and 24 bytes for
// each of the others.
class QuestionStore {
 public:
  static constexpr std::size_t kResident = 16'384;

  // Others wait in a file without a name in `spill_folder`.
  explicit QuestionStore(std::filesystem::path spill_folder) : spill_folder_(std::move(spill_folder)) {}

  // The question of that id, made where it is new (then with its id alone). Valid until the next trim().
  QuestionState& find_or_add(std::string_view id, bool& is_new);
  bool contains(std::string_view id);
  // Puts the questions that were not asked for lately aside, if there are too many. Between two events.
  Status trim();
  std::size_t size() const { return places_.size(); }
  // The question of that number; valid as long as the result lives and nothing else is asked.
  struct Looked {
    std::unique_ptr<QuestionState> read;  // where it was on disk
    const QuestionState* question;
  };
  Looked look(std::size_t number);

  // For a run that goes on where this one ends (core/state_io.h).
  Status save(StateWriter& to);
  Status load(StateReader& from);
  // How many there were when it went on, and those of them that were asked for since, by number, as they were then.
  std::size_t loaded() const { return loaded_; }
  const std::map<std::size_t, std::string>& loaded_and_asked_for() const { return before_; }
  static QuestionState decoded(std::string_view bytes);

  // The first error of the file, if there was one: then what was read since is not to be trusted.
  const Status& status() const { return status_; }

 private:
  struct Place {
    std::unique_ptr<QuestionState> resident;
    std::uint64_t offset = 0;  // in the file, where it is not resident
  };
  std::optional<std::size_t> number_of(std::string_view id);
  QuestionState& at(std::size_t number);
  std::unique_ptr<QuestionState> read(const Place& place);
  void keep_before(std::size_t number, const QuestionState& question);

  std::filesystem::path spill_folder_;
  FlatMap numbers_;  // hash of the id → number + 1
  std::vector<Place> places_;
  std::vector<std::uint32_t> resident_;  // numbers, the longest resident first
  std::optional<SpillFile> file_;
  std::size_t loaded_ = 0;
  std::map<std::size_t, std::string> before_;
  Status status_;
};

}  // namespace qf
