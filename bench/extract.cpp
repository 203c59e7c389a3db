// What reading logs costs at least: the floor that `build` is measured against, and the same work that others are asked
// to do. Parses every line, takes twelve fields of the lines that say user_decision, and writes them as Parquet.
//
//   parse    each line parsed, nothing kept
//   decode   the library's own reader and decoder: lines to events, with the file's digest, as pass one reads them
//   extract  the twelve fields of each decision, to OUT/part-N.parquet (zstd), one file a thread
#include <arrow/builder.h>
#include <arrow/io/file.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>
#include <simdjson.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "qf/ingest/decoder.h"
#include "qf/ingest/line_reader.h"

namespace {

namespace dom = simdjson::dom;

// A file larger than this is cut, so that several threads share it.
constexpr std::uint64_t kRangeBytes = 16 << 20;
// Small enough to lie in the processor's cache while it is parsed.
constexpr std::size_t kBlockBytes = 256 << 10;
constexpr std::int64_t kBatchRows = 16 << 10;
constexpr std::int64_t kRowGroupRows = 128 << 10;
constexpr int kZstdLevel = 3;  // what DuckDB and Polars write by default

void check(const arrow::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

// The lines of a file that begin in [begin, end).
struct Range {
  std::filesystem::path path;
  std::uint64_t begin = 0, end = 0;
};

struct Counts {
  std::uint64_t bytes = 0, lines = 0, bad = 0, rows = 0;
};

std::string_view string_of(const dom::element& value) {
  std::string_view text;
  return value.get_string().get(text) == simdjson::SUCCESS ? text : std::string_view();
}

class File {
 public:
  explicit File(const std::filesystem::path& path) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) throw std::runtime_error("cannot open " + path.string());
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { ::close(descriptor_); }

  std::size_t read(char* to, std::size_t most, std::uint64_t from) const {
    const ssize_t got = ::pread(descriptor_, to, most, static_cast<off_t>(from));
    if (got < 0) throw std::runtime_error(std::strerror(errno));
    return static_cast<std::size_t>(got);
  }

 private:
  int descriptor_;
};

// Hands each whole line of the range to `visit`, with the parser's padding behind it. Returns the bytes of the lines.
template <class Visit>
std::uint64_t for_each_line(const Range& range, std::vector<char>& buffer, Visit&& visit) {
  const File file(range.path);
  std::uint64_t next = range.begin;  // of the file, to be read
  std::size_t held = 0;
  bool inside = range.begin > 0;  // of a line that began before the range
  if (inside) --next;             // an LF just before the range ends it
  std::uint64_t line_at = next;   // where the first byte held stands
  std::uint64_t bytes = 0;
  while (true) {
    if (buffer.size() < held + kBlockBytes + simdjson::SIMDJSON_PADDING)
      buffer.resize(held + kBlockBytes + simdjson::SIMDJSON_PADDING);
    const std::size_t got = file.read(buffer.data() + held, kBlockBytes, next);
    if (got == 0) return bytes;  // what follows the last LF is still being written
    next += got;
    const std::size_t scanned = held;
    held += got;
    std::size_t begin = 0, from = scanned;
    while (const void* feed = std::memchr(buffer.data() + from, '\n', held - from)) {
      const auto end = static_cast<std::size_t>(static_cast<const char*>(feed) - buffer.data());
      if (!inside) {
        if (line_at >= range.end) return bytes;
        visit(std::string_view(buffer.data() + begin, end - begin));
        bytes += end - begin + 1;
      }
      inside = false;
      line_at += end - begin + 1;
      begin = from = end + 1;
    }
    if (!inside && line_at >= range.end) return bytes;
    held -= begin;
    std::memmove(buffer.data(), buffer.data() + begin, held);
  }
}

class Parser {
 public:
  // The object of a line, nothing where it is blank or no object.
  std::optional<dom::object> parse(std::string_view line, Counts& counts) {
    ++counts.lines;
    dom::object object;
    if (parser_.parse(line.data(), line.size(), false).get_object().get(object) == simdjson::SUCCESS) return object;
    ++counts.bad;
    return std::nullopt;
  }

