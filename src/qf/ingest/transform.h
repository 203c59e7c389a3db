// Events of one project, in order, to rows: sittings, links, what stood before, what came of it.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/flat_map.h"
#include "qf/core/record.h"
#include "qf/core/state_io.h"
#include "qf/core/tally.h"
#include "qf/ingest/event.h"
#include "qf/ingest/linker.h"
#include "qf/ingest/question_book.h"
#include "qf/ingest/question_store.h"

namespace qf {

inline constexpr std::int64_t kSittingGapUs = 30LL * 60 * 1'000'000;
inline constexpr std::size_t kMaxPreviousDecisions = 16;

// What the build needs to know about a row and no dataset may hold.
struct RowFacts {
  std::uint32_t session = 0;  // index into ProjectFacts::sessions
  std::int64_t time_us = 0;
  bool has_time = true;
  LineName line;                          // of decisions and corrections
  std::string_view question;              // id of the question, "" where there is none; names a row of `questions`
  std::optional<LineName> decision;       // of a correction: the decision that it carries out
  std::optional<std::uint64_t> replaces;  // what RowSink::take() gave for the row that this one supersedes
  Position at;                            // of decisions and corrections: where the line stands
  // The row without what corrections of its question put in, and when the latest of them was; empty where it holds
  // none. A scope of its own lets that out.
  std::span<const Cell> without_corrections{};
  std::int64_t corrected_us = 0;
  // Of `questions`, where a run goes on after an earlier one: a question that is spoken of again has its row taken back
  // as it was and handed over as it is now.
  enum class Step : std::uint8_t { kNew, kTakenBack, kAmended };
  Step step = Step::kNew;
};

struct TransformedRow {
  TableId table = TableId::kDecisions;
  // Text lies in the arena of the transform, until take() returns. Ids (record_id, session_id, subject_id, question_id,
  // decision_record_id) are null: they follow from the facts. So is context.previous_decisions, which follows from the
  // rows before.
  Row cells;
  RowFacts facts;
};

// Takes rows as they come, in the order of their events; those of `questions` at the end.
class RowSink {
 public:
  virtual ~RowSink() = default;
  // Returns a number that names the row, for RowFacts::replaces. `arena` is for what replaces cells of the row.
  virtual Result<std::uint64_t> take(TransformedRow& row, Arena& arena) = 0;

  // The rows of all events have come; what follows are questions that only files know, made anew by each run.
  virtual Status end_of_events() { return {}; }
  // For a run that goes on where this one ends: after end_of_events(), and before the first row.
  virtual void save(StateWriter&) {}
  virtual void load(StateReader&) {}
};

struct SessionFacts {
  std::string id;  // unique within the project
  std::uint32_t sittings = 0;
  std::uint32_t sittings_with_decisions = 0;
  std::uint64_t decisions = 0;
  std::int64_t first_us = 0, last_us = 0;
  bool any_event = false;
};

// What a project's events came to, apart from the rows.
struct ProjectFacts {
  std::vector<SessionFacts> sessions;
  std::vector<Orphan> orphans;
  std::vector<JoinedLines> joined;  // only with LinkOptions::keep_joined
  Tally tally;                      // linked, orphans, noted, records
};

struct TransformOptions {
  bool text_features = true;
  LinkOptions link;
  std::filesystem::path spill_folder;  // for questions that have no room in memory
};

class ProjectTransform {
 public:
  ProjectTransform(std::string session_id, std::string_view subject_area, const QuestionBook& book,
                   TransformOptions options, RowSink& sink);
  ~ProjectTransform();

  // The next event in the project's order.
  Status add(const Event& event);
  // `save`, if it is there, gets what a run needs that goes on with later events of these logs.
  Result<ProjectFacts> finish(StateWriter* save = nullptr);
  // Before the first event: goes on after the run that saved.
  Status load(StateReader& from);

 private:
  struct Session;
  struct Deciding;

  Session& session_of(const Event& event);
  void keep_time(Session& session, const Event& event);
  Status add_decision(Session& session, const Event& event, const DecisionBody& body);
  Status add_correction(Session& session, const Event& event, const CorrectionBody& body, const KeptDecision* by,
                        LinkRuleId rule, const LineName& line);
  Status correct(Session& session, const Event& event, const CorrectionBody& body);
  Status add_question_row(const QuestionState& question, RowFacts::Step step = RowFacts::Step::kNew);
  Status add_questions_of_events();
  Status add_questions_of_files();
  template <class Io>
  void state(Io& io);

  QuestionState& question_of(Session& session, const Event& event, std::string_view id);
  void mention(QuestionState& question, const QuestionMention& said);
  static void keep_wording(QuestionState& question, const CorrectionBody& body, std::string_view field,
                           std::int64_t at_us);
  LineName line_name(const Event& event);
  std::string_view keep(std::string_view bytes) { return arena_.copy(bytes); }
  // Hands the row over and forgets its memory.
  Result<std::uint64_t> emit(TransformedRow row);

  template <TableId Table>
  void set_envelope(RowOf<Table>& row, Session& session, const Event& event);
  template <TableId Table>
  void set_text_features(RowOf<Table>& row, std::string_view text);
  // Whether the row needs a second form, without what corrections put in; then `other` is one, so far the same but for
  // what has no canonical form.
  template <TableId Table>
  bool tell_apart(const RowOf<Table>& row, const QuestionState* question, RowOf<Table>& other);
  template <TableId Table>
  void set_question_type(RowOf<Table>& row, UserText said, const QuestionState* question, std::string_view id,
                         std::int64_t time_us);

  std::string session_id_, subject_area_;
  const QuestionBook& book_;
  TransformOptions options_;
  RowSink& sink_;
  Arena arena_;  // of the row under construction
  ProjectFacts out_;
  std::array<std::uint64_t, kTableCount> records_{};    // by table; into the tally at the end
  std::array<std::uint64_t, kLinkRuleCount> linked_{};  // by rule
  std::map<std::string, std::unique_ptr<Session>, std::less<>> sessions_;
  std::vector<Session*> session_order_;
  QuestionStore questions_;
  FlatMap lines_;                // hash of a line → how many equal ones came before
  std::string last_session_id_;  // of lines that name none: the flat layout names it once
  std::int64_t last_us_ = 0;
  bool any_event_ = false;
};

}  // namespace qf
