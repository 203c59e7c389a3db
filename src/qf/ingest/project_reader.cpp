#include "qf/ingest/project_reader.h"

#include <algorithm>
#include <functional>
#include <future>
#include <limits>
#include <list>
#include <optional>
#include <queue>
#include <utility>

#include "qf/core/in_threads.h"
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

// What the logs of a project hold together while they are read, as far as pieces of them are not smaller than the
// least.
constexpr std::size_t kHeldBytes = 64 << 20;
constexpr std::size_t kLeastPieceBytes = 64 * 1024;

// The chunks that may be decoded ahead, of all logs of a project together: as many as threads do it. A log draws on
// them once it is being read, so that those that are not yet due hold none; where several are long, one of them may
// have half of what there is.
struct ChunksAhead {
  std::size_t left = 0;
  std::size_t most_of_a_log = 0;
};

ChunksAhead chunks_ahead(const Project& project, std::size_t threads) {
  const auto are_long = std::count_if(project.logs.begin(), project.logs.end(),
                                      [](const LogFile& log) { return log.size > kChunkBytes; });
  return {threads, are_long > 1 ? (threads + 1) / 2 : threads};
}

// Where the reading of a log ended: what a later one goes on from. Plain values.
struct LogEnd {
  LinePlace place;
  std::int64_t newest_us = std::numeric_limits<std::int64_t>::min();
  bool pending = false;
};

// One log, decoded a chunk at a time.
class LogCursor {
 public:
  // `decoder` and `chunks` are for all logs of the project.
  LogCursor(const LogFile& log, std::uint32_t file, std::size_t piece_bytes, const ReadOptions& options,
            LineDecoder& decoder, ChunksAhead& chunks, ProjectReading& reading, const LogEnd& before)
      : log_(log),
        file_(file),
        options_(options),
        reading_(reading),
        decoder_(decoder),
        chunks_(chunks),
        newest_us_(before.newest_us) {
    if (options.progress_bytes != nullptr)
      options.progress_bytes->fetch_add(before.place.bytes, std::memory_order_relaxed);
    auto opened = LineReader::open(log.path, kChunkBytes, log.read_bytes, before.place, piece_bytes);
    if (opened)
      reader_ = std::move(*opened);
    else
      reading_.skipped.push_back({log.path.string(), opened.error().message});
  }

  // The event at the front, or nullptr at the end of the log.
  const Event* front() {
    while (next_ == batch_.events.size() && (reader_ || !ahead_.empty())) fill();
    // Of a log that is done nothing is kept: there may be very many.
    if (next_ == batch_.events.size() && next_ != 0) {
      batch_ = EventBatch();
      next_ = 0;
    }
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
  std::int64_t newest_us() const { return newest_us_; }
  // Once the log is read. Nothing where no later reading can go on from here.
  std::optional<LogEnd> log_end() const {
    if (!end_) return std::nullopt;
    return LogEnd{*end_, newest_us_, pending_};
  }

 private:
  // The next events, decoded here, or by others who then go on with what follows.
  void fill() {
    batch_.events.clear();
    batch_.arena.clear();
    next_ = 0;
    if (std::exchange(is_read_, true)) read_ahead();
    if (ahead_.empty()) {
      if (reader_) read_chunk(false);
      return;
    }
    DecodedChunk decoded = ahead_.front().get();
    ahead_.pop_front();
    ++chunks_.left;
    read_ahead();
    reading_.facts.add(decoded.facts);
    batch_ = std::move(decoded.batch);
  }

  void read_ahead() {
    while (reader_ && chunks_.left > 0 && ahead_.size() < chunks_.most_of_a_log) read_chunk(true);
  }

  void read_chunk(bool ahead) {
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
          const std::string_view own = without_lines(lines, skip);
          pass_over(lines.substr(0, lines.size() - own.size()), {file_, first});
          lines = own;
          first += skip;
        }
        if (ahead) {
          decode_ahead(lines, {file_, first});
          break;
        }
        decoder_.decode(lines, {file_, first}, batch_, facts);
        // At its end a log gives back its buffer, for the next one, and its file.
        while (reader_ && reader_->read_all()) read_chunk(false);
        break;
      }
      case LineChunk::Kind::kTooLong:
        if (chunk->first_line <= log_.skip_lines) break;
        ++facts.lines;
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

  // Lines that an earlier log of the project hands out: what follows here is not moved before them, either.
  void pass_over(std::string_view lines, Position first) {
    EventBatch batch;
    DecodeFacts facts;
    decoder_.decode(lines, first, batch, facts);
    for (const Event& event : batch.events) newest_us_ = std::max(newest_us_, event.time_us);
  }

  void decode_ahead(std::string_view lines, Position first) {
    DecodedChunk chunk;
    chunk.bytes.resize(lines.size() + kLinePadding);
    std::copy(lines.begin(), lines.end(), chunk.bytes.begin());
    --chunks_.left;
    ahead_.push_back(
        beside(true, [size = lines.size(), first, tag = &options_.tag, chunk = std::move(chunk)]() mutable {
          LineDecoder decoder(*tag);
          decoder.decode({chunk.bytes.data(), size}, first, chunk.batch, chunk.facts);
          return std::move(chunk);
        }));
  }

  void end() {
    const std::uint64_t lines = reader_->lines() - std::min(reader_->lines(), log_.skip_lines);
    reading_.inputs.push_back({log_.relative, reader_->digest_hex(), reader_->bytes(), lines, pending_, file_});
    end_ = reader_->place();
    reader_.reset();
  }