 private:
  dom::parser parser_;
};

// The twelve columns, filled row by row.
class Columns {
 public:
  enum Text {
    kSessionId,
    kTs,
    kEvent,
    kDecisionType,
    kQuestionText,
    kQuestionType,
    kModule,
    kUserChoice,
    kAiSuggestion,
    kRationale,
    kTextCount
  };

  static std::shared_ptr<arrow::Schema> schema() {
    using arrow::field;
    const auto& text = arrow::utf8();
    return arrow::schema({field("session_id", text), field("ts", text), field("event", text),
                          field("decision_type", text), field("question_text", text), field("question_type", text),
                          field("module", text), field("stage", arrow::int32()), field("user_choice", text),
                          field("options_presented", arrow::list(text)), field("ai_suggestion", text),
                          field("ai_confidence", arrow::float64()), field("rationale", text)});
  }

  explicit Columns(arrow::MemoryPool* pool)
      : stage_(pool), confidence_(pool), options_(pool, std::make_shared<arrow::StringBuilder>(pool)) {
    for (auto& text : texts_) text = std::make_unique<arrow::StringBuilder>(pool);
  }

  std::int64_t rows() const { return rows_; }

  void append(std::string_view session, std::string_view ts, std::string_view event,
              const std::optional<dom::element>& data) {
    std::array<dom::element, kTextCount> texts;
    std::array<bool, kTextCount> there{};
    std::optional<dom::element> stage, confidence, options;
    const auto put = [&](Text column, const dom::element& value) {
      texts[column] = value;
      there[column] = true;
    };
    if (dom::object body; data && data->get_object().get(body) == simdjson::SUCCESS) {
      for (const auto [key, value] : body) {
        if (key == "decision_type")
          put(kDecisionType, value);
        else if (key == "question_text")
          put(kQuestionText, value);
        else if (key == "question_type")
          put(kQuestionType, value);
        else if (key == "module")
          put(kModule, value);
        else if (key == "user_choice")
          put(kUserChoice, value);
        else if (key == "ai_suggestion")
          put(kAiSuggestion, value);
        else if (key == "rationale")
          put(kRationale, value);
        else if (key == "stage")
          stage = value;
        else if (key == "ai_confidence")
          confidence = value;
        else if (key == "options_presented")
          options = value;
      }
    }
    check(texts_[kSessionId]->Append(session));
    check(texts_[kTs]->Append(ts));
    check(texts_[kEvent]->Append(event));
    for (std::size_t i = kDecisionType; i < kTextCount; ++i) {
      if (there[i])
        append_text(*texts_[i], texts[i]);
      else
        check(texts_[i]->AppendNull());
    }
    std::int64_t whole = 0;
    check(stage && stage->get_int64().get(whole) == simdjson::SUCCESS ? stage_.Append(static_cast<std::int32_t>(whole))
                                                                      : stage_.AppendNull());
    double real = 0;
    check(confidence && confidence->get_double().get(real) == simdjson::SUCCESS ? confidence_.Append(real)
                                                                                : confidence_.AppendNull());
    if (dom::array list; options && options->get_array().get(list) == simdjson::SUCCESS) {
      check(options_.Append());
      for (const dom::element item : list)
        append_text(static_cast<arrow::StringBuilder&>(*options_.value_builder()), item);
    } else {
      check(options_.AppendNull());
    }
    ++rows_;
  }

  std::shared_ptr<arrow::RecordBatch> finish(const std::shared_ptr<arrow::Schema>& schema) {
    const auto array = [](arrow::ArrayBuilder& builder) {
      std::shared_ptr<arrow::Array> made;
      check(builder.Finish(&made));
      return made;
    };
    const auto text = [&](Text column) { return array(*texts_[column]); };
    const std::int64_t rows = rows_;
    rows_ = 0;
    return arrow::RecordBatch::Make(
        schema, rows,
        {text(kSessionId), text(kTs), text(kEvent), text(kDecisionType), text(kQuestionText), text(kQuestionType),
         text(kModule), array(stage_), text(kUserChoice), array(options_), text(kAiSuggestion), array(confidence_),
         text(kRationale)});
  }

