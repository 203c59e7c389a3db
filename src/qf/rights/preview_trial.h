// The build that a preview asks: what it would make of each row, with whose logs, and whether it would publish at all.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/arena.h"
#include "qf/core/reason.h"
#include "qf/core/record.h"
#include "qf/core/result.h"
#include "qf/ingest/project.h"
#include "qf/rights/preview.h"
#include "qf/run/build.h"

namespace qf {

// The projects of the person who asks, among all those that a version made now would be built from: what lies under the
// given paths, and under the folders that the live version of the audience rests on. Groups, shared texts and splits
// depend on everybody's rows.
struct PreviewInputs {
  std::vector<std::filesystem::path> paths;
  ProjectList list;
  std::vector<bool> asked;          // by project of the list
  std::string live_version;         // AUDIENCE/MAJOR.MINOR.PATCH; "" where none is live
  std::size_t missing_folders = 0;  // of the live version, that are not where they were
};
Result<PreviewInputs> preview_inputs(const PreviewRequest& request);

// What the trial said of the projects that were asked for.
class PreviewTrial {
 public:
  // The build that it is.
  static BuildRequest dry_run(const PreviewRequest& request, const PreviewInputs& inputs);
  // `supposed`: what people are taken to have said last of all.
  static Result<PreviewTrial> run(const PreviewRequest& request, const PreviewInputs& inputs,
                                  const std::vector<ConsentStatement>& supposed);

  struct Row {
    DropReason dropped = DropReason::kNone;
    std::vector<Cell> cells;  // text lies in the arena
  };
  // The row that consent let in as number `number` of its project. kInvalidInput where the trial met another: the logs
  // have changed meanwhile.
  Result<Row> row(std::string_view project, std::size_t number, TableId table, Arena& arena) const;

  std::vector<GateResult> refused;  // gates that would stop a version
  std::uint64_t people = 0;         // with rows in it

 private:
  struct Kept {
    TableId table = TableId::kDecisions;
    DropReason dropped = DropReason::kNone;
    std::string bytes;
  };
  std::map<std::string, std::vector<Kept>, std::less<>> rows_;  // by project, in their order
};

}  // namespace qf