  const LogFile& log_;
  std::uint32_t file_;
  const ReadOptions& options_;
  ProjectReading& reading_;
  LineDecoder& decoder_;
  ChunksAhead& chunks_;
  bool is_read_ = false;  // beyond its first chunk
  std::optional<LineReader> reader_;
  EventBatch batch_;
  std::list<std::future<DecodedChunk>> ahead_;  // in the order of the lines
  std::size_t next_ = 0;
  std::int64_t newest_us_;
  std::uint64_t counted_ = 0;
  bool pending_ = false;
  std::optional<LinePlace> end_;
};

// What decoding found out that a build goes by; what only `check` lists is left out.
template <class Io>
void decode_state(Io& io, DecodeFacts& facts) {
  for (auto* count : {&facts.lines, &facts.blank, &facts.pending, &facts.salvaged, &facts.duplicates_elsewhere})
    io.value(*count);
  io.value(facts.rejected);
  io.value(facts.by_kind);
  for (auto* counts : {&facts.by_type, &facts.conforming, &facts.malformed}) io.array(*counts);
  for (auto* named : {&facts.unknown, &facts.users}) io.map(*named, [&](auto& count) { io.value(count); });
  io.text(facts.own_session_id);
}

tl::unexpected<Error> cannot_go_on() {
  return failure(ErrorCode::kStaleStaging, "a project's logs cannot be read on from where they ended before");
}

// Hashes are kept from run to run, and their function is the standard library's.
std::uint64_t known_hash() { return std::hash<std::string_view>()("qf"); }

// Goes on after an earlier reading: what it knew of each log, and what it counted.
Status load_reading(StateReader& from, std::vector<LogEnd>& ends, ProjectReading& reading) {
  std::uint64_t hash = 0;
  from.value(hash);
  std::vector<LogEnd> read;
  from.array(read);
  decode_state(from, reading.facts);
  QF_CHECK(from.status());
  if (hash != known_hash() || read.size() != ends.size()) return cannot_go_on();
  ends = std::move(read);
  // What was still being written is read anew.
  for (const LogEnd& end : ends) {
    if (!end.pending) continue;
    --reading.facts.lines;
    --reading.facts.pending;
  }
  return {};
}

// What orders events of several logs: time, then the order of the files.
using Place = std::pair<std::int64_t, std::size_t>;
constexpr Place kNowhere{std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::size_t>::max()};

// Whether all that is new comes after all that was read before, in the order of the project.
bool follows(std::vector<LogCursor>& cursors) {
  // The log whose end is the last of all, and the one before it: nothing new may come before them, in another log.
  Place last = kNowhere, before = kNowhere;
  for (std::size_t file = 0; file < cursors.size(); ++file) {
    const Place end{cursors[file].newest_us(), file};
    if (last == kNowhere || end > last)
      before = std::exchange(last, end);
    else if (before == kNowhere || end > before)
      before = end;
  }
  for (std::size_t file = 0; file < cursors.size(); ++file) {
    if (cursors[file].front() == nullptr) continue;
    const Place& other = last.second == file ? before : last;
    if (other != kNowhere && other > Place{cursors[file].front_time(), file}) return false;
  }
  return true;
}

}  // namespace

Result<ProjectReading> read_project(const Project& project, const ReadOptions& options, RowSink& sink) {
  ProjectReading reading;
  const QuestionBook book = QuestionBook::load(project, reading.skipped, reading.question_files);
  ProjectTransform transform(project.session_id, subject_area_of(project), book, options.transform, sink);
  std::vector<LogEnd> ends(project.logs.size());
  if (options.resume != nullptr) {
    StateReader from(*options.resume);
    QF_CHECK(load_reading(from, ends, reading));
    QF_CHECK(transform.load(from));
  }
  LineDecoder decoder(options.tag);
  ChunksAhead chunks = chunks_ahead(project, options.decode_ahead);
  std::vector<LogCursor> cursors;
  cursors.reserve(project.logs.size());
  // The fronts of all logs, the earliest on top.
  std::priority_queue<Place, std::vector<Place>, std::greater<>> fronts;
  const std::size_t piece_bytes =
      std::max(kLeastPieceBytes, kHeldBytes / std::max<std::size_t>(1, project.logs.size()));
  for (std::size_t file = 0; file < project.logs.size(); ++file) {
    LogCursor& cursor = cursors.emplace_back(project.logs[file], static_cast<std::uint32_t>(file), piece_bytes, options,
                                             decoder, chunks, reading, ends[file]);
    if (cursor.front() != nullptr) fronts.emplace(cursor.front_time(), file);
  }
  if (options.resume != nullptr && !follows(cursors)) return cannot_go_on();
  while (!fronts.empty()) {
    const std::size_t file = fronts.top().second;
    fronts.pop();
    LogCursor& first = cursors[file];
    QF_CHECK(transform.add(*first.front()));
    first.pop();
    if (first.front() != nullptr) fronts.emplace(first.front_time(), file);
  }
  ends.clear();
  for (const LogCursor& cursor : cursors)
    if (const auto end = cursor.log_end()) ends.push_back(*end);
  std::optional<StateWriter> save;
  if (options.save != nullptr && ends.size() == cursors.size() && reading.skipped.empty()) {
    save.emplace(*options.save);
    save->value(known_hash());
    save->array(ends);
    decode_state(*save, reading.facts);
  }
  QF_ASSIGN(reading.rows, transform.finish(save ? &*save : nullptr));
  reading.saved = save.has_value();
  // Files end in the order of their last lines; the lists are ordered by name instead.
  std::sort(reading.inputs.begin(), reading.inputs.end(), [](const auto& a, const auto& b) { return a.log < b.log; });
  std::sort(reading.facts.rejected_lines.begin(), reading.facts.rejected_lines.end(), [](const auto& a, const auto& b) {
    return a.at.file != b.at.file ? a.at.file < b.at.file : a.at.line < b.at.line;
  });
  return reading;
}

}  // namespace qf