 private:
  // A string's own bytes, anything else as compact JSON, null as null.
  void append_text(arrow::StringBuilder& column, const dom::element& value) {
    std::string_view text;
    if (value.get_string().get(text) == simdjson::SUCCESS) return check(column.Append(text));
    if (value.is_null()) return check(column.AppendNull());
    check(column.Append(simdjson::minify(value)));
  }

  std::array<std::unique_ptr<arrow::StringBuilder>, kTextCount> texts_;
  arrow::Int32Builder stage_;
  arrow::DoubleBuilder confidence_;
  arrow::ListBuilder options_;
  std::int64_t rows_ = 0;
};

// What one thread does with the ranges that it gets.
class Work {
 public:
  virtual ~Work() = default;
  virtual void run(const Range& range) = 0;
  virtual void finish() {}
  Counts counts;
};

class ParseOnly : public Work {
 public:
  void run(const Range& range) override {
    counts.bytes += for_each_line(range, buffer_, [&](std::string_view line) { parser_.parse(line, counts); });
  }

 private:
  std::vector<char> buffer_;
  Parser parser_;
};

class Decode : public Work {
 public:
  void run(const Range& range) override {
    auto reader = qf::LineReader::open(range.path);
    if (!reader) throw std::runtime_error(reader.error().message);
    while (true) {
      const auto chunk = reader->next();
      if (!chunk) throw std::runtime_error(chunk.error().message);
      if (chunk->kind == qf::LineChunk::Kind::kEnd) break;
      if (chunk->kind != qf::LineChunk::Kind::kLines) continue;
      batch_.events.clear();
      batch_.arena.clear();
      const std::uint64_t before = facts_.lines;
      decoder_.decode(chunk->bytes, {0, chunk->first_line}, batch_, facts_);
      counts.lines += facts_.lines - before;
      counts.rows += batch_.events.size();
    }
    counts.bytes += reader->bytes();
  }
  void finish() override {
    for (const std::uint64_t rejected : facts_.rejected) counts.bad += rejected;
  }

 private:
  qf::LineDecoder decoder_{[](std::string_view) { return std::string("other"); }};
  qf::EventBatch batch_;
  qf::DecodeFacts facts_;
};

class Extract : public Work {
 public:
  explicit Extract(const std::filesystem::path& file) : columns_(pool_) {
    auto opened = arrow::io::FileOutputStream::Open(file.string());
    check(opened.status());
    parquet::WriterProperties::Builder properties;
    properties.memory_pool(pool_)
        ->compression(parquet::Compression::ZSTD)
        ->compression_level(kZstdLevel)
        ->max_row_group_length(kRowGroupRows)
        // As the program's own writer has it: no dictionary where each row has its own value, no bounds of texts.
        ->disable_dictionary("ts");
    for (const auto& field : schema_->fields())
      if (field->type()->id() == arrow::Type::STRING && field->name() != "ts" && field->name() != "session_id")
        properties.disable_statistics(field->name());
    auto writer = parquet::arrow::FileWriter::Open(*schema_, pool_, *opened, properties.build());
    check(writer.status());
    writer_ = std::move(*writer);
  }

  void run(const Range& range) override {
    counts.bytes += for_each_line(range, buffer_, [&](std::string_view line) {
      const auto root = parser_.parse(line, counts);
      if (root) take(*root);
    });
  }
  void finish() override {
    flush();
    check(writer_->Close());
  }

