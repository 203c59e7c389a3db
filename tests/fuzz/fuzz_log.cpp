// Any bytes as a log: the line reader with the decoder, in blocks of a size that the input chooses.
#include <algorithm>

#include "fuzz/fuzzed.h"
#include "qf/ingest/decoder.h"
#include "qf/ingest/line_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace qf;
  if (size == 0) return 0;
  const std::size_t block = 1 + std::size_t{data[0]} * 16;
  const std::string_view content = as_text(data + 1, size - 1);
  const FileInMemory file(content);
  auto reader = LineReader::open(file.path(), block);
  must(reader.has_value());
  LineDecoder decoder([](std::string_view) { return std::string("other"); });
  DecodeFacts facts;
  std::uint64_t events = 0, too_long = 0;
  for (bool at_end = false; !at_end;) {
    const auto chunk = reader->next();
    must(chunk.has_value());
    EventBatch batch;
    switch (chunk->kind) {
      case LineChunk::Kind::kLines:
        decoder.decode(chunk->bytes, {0, chunk->first_line}, batch, facts);
        events += batch.events.size();
        break;
      case LineChunk::Kind::kTooLong: ++too_long; break;
      case LineChunk::Kind::kPending: break;
      case LineChunk::Kind::kEnd: at_end = true; break;
    }
  }
  // Every line is one of: blank, rejected, understood. None twice, and none of them lost.
  std::uint64_t rejected = 0;
  for (const std::uint64_t count : facts.rejected) rejected += count;
  const auto ends = static_cast<std::uint64_t>(std::count(content.begin(), content.end(), '\n'));
  must(facts.lines + too_long >= ends);  // Of a salvaged line that was two, both count.
  must(facts.lines + too_long <= ends + facts.salvaged);
  must(facts.blank + rejected + events <= facts.lines);
  return 0;
}
