// What a teacher sees before anything leaves: their rows as they would leave, what is masked, what stays and why.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "qf/describe/paper.h"

namespace qf {

struct PreviewFacts {
  std::string audience, text_levels, as_of;
  bool grouped = false;  // the audience needs groups of people: rows leave coarser still
  // How much coarser depends on everybody's rows. The version that is live now shows it; "" where there is none.
  std::string live_version;
  enum class Coarser { kSomewhat, kNotTold };
  std::map<std::string, std::map<std::string, Coarser>> coarser;  // table → column

  struct Scope {
    std::string name, state;                          // given, refused, …; "" where nothing is on record
    bool needed = false;                              // for every row
    std::uint64_t texts_with = 0, texts_without = 0;  // texts that leave, with and without it, all else as it is
  };
  struct Project {
    std::string name, folder;
    bool confirmed = false;
    std::uint64_t rows = 0, leaving = 0;
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
    std::string left_out;  // reason; "" for a row that leaves
    std::vector<Field> fields;
  };
  std::vector<Row> rows;
  std::uint64_t rows_not_shown = 0;
};

Paper preview_paper(const PreviewFacts& facts, const std::string& language);

}  // namespace qf
