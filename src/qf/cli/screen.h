// What the program shows: progress on a terminal, quiet lines elsewhere, tables and JSON.
#pragma once

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/core/tally.h"
#include "qf/run/build.h"
#include "qf/run/result_json.h"

namespace qf::cli {

// Exit codes: what scripts rely on.
inline constexpr int kDone = 0;
inline constexpr int kRefused = 1;
inline constexpr int kCouldNotRun = 2;
inline constexpr int kSomeInputsUnreadable = 3;

// Prints the error to stderr and says which exit code it means.
int report(const Error& error);

// Whether the file that the command line names is there; kIo, with the reason, where that cannot be told.
Status check_named(const std::filesystem::path& file);

// A bar with bytes, rate and time left, on a terminal; elsewhere a line every ten seconds. Always to stderr.
class ProgressBar {
 public:
  ProgressBar();
  ~ProgressBar();
  void show(const Progress& progress);

 private:
  bool terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point started_, last_;
};

std::string bytes_text(double bytes);

// A name from outside for a terminal: control characters, a line feed among them, stand as \x1B. Otherwise a file's
// name could move the cursor, or write lines that look like ours.
std::string printable(std::string_view name);

// Rows of cells with aligned columns; numbers to the right.
std::string table_text(const std::vector<std::vector<std::string>>& rows, std::string_view indent = "  ");

// One object on standard output; bytes of names that are not UTF-8 are replaced.
void print_json(const nlohmann::json& json);
nlohmann::json to_json(const std::vector<SkippedInput>& skipped);

// The tally as short tables whose columns add up.
void print_tally(const Tally& tally);
void print_skipped(const std::vector<SkippedInput>& skipped);

}  // namespace qf::cli