 private:
  void take(const dom::object& root) {
    std::string_view session, ts, event;
    std::optional<dom::element> data;
    for (const auto [key, value] : root) {
      if (key == "ts") {
        ts = string_of(value);
      } else if (key == "session_id") {
        session = string_of(value);
      } else if (key == "event") {
        event = string_of(value);
        if (event != "user_decision") return;
      } else if (key == "data") {
        data = value;
      }
    }
    if (event.empty()) return;
    columns_.append(session, ts, event, data);
    ++counts.rows;
    if (columns_.rows() == kBatchRows) flush();
  }

  void flush() {
    if (columns_.rows() > 0) check(writer_->WriteRecordBatch(*columns_.finish(schema_)));
  }

  arrow::MemoryPool* pool_ = arrow::system_memory_pool();  // the other clears whole huge pages
  std::shared_ptr<arrow::Schema> schema_ = Columns::schema();
  Columns columns_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  std::vector<char> buffer_;
  Parser parser_;
};

// The logs below a folder, by name, cut into ranges where `cut`.
std::vector<Range> ranges_of(const std::filesystem::path& root, bool cut) {
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_regular_file(root))
    files.push_back(root);
  else
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
      if (entry.is_regular_file() && entry.path().extension() == ".jsonl") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<Range> ranges;
  for (const auto& path : files) {
    const std::uint64_t size = std::filesystem::file_size(path);
    const std::uint64_t step = cut ? kRangeBytes : std::max<std::uint64_t>(size, 1);
    for (std::uint64_t at = 0; at < size; at += step) ranges.push_back({path, at, std::min(size, at + step)});
  }
  return ranges;
}

std::unique_ptr<Work> make_work(std::string_view mode, const std::string& out, unsigned number) {
  if (mode == "parse") return std::make_unique<ParseOnly>();
  if (mode == "decode") return std::make_unique<Decode>();
  return std::make_unique<Extract>(std::filesystem::path(out) / fmt::format("part-{}.parquet", number));
}

int run(const std::string& mode, unsigned threads, const std::filesystem::path& root, const std::string& out) {
  const auto started = std::chrono::steady_clock::now();
  const std::vector<Range> ranges = ranges_of(root, mode != "decode");
  if (!out.empty()) std::filesystem::create_directories(out);
  std::vector<Counts> counts(threads);
  std::atomic<std::size_t> next{0};
  std::exception_ptr error;
  std::mutex mutex;
  {
    std::vector<std::jthread> workers;
    for (unsigned number = 0; number < threads; ++number)
      workers.emplace_back([&, number] {
        try {
          const auto work = make_work(mode, out, number);
          for (std::size_t i = next.fetch_add(1); i < ranges.size(); i = next.fetch_add(1)) work->run(ranges[i]);
          work->finish();
          counts[number] = work->counts;
        } catch (...) {
          const std::lock_guard lock(mutex);
          error = std::current_exception();
        }
      });
  }
  if (error) std::rethrow_exception(error);
  Counts sum;
  for (const Counts& one : counts) {
    sum.bytes += one.bytes;
    sum.lines += one.lines;
    sum.bad += one.bad;
    sum.rows += one.rows;
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  fmt::print("{{\"bytes\": {}, \"lines\": {}, \"bad\": {}, \"rows\": {}, \"seconds\": {:.4f}}}\n", sum.bytes, sum.lines,
             sum.bad, sum.rows, seconds);
  return 0;
}

}  // namespace

int main(int count, char** words) {
  const std::string mode = count > 1 ? words[1] : "";
  const bool extracts = mode == "extract";
  unsigned threads = 0;
  if (count > 2) std::from_chars(words[2], words[2] + std::strlen(words[2]), threads);
  if ((mode != "parse" && mode != "decode" && !extracts) || count != (extracts ? 5 : 4) || threads == 0 ||
      threads > 1024) {
    fmt::print(stderr,
               "usage: qf-bench-extract parse|decode THREADS LOGS\n       qf-bench-extract extract THREADS LOGS OUT\n");
    return 2;
  }
  try {
    return run(mode, threads, words[3], extracts ? words[4] : "");
  } catch (const std::exception& error) {
    fmt::print(stderr, "qf-bench-extract: {}\n", error.what());
    return 1;
  }
}
