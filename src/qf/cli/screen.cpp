#include "qf/cli/screen.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace qf::cli {
namespace {

constexpr std::size_t kMostSkippedShown = 20;

std::string duration_text(double seconds) {
  const long whole = std::lround(seconds);
  return whole >= 3600 ? fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
                       : fmt::format("{}:{:02}", whole / 60, whole % 60);
}

bool is_number(std::string_view cell) {
  return !cell.empty() && cell.find_first_not_of("0123456789,.%-") == std::string_view::npos;
}

// The columns of a terminal that a UTF-8 text takes, near enough for our own words.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string grouped(std::uint64_t number) {
  const std::string digits = std::to_string(number);
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

std::string listed(const Tally::Counts& counts) {
  std::vector<std::pair<std::string, std::uint64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string out;
  std::uint64_t others = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (i >= 6)
      others += sorted[i].second;
    else
      out += fmt::format("{}{} {}", out.empty() ? "" : ", ", sorted[i].first, grouped(sorted[i].second));
  }
  return others == 0 ? out : out + fmt::format(", others {}", grouped(others));
}

}  // namespace

int report(const Error& error) {
  fmt::print(stderr, "qf-dataset: {}\n", printable(error.message));
  return error.code == ErrorCode::kRefused ? kRefused : kCouldNotRun;
}

Status check_named(const std::filesystem::path& file) {
  std::error_code error;
  if (std::filesystem::exists(file, error)) return {};
  if (error) return failure(ErrorCode::kIo, fmt::format("{}: cannot be looked at: {}", file.string(), error.message()));
  return failure(ErrorCode::kNotFound, file.string() + ": no such file or folder");
}

ProgressBar::ProgressBar()
    : terminal_(::isatty(STDERR_FILENO) == 1), started_(std::chrono::steady_clock::now()), last_(started_) {}

ProgressBar::~ProgressBar() {
  if (drawn_) fmt::print(stderr, "\r\033[K");
}

void ProgressBar::show(const Progress& progress) {
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ && now - last_ < std::chrono::seconds(10)) return;
  last_ = now;
  const double seconds = std::max(1e-3, std::chrono::duration<double>(now - started_).count());
  const double rate = static_cast<double>(progress.done_bytes) / seconds;
  const double share = progress.total_bytes == 0
                           ? 1
                           : static_cast<double>(progress.done_bytes) / static_cast<double>(progress.total_bytes);
  const double left = rate > 0 ? static_cast<double>(progress.total_bytes - progress.done_bytes) / rate : 0;
  const std::string facts =
      fmt::format("{} of {}  {}/s  {} left", bytes_text(static_cast<double>(progress.done_bytes)),
                  bytes_text(static_cast<double>(progress.total_bytes)), bytes_text(rate), duration_text(left));
  if (!terminal_) {
    fmt::print(stderr, "{}: {}\n", progress.stage, facts);
    return;
  }
  winsize size{};
  const int columns = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
  const int width =
      std::clamp(columns - static_cast<int>(facts.size()) - static_cast<int>(progress.stage.size()) - 12, 5, 40);
  const int full = static_cast<int>(share * width);
  std::string bar;
  for (int i = 0; i < width; ++i) bar += i < full ? "█" : "░";
  fmt::print(stderr, "\r\033[K{} {} {:3.0f} %  {}", progress.stage, bar, share * 100, facts);
  std::fflush(stderr);
  drawn_ = true;
}

std::string bytes_text(double bytes) {
  constexpr std::array<std::string_view, 5> kUnits = {"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  while (bytes >= 1000 && unit + 1 < kUnits.size()) {
    bytes /= 1000;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", bytes, unit == 0 || bytes >= 100 ? 0 : 1, kUnits[unit]);
}

std::string printable(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto byte = static_cast<unsigned char>(name[i]);
    // U+0080 to U+009F are control characters as well.
    const bool is_high = byte == 0xc2 && i + 1 < name.size() && static_cast<unsigned char>(name[i + 1]) < 0xa0;
    if (byte < 0x20 || byte == 0x7f || is_high)
      out += fmt::format("\\x{:02X}", is_high ? static_cast<unsigned char>(name[++i]) : byte);
    else
      out += name[i];
  }
  return out;
}

