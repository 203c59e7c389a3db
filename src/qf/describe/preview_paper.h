// What a teacher sees before anything leaves: their rows as they would leave, what is masked, what stays and why.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "qf/describe/paper.h"

namespace qf {

struct PreviewFacts {
  std::string audience, as_of;
  enum class Level { kNone, kFeatures, kMasked, kWhole };
  std::array<Level, 4> text_levels{};  // questions, options, corrections, reasons
  bool grouped = false;                // the audience needs groups of people: rows leave coarser

  // What the rows were computed with: these projects and those of the version that is live; "" where there is none.
  std::string live_version;
  std::size_t all_projects = 0, missing_folders = 0;
  std::uint64_t people = 0;  // with rows among them
  struct Refusal {
    std::string gate, measured, required;
  };
  std::vector<Refusal> refused;  // why no version would be made of them; none: it would be

  struct Scope {
    std::string name, state;                // given, refused, …; "" where nothing is on record
    bool needed = false;                    // for every row
    bool supposed = false;                  // the page shows what would be if it were given
    std::uint64_t texts = 0, features = 0;  // that leave with it and not without, all else as it is
  };
  struct Project {
    std::string name, folder;
    bool confirmed = false;
    std::uint64_t rows = 0, leaving = 0;  // leaving: as the page shows it
    bool supposed = false;                // shown as if its person had agreed: now nothing of it leaves
    std::vector<Scope> scopes;
  };
  std::vector<Project> projects;

  std::map<std::string, std::uint64_t> left_out;  // reason → rows
  std::map<std::string, std::uint64_t> masked;    // type → places
  std::uint64_t set_apart = 0;                    // texts that await a person's decision

  struct Field {
    std::string name, leaves_as, in_the_log;  // in_the_log: only where that differs
    bool set_apart = false;
  };
  struct Row {
    std::string table, place, gist;
    std::string left_out;       // reason; "" for a row that leaves
    std::vector<Field> fields;  // of one that is left out since too few share it: at most like this it would leave
  };
  std::vector<Row> rows;
  std::uint64_t rows_not_shown = 0;
};

Paper preview_paper(const PreviewFacts& facts, const std::string& language);

}  // namespace qf
