// Envelopes around events, and files around lines.
#include "log_file.h"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace classroom {
namespace {

constexpr std::size_t kFlushBytes = 1 << 17;

Spacing spacing_of(Server server) { return server == Server::kScaffolding ? Spacing::kCompact : Spacing::kPython; }

std::string_view name_of(Server server) {
  switch (server) {
    case Server::kPipeline: return "qf-pipeline";
    case Server::kScaffolding: return "qf-scaffolding";
    case Server::kCore: return "qti-core";
  }
  return "";
}

}  // namespace

LogFile::LogFile(std::filesystem::path path, std::string name, Expected& expected)
    : path_(std::move(path)), name_(std::move(name)), expected_(expected) {
  std::filesystem::create_directories(path_.parent_path());
  file_.reset(std::fopen(path_.c_str(), "wb"));
  if (!file_) throw std::runtime_error(fmt::format("cannot write {}", path_.string()));
  ++expected_.files;
}

LogFile::~LogFile() {
  try {
    flush();
  } catch (const std::exception& error) {
    std::fputs(error.what(), stderr);
    std::_Exit(2);  // half a school must not pass for a whole one
  }
  expected_.bytes += flushed_;
}

void LogFile::flush() {
  if (std::fwrite(buffer_.data(), 1, buffer_.size(), file_.get()) != buffer_.size() || std::fflush(file_.get()) != 0)
    throw std::runtime_error(fmt::format("cannot write {}", path_.string()));
  flushed_ += buffer_.size();
  buffer_.clear();
}

std::uint64_t LogFile::end_line() {
  buffer_ += '\n';
  ++lines_;
  ++expected_.lines;
  if (std::exchange(glued_, false)) ++expected_.salvaged;
  if (buffer_.size() >= kFlushBytes) flush();
  return lines_;
}

void LogFile::blank_line(std::string_view spaces) {
  buffer_ += spaces;
  end_line();
  ++expected_.blank;
}

void LogFile::damaged_line(std::string_view bytes, std::string_view reason) {
  buffer_ += bytes;
  end_line();
  expected_.reject(reason);
}

void LogFile::half_line(std::string_view bytes) {
  buffer_ += bytes;
  glued_ = true;
}

void LogFile::pending_tail(std::string_view bytes) {
  buffer_ += bytes;
  ++lines_;
  ++expected_.lines;
  ++expected_.pending;
}

void count_decision(Journal& journal, std::string_view event) {
  Expected& expected = journal.log.expected();
  expected.decision(event);
  if (journal.decided_sitting == journal.clock.sittings) return;
  journal.decided_sitting = journal.clock.sittings;
  ++expected.sittings_with_decision;
}

EventLine::EventLine(Journal& journal, Server server, std::string_view tool, std::string_view event,
                     std::string_view level)
    : journal_(journal), json_(journal.log.line(), spacing_of(server)), event_(event) {
  std::string& out = journal.log.line();
  const bool compact = spacing_of(server) == Spacing::kCompact;
  json_.open_object();
  out += compact ? R"("ts":")" : R"("ts": ")";
  append_time(out, journal.clock.now, compact ? Precision::kMilliseconds : Precision::kMicroseconds);
  journal.clock.mark();
  const bool flat = journal.layout == Layout::kFlat;
  if (!flat) {
    out += compact ? R"(","v":1,"session_id":")" : R"(", "v": 1, "session_id": ")";
    out += journal.session_id;
  }
  out += compact ? R"(","mcp":")" : R"(", "mcp": ")";
  out += name_of(server);
  out += compact ? R"(","tool":")" : R"(", "tool": ")";
  out += tool;
  out += compact ? R"(","event":")" : R"(", "event": ")";
  out += event;
  if (!flat) {
    out += compact ? R"(","level":")" : R"(", "level": ")";
    out += level;
  }
  out += '"';
  json_.members_written();  // by hand, for speed
}

JsonText& EventLine::data() {
  if (!open_ && journal_.layout == Layout::kEnvelope) json_.open_object("data");
  open_ = true;
  return json_;
}

std::uint64_t EventLine::done() {
  if (open_ && journal_.layout == Layout::kEnvelope) json_.close_object();
  if (duration_ms_ >= 0) json_.field("duration_ms", duration_ms_);
  if (!parent_.empty()) json_.field("parent_id", parent_);
  json_.close_object();
  Expected& expected = journal_.log.expected();
  if (!sentence_.empty())
    expected.sentence(sentence_);
  else if (unlisted_)
    expected.unlisted_event(event_);
  else
    expected.event(event_);
  return journal_.log.end_line();
}

std::uint64_t EventLine::done_as_decision() {
  count_decision(journal_, event_);
  return done();
}

std::uint64_t EventLine::done_as_suggestion() {
  journal_.log.expected().suggestion(event_);
  return done();
}

std::uint64_t EventLine::done_as_correction(std::string_view source) {
  journal_.log.expected().correction(source);
  return done();
}

}  // namespace classroom
