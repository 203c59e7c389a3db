// One log file on its way to the disk: its bytes, its line numbers, and what is wrong with it on purpose.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "clock.h"
#include "expected.h"
#include "json_text.h"

namespace classroom {

class LogFile {
 public:
  LogFile(std::filesystem::path path, std::string name, Expected& expected);
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  // The bytes to append the next line to; end_line() adds the LF and returns the line's number from 1.
  std::string& line() { return buffer_; }
  std::uint64_t end_line();

  void blank_line(std::string_view spaces);
  // A whole line that a correct reader must reject for `reason`.
  void damaged_line(std::string_view bytes, std::string_view reason);
  // The beginning of a line that was cut off; the next line is glued to it.
  void half_line(std::string_view bytes);
  // The beginning of a line at the end of the file, still being written.
  void pending_tail(std::string_view bytes);

  const std::filesystem::path& path() const { return path_; }
  const std::string& name() const { return name_; }  // relative to the folder of the whole school
  std::uint64_t bytes() const { return flushed_ + buffer_.size(); }
  std::uint64_t lines() const { return lines_; }
  Expected& expected() { return expected_; }
  void flush();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::filesystem::path path_;
  std::string name_;
  Expected& expected_;
  std::unique_ptr<std::FILE, Close> file_;
  std::string buffer_;
  std::uint64_t flushed_ = 0, lines_ = 0;
  bool glued_ = false;
};

enum class Server { kPipeline, kScaffolding, kCore };
enum class Layout { kEnvelope, kFlat };

// The session.jsonl of a project: log, clock and session id together.
struct Journal {
  LogFile& log;
  Clock& clock;
  std::string session_id;
  Layout layout = Layout::kEnvelope;
  std::uint64_t decided_sitting = 0;  // the last sitting that holds a decision
};

// Counts a decision, and its sitting as one that holds a decision.
void count_decision(Journal& journal, std::string_view event);

// One event on its way into a journal. data() opens the payload, done() ends the line.
class EventLine {
 public:
  EventLine(Journal& journal, Server server, std::string_view tool, std::string_view event,
            std::string_view level = "info");

  JsonText& data();
  EventLine& took(std::int64_t ms) { return duration_ms_ = ms, *this; }
  EventLine& parent(std::string_view id) { return parent_ = id, *this; }
  // The event's name is a sentence that begins so.
  EventLine& sentence(std::string_view beginning) { return sentence_ = beginning, *this; }
  EventLine& unlisted() { return unlisted_ = true, *this; }
  std::uint64_t done();
  // The same, counted as what it means. The event's name must outlive the line.
  std::uint64_t done_as_decision();
  std::uint64_t done_as_suggestion();
  std::uint64_t done_as_correction(std::string_view source);

 private:
  Journal& journal_;
  JsonText json_;
  std::string_view event_, sentence_, parent_;
  std::int64_t duration_ms_ = -1;
  bool open_ = false, unlisted_ = false;
};

}  // namespace classroom
