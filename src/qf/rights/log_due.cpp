// When a log is due: one reading of it, for the plan of what to destroy and for the answer to a person.
#include <sys/stat.h>

#include <algorithm>

#include "qf/ingest/decoder.h"
#include "qf/ingest/line_reader.h"
#include "qf/rights/retention_terms.h"

namespace qf {
namespace {

std::optional<std::int64_t> last_event_us(const std::filesystem::path& log) {
  auto reader = LineReader::open(log);
  if (!reader) return std::nullopt;
  LineDecoder decoder([](std::string_view) { return std::string(); });
  std::optional<std::int64_t> last;
  for (;;) {
    const auto chunk = reader->next();
    if (!chunk || chunk->kind == LineChunk::Kind::kEnd) return last;
    if (chunk->kind != LineChunk::Kind::kLines) continue;
    EventBatch batch;
    DecodeFacts facts;
    decoder.decode(chunk->bytes, {0, chunk->first_line}, batch, facts);
    for (const Event& event : batch.events) last = std::max(last.value_or(event.time_us), event.time_us);
  }
}

}  // namespace

std::optional<std::int64_t> changed_us(const std::filesystem::path& file) {
  struct stat facts {};
  if (::stat(file.c_str(), &facts) != 0) return std::nullopt;
  return std::int64_t{facts.st_mtim.tv_sec} * kSecondUs + facts.st_mtim.tv_nsec / 1000;
}

std::optional<std::int64_t> log_due_us(const std::filesystem::path& log) {
  auto last = last_event_us(log);
  if (!last) last = changed_us(log);
  if (!last) return std::nullopt;
  return std::min(end_of_term_us(*last) + kLogAfterTermUs, *last + kLogMostUs);
}

}  // namespace qf
