#include "qf/run/check.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "qf/ingest/event_table.h"
#include "qf/ledger/keys.h"
#include "qf/ledger/people.h"

namespace qf {
namespace {

// What one row says about readiness.
void count_row(const TransformedRow& row, ReadinessFacts& facts) {
  if (row.table == TableId::kDecisions) {
    const RowOf<TableId::kDecisions> decision(row.cells);
    if (decision.get<"actor">().view() != "teacher") return;
    ++facts.decisions;
    const std::string type(decision.get<"decision_type">().view());
    ++facts.decisions_by_type[type];
    const bool has_text =
        !decision.get<"question_text">().is_null() && decision.get<"question_text_source">().view() != "current";
    facts.decisions_with_text += has_text ? 1U : 0U;
    if (has_text && !decision.get<"user_choice_label">().is_null()) ++facts.labelled[type];
    const std::string_view outcome = decision.get<"outcome">().view();
    if (outcome != "no_suggestion") ++facts.with_suggestion;
    if (outcome == "accepted") ++facts.accepted;
    if (outcome == "rejected" || outcome == "chosen_otherwise") ++facts.refused;
    if (const Cell& area = decision.get<"subject_area">(); !area.is_null())
      facts.subject_areas.insert(std::string(area.view()));
  } else if (row.table == TableId::kCorrections) {
    const RowOf<TableId::kCorrections> correction(row.cells);
    if (correction.get<"actor">().view() != "teacher") return;
    ++facts.corrections;
    const bool whole = !correction.get<"before">().is_null() && !correction.get<"after">().is_null() &&
                       correction.get<"after_truncated">().integer == 0;
    facts.corrections_with_both += whole ? 1U : 0U;
  } else {
    const RowOf<TableId::kQuestions> question(row.cells);
    ++facts.questions;
    facts.questions_with_text += question.get<"question_text">().is_null() ? 0U : 1U;
    if (const Cell& type = question.get<"question_type">(); !type.is_null())
      ++facts.question_types[std::string(type.view())];
    if (const Cell& area = question.get<"subject_area">(); !area.is_null())
      facts.subject_areas.insert(std::string(area.view()));
  }
}

// Counts the rows of one project as they come.
class CountedRows final : public RowSink {
 public:
  Result<std::uint64_t> take(TransformedRow& row, Arena&) override {
    count_row(row, facts);
    return 0;
  }
  ReadinessFacts facts;
};

}  // namespace

Result<CheckResult> check(const std::vector<std::filesystem::path>& paths, unsigned threads,
                          const std::filesystem::path& key_file, const ProgressCallback& progress) {
  KeyedTag tags = KeyedTag::ephemeral();
  // What cannot be looked at cannot be opened either, which says why.
  if (std::error_code error; std::filesystem::exists(key_file, error) || error) {
    QF_ASSIGN(const KeyFile key, KeyFile::open(key_file));
    QF_ASSIGN(tags, KeyedTag::make(key));
  }
  CheckResult result;
  ReadinessFacts facts;
  std::map<std::pair<std::string, std::string>, std::map<std::string, ConformanceLine>> conformance;
  std::map<std::string, EventConformance> events;
  std::mutex mutex;
  ReadPlan plan;
  plan.threads = threads;
  plan.transform.text_features = false;
  plan.tag = [&tags](std::string_view name) { return "other:" + tags.tag(name); };
  plan.progress = progress;
  QF_ASSIGN(
      ReadSummary read,
      read_all(
          paths, plan, [](const Project&) { return std::make_unique<CountedRows>(); },
          [&](const Project& project, RowSink& sink, ProjectReading&& reading) -> Status {
            ReadinessFacts& mine = static_cast<CountedRows&>(sink).facts;
            for (const SessionFacts& session : reading.rows.sessions) {
              mine.sittings += session.sittings;
              mine.sittings_with_decisions += session.sittings_with_decisions;
            }
            if (mine.decisions + mine.corrections != 0)
              mine.subjects.insert(subject_key(guess_subject(project, signs_of(project, reading))));
            const std::lock_guard lock(mutex);
            facts.add(mine);
            for (std::size_t type = 0; type < reading.facts.by_type.size(); ++type)
              if (reading.facts.by_type[type] + reading.facts.malformed[type] != 0) {
                EventConformance& line = events[std::string(event_types()[type].name)];
                line.lines += reading.facts.by_type[type];
                line.conform += reading.facts.conforming[type];
                line.malformed += reading.facts.malformed[type];
              }
            for (const auto& [key, count] : reading.facts.conformance) {
              ConformanceLine& line = conformance[{std::string(key.type->name), std::string(key.field)}]
                                                 [std::string(to_string(key.problem))];
              const std::string& file = project.logs[count.example.file].path.string();
              if (line.count == 0 || file < line.file) {
                line.file = file;
                line.line = count.example.line;
              }
              line.count += count.count;
            }
            for (const RejectedLine& line : reading.facts.rejected_lines)
              result.rejected.push_back({std::string(text_of(line.reason).name), std::string(line.field),
                                         project.logs[line.at.file].path.string(), line.at.line, line.byte_offset});
            for (const Orphan& orphan : reading.rows.orphans)
              result.orphans.push_back({std::string(to_string(orphan.kind)), "",
                                        project.logs[orphan.at.file].path.string(), orphan.at.line, 0});
            return {};
          }));
  result.tally = std::move(read.tally);
  result.bytes = read.bytes;
  result.skipped = std::move(read.skipped);
  for (const auto& [name, count] : result.tally.event_names) facts.event_names[name] += count;
  for (auto& [name, problems] : conformance)
    for (auto& [problem, line] : problems) {
      line.event = name.first;
      line.field = name.second;
      line.problem = problem;
      result.conformance.push_back(std::move(line));
    }
  for (auto& [name, line] : events) {
    line.event = name;
    result.events.push_back(std::move(line));
  }
  const auto by_place = [](const LocatedLine& a, const LocatedLine& b) {
    return a.file != b.file ? a.file < b.file : a.line < b.line;
  };
  std::sort(result.rejected.begin(), result.rejected.end(), by_place);
  std::sort(result.orphans.begin(), result.orphans.end(), by_place);
  result.readiness = assess(facts);
  result.verdict = verdict(facts, result.readiness);
  return result;
}

}  // namespace qf
