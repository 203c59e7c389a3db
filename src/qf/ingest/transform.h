// Events of one project, in order, to rows: sittings, links, what stood before, what came of it.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "qf/core/record.h"
#include "qf/core/tally.h"
#include "qf/ingest/event.h"
#include "qf/ingest/linker.h"
#include "qf/ingest/question_book.h"

namespace qf {

inline constexpr std::int64_t kSittingGapUs = 30LL * 60 * 1'000'000;
inline constexpr std::size_t kMaxPreviousDecisions = 16;

// What the build needs to know about a row and no dataset may hold.
struct RowFacts {
  std::uint32_t session = 0;  // index into ProjectRows::sessions
  std::int64_t time_us = 0;
  bool has_time = true;
  // Names the source line: its bytes and how many equal ones came before it in the project. Zero for questions.
  std::array<unsigned char, 16> line_hash{};
  std::uint32_t occurrence = 0;
};

struct StagedRow {
  TableId table = TableId::kDecisions;
  Row cells;  // id columns hold the raw ids; they become pseudonyms when the dataset is written
  RowFacts facts;
};

struct SessionFacts {
  std::string id;  // unique within the project
  std::uint32_t sittings = 0;
  std::uint32_t sittings_with_decisions = 0;
  std::uint64_t decisions = 0;
  std::int64_t first_us = 0, last_us = 0;
  bool any_event = false;
};

struct ProjectRows {
  Arena arena;
  std::vector<StagedRow> rows;
  std::vector<SessionFacts> sessions;
  std::vector<Orphan> orphans;
  std::vector<JoinedLines> joined;  // only with LinkOptions::keep_joined
  Tally tally;                      // linked, orphans, noted, records
};

struct TransformOptions {
  bool text_features = true;
  LinkOptions link;
};

class ProjectTransform {
 public:
  ProjectTransform(std::string project_name, std::string session_id, std::string_view original_path,
                   std::string_view folder, const QuestionBook& book, TransformOptions options);
  ~ProjectTransform();

  // The next event in the project's order.
  void add(const Event& event);
  ProjectRows finish();

 private:
  struct Session;
  struct Question;
  struct Decided;

  Session& session_of(const Event& event);
  void keep_time(Session& session, const Event& event);
  void add_decision(Session& session, const Event& event, const DecisionBody& body);
  void add_correction(Session& session, const Event& event, const CorrectionBody& body, const KeptDecision* by,
                      LinkRuleId rule, std::string_view suffix);
  void correct(Session& session, const Event& event, const CorrectionBody& body);
  void add_question_rows();
  void add_question_row(Question& question);

  Question& question_of(Session& session, const Event& event, std::string_view id);
  void mention(Question& question, const QuestionMention& said);
  std::uint32_t occurrence_of(const std::array<unsigned char, 16>& line_hash);
  std::string_view keep(std::string_view bytes) { return out_.arena.copy(bytes); }
  std::string record_name(const Event& event, std::uint32_t occurrence, std::string_view suffix) const;
  std::string_view session_name(const Session& session);
  std::string_view question_name(std::string_view id);

  template <TableId Table>
  void set_envelope(RowOf<Table>& row, Session& session, const Event& event);
  template <TableId Table>
  void set_text_features(RowOf<Table>& row, std::string_view text);
  template <TableId Table>
  void set_question_type(RowOf<Table>& row, UserText said, const Question* question, std::string_view id,
                         std::int64_t time_us);

  std::string project_, session_id_, subject_area_;
  const QuestionBook& book_;
  TransformOptions options_;
  ProjectRows out_;
  std::map<std::string, std::unique_ptr<Session>, std::less<>> sessions_;
  std::vector<Session*> session_order_;
  std::map<std::string, std::unique_ptr<Question>, std::less<>> questions_;
  std::vector<Question*> question_order_;
  std::map<std::array<unsigned char, 16>, std::uint32_t> lines_;
  std::string last_session_id_;  // of lines that name none: the flat layout names it once
  std::int64_t last_us_ = 0;
  bool any_event_ = false;
};

}  // namespace qf
