#include "qf/ingest/project_reader.h"

#include <algorithm>
#include <deque>
#include <future>
#include <limits>
#include <optional>

#include "qf/ingest/line_reader.h"

namespace qf {
namespace {

// The lines of `bytes` after the first `count`.
std::string_view without_lines(std::string_view bytes, std::uint64_t count) {
  std::size_t at = 0;
  for (; count > 0 && at < bytes.size(); --count) at = bytes.find('\n', at) + 1;
  return bytes.substr(at);
}

// A chunk of a log that is being decoded on a thread of its own.
struct DecodedChunk {
  std::vector<char> bytes;  // the lines, kept longer by kLinePadding
  EventBatch batch;
  DecodeFacts facts;
};

// One log, decoded a chunk at a time.
class LogCursor {
 public:
  LogCursor(const LogFile& log, std::uint32_t file, const ReadOptions& options, ProjectReading& reading)
      : log_(log), file_(file), options_(options), reading_(reading), decoder_(options.tag) {
    auto opened = LineReader::open(log.path, kChunkBytes, log.read_bytes);
    if (opened)
      reader_ = std::move(*opened);
    else
      reading_.skipped.push_back({log.path.string(), opened.error().message});
  }

  // The event at the front, or nullptr at the end of the log.
  const Event* front() {
    while (next_ == batch_.events.size() && (reader_ || !ahead_.empty())) fill();
    return next_ == batch_.events.size() ? nullptr : &batch_.events[next_];
  }
  // What the front is ordered by: a clock set back does not move a line before its predecessor.
  std::int64_t front_time() {
    const Event* event = front();
    return event == nullptr ? std::numeric_limits<std::int64_t>::max() : std::max(event->time_us, newest_us_);
  }
  void pop() {
    newest_us_ = std::max(newest_us_, batch_.events[next_].time_us);
    ++next_;
  }

 private:
  // The next events, decoded here, or by others who then go on with what follows.
  void fill() {
    batch_.events.clear();
    batch_.arena.clear();
    next_ = 0;
    if (options_.decode_ahead == 0) return read_chunk();
    read_ahead();
    if (ahead_.empty()) return;
    DecodedChunk decoded = ahead_.front().get();
    ahead_.pop_front();
    read_ahead();
    reading_.facts.add(decoded.facts);
    batch_ = std::move(decoded.batch);
  }

  void read_ahead() {
    while (reader_ && ahead_.size() < options_.decode_ahead) read_chunk();
  }

  void read_chunk() {
    auto chunk = reader_->next();
    if (options_.progress_bytes != nullptr) {
      options_.progress_bytes->fetch_add(reader_->consumed() - counted_, std::memory_order_relaxed);
      counted_ = reader_->consumed();
    }
    if (!chunk) {
      reading_.skipped.push_back({log_.path.string(), chunk.error().message});
      return end();
    }
    DecodeFacts& facts = reading_.facts;
    switch (chunk->kind) {
      case LineChunk::Kind::kLines: {
        std::string_view lines = chunk->bytes;
        std::uint64_t first = chunk->first_line;
        if (first <= log_.skip_lines) {
          const std::uint64_t skip = log_.skip_lines - first + 1;
          lines = without_lines(lines, skip);
          first += skip;
        }
        if (options_.decode_ahead > 0) {
          lines_ += static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
          decode_ahead(lines, {file_, first});
          break;
        }
        const std::uint64_t before = facts.lines;
        decoder_.decode(lines, {file_, first}, batch_, facts);
        lines_ += facts.lines - before;
        break;
      }
      case LineChunk::Kind::kTooLong:
        ++facts.lines;
        ++lines_;
        ++facts.rejected[static_cast<std::size_t>(RejectReason::kLineTooLong)];
        if (facts.rejected_lines.size() < DecodeFacts::kMaxLocated)
          facts.rejected_lines.push_back({{file_, chunk->first_line}, RejectReason::kLineTooLong, "", 0});
        break;
      case LineChunk::Kind::kPending:
        ++facts.lines;
        ++facts.pending;
        pending_ = true;
        break;
      case LineChunk::Kind::kEnd: return end();
    }
  }

  void decode_ahead(std::string_view lines, Position first) {
    DecodedChunk chunk;
    chunk.bytes.resize(lines.size() + kLinePadding);
    std::copy(lines.begin(), lines.end(), chunk.bytes.begin());
    ahead_.push_back(std::async(std::launch::async,
                                [size = lines.size(), first, tag = &options_.tag, chunk = std::move(chunk)]() mutable {
                                  LineDecoder decoder(*tag);
                                  decoder.decode({chunk.bytes.data(), size}, first, chunk.batch, chunk.facts);
                                  return std::move(chunk);
                                }));
  }

  void end() {
    reading_.inputs.push_back({log_.relative, reader_->digest_hex(), reader_->bytes(), lines_, pending_});
    reader_.reset();
  }

  const LogFile& log_;
  std::uint32_t file_;
  const ReadOptions& options_;
  ProjectReading& reading_;
  LineDecoder decoder_;
  std::optional<LineReader> reader_;
  EventBatch batch_;
  std::deque<std::future<DecodedChunk>> ahead_;  // in the order of the lines
  std::size_t next_ = 0;
  std::int64_t newest_us_ = std::numeric_limits<std::int64_t>::min();
  std::uint64_t counted_ = 0, lines_ = 0;
  bool pending_ = false;
};

}  // namespace

Result<ProjectReading> read_project(const Project& project, const ReadOptions& options, RowSink& sink) {
  ProjectReading reading;
  const QuestionBook book = QuestionBook::load(project, reading.skipped);
  ProjectTransform transform(project.session_id, project.original_path, project.folder, book, options.transform, sink);
  std::vector<LogCursor> cursors;
  cursors.reserve(project.logs.size());
  for (std::size_t file = 0; file < project.logs.size(); ++file)
    cursors.emplace_back(project.logs[file], static_cast<std::uint32_t>(file), options, reading);
  while (true) {
    LogCursor* first = nullptr;
    for (LogCursor& cursor : cursors)
      if (cursor.front() != nullptr && (first == nullptr || cursor.front_time() < first->front_time())) first = &cursor;
    if (first == nullptr) break;
    QF_CHECK(transform.add(*first->front()));
    first->pop();
  }
  QF_ASSIGN(reading.rows, transform.finish());
  // Files end in the order of their last lines; the lists are ordered by name instead.
  std::sort(reading.inputs.begin(), reading.inputs.end(),
            [](const auto& a, const auto& b) { return a.relative < b.relative; });
  std::sort(reading.facts.rejected_lines.begin(), reading.facts.rejected_lines.end(), [](const auto& a, const auto& b) {
    return a.at.file != b.at.file ? a.at.file < b.at.file : a.at.line < b.at.line;
  });
  return reading;
}

}  // namespace qf