std::string table_text(const std::vector<std::vector<std::string>>& cells, std::string_view indent) {
  std::vector<std::size_t> widths;
  auto rows = cells;
  for (auto& row : rows)
    for (std::string& cell : row) cell = printable(cell);
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (widths.size() <= i) widths.push_back(0);
      widths[i] = std::max(widths[i], width_of(row[i]));
    }
  std::string out;
  for (const auto& row : rows) {
    std::string line(indent);
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string space(widths[i] - width_of(row[i]), ' ');
      const bool last = i + 1 == row.size();
      if (is_number(row[i]))
        line += space + row[i];
      else
        line += last ? row[i] : row[i] + space;
      if (!last) line += "  ";
    }
    out += line + "\n";
  }
  return out;
}

nlohmann::json to_json(const std::vector<SkippedInput>& skipped) {
  nlohmann::json list = nlohmann::json::array();
  for (const SkippedInput& one : skipped) list.push_back({{"path", one.path}, {"reason", one.reason}});
  return list;
}

void print_tally(const Tally& tally) {
  std::vector<std::vector<std::string>> rows = {
      {"blank", grouped(tally.blank), ""},
      {"pending", grouped(tally.pending),
       tally.pending == 0 ? "" : "a last line without line end: still being written"},
      {"rejected", grouped(sum(tally.rejected)), listed(tally.rejected)},
      {"filtered", grouped(sum(tally.filtered)),
       sum(tally.filtered) == 0 ? "" : "events that no row of the event table knows"},
      {"events", grouped(sum(tally.events)), listed(tally.events)},
      {"= lines", grouped(tally.lines),
       fmt::format("in {} files{}{}", grouped(tally.files),
                   tally.twin_files == 0 ? ""
                                         : fmt::format("; {} copies with {} lines were set apart",
                                                       grouped(tally.twin_files), grouped(tally.twin_lines)),
                   tally.salvaged == 0 ? "" : fmt::format("; {} salvaged from glued lines", grouped(tally.salvaged)))}};
  fmt::print("Lines\n{}", table_text(rows));
  fmt::print("Links\n{}", table_text({{"linked", grouped(sum(tally.linked)), listed(tally.linked)},
                                      {"orphans", grouped(sum(tally.orphans)), listed(tally.orphans)}}));
  rows.clear();
  if (!tally.written.empty() || !tally.dropped.empty()) {
    std::uint64_t written = 0;
    Tally::Counts by_place;
    for (const auto& [table, splits] : tally.written)
      for (const auto& [split, count] : splits) {
        by_place[fmt::format("{}/{}", table, split)] = count;
        written += count;
      }
    rows.push_back({"dropped", grouped(sum(tally.dropped)), listed(tally.dropped)});
    rows.push_back({"written", grouped(written), listed(by_place)});
    if (const std::uint64_t left = sum(tally.records) - sum(tally.dropped) - written; left != 0)
      rows.push_back({"not written", grouped(left), "a gate refused"});
    rows.push_back({"= records", grouped(sum(tally.records)), listed(tally.records)});
  } else {
    rows.push_back({"records", grouped(sum(tally.records)), listed(tally.records)});
  }
  fmt::print("Rows\n{}", table_text(rows));
  if (!tally.masked.empty() || !tally.quarantined.empty())
    fmt::print("Texts\n{}",
               table_text({{"masked", grouped(sum(tally.masked)), listed(tally.masked)},
                           {"set apart", grouped(sum(tally.quarantined)),
                            fmt::format("texts in {} rows{}{}", grouped(tally.quarantined_rows),
                                        tally.quarantined.empty() ? "" : ": ", listed(tally.quarantined))}}));
}

void print_skipped(const std::vector<SkippedInput>& skipped) {
  for (std::size_t i = 0; i < std::min(skipped.size(), kMostSkippedShown); ++i)
    fmt::print(stderr, "not read: {}: {}\n", printable(skipped[i].path), printable(skipped[i].reason));
  if (skipped.size() > kMostSkippedShown) fmt::print(stderr, "not read: {} more\n", skipped.size() - kMostSkippedShown);
}

void print_json(const nlohmann::json& json) {
  fmt::print("{}\n", json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace qf::cli
