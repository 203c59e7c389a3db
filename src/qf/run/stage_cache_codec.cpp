#include "qf/run/stage_cache_codec.h"

#include "qf/core/digest.h"
#include "qf/core/state_io.h"

namespace qf {
namespace {

constexpr std::string_view kMagic = "qfstage6";

// One function for each type, in both directions: `Io` is StateWriter or StateReader, and the order of the values
// stands once.
template <class Io, class T>
void file(Io& io, T& known) {
  io.text(known.path);
  for (auto* number : {&known.size, &known.inode, &known.device, &known.read_bytes}) io.value(*number);
  io.value(known.modified_ns);
  io.value(known.changed_ns);
  io.text(known.blocks);
}

template <class Io, class T>
void counts(Io& io, T& counted) {
  io.map(counted, [&](auto& count) { io.value(count); });
}

template <class Io, class T>
void tally(Io& io, T& counted) {
  for (auto* number : {&counted.files, &counted.twin_files, &counted.twin_lines, &counted.lines, &counted.blank,
                       &counted.pending, &counted.salvaged})
    io.value(*number);
  for (auto* named :
       {&counted.rejected, &counted.filtered, &counted.events, &counted.event_names, &counted.noted, &counted.linked,
        &counted.orphans, &counted.records, &counted.dropped, &counted.masked, &counted.quarantined})
    counts(io, *named);
}

template <class Io, class T>
void recorded(Io& io, T& record) {
  io.text(record.path);
  io.text(record.relative);
  io.text(record.sha256);
  io.value(record.bytes);
  io.value(record.lines);
  io.value(record.pending);
  io.value(record.skip_lines);
}

template <class Io, class T>
void identity(Io& io, T& parts) {
  io.text(parts.name);
  io.text(parts.subject);
  io.list(parts.digests, [&](auto& digest) { io.text(digest); });
  io.list(parts.logs, [&](auto& one) { recorded(io, one); });
  io.list(parts.question_files, [&](auto& one) { recorded(io, one); });
  counts(io, parts.dropped);
}

template <class Io, class T>
void staged(Io& io, T& rows) {
  io.list(rows.sessions, [&](auto& session) {
    io.text(session.id);
    io.value(session.sittings);
    io.value(session.sittings_with_decisions);
    io.value(session.has_rows);
  });
  io.list(rows.blocks, [&](auto& block) { io.value(block); });
  io.list(rows.replaced, [&](auto& number) { io.value(number); });
  io.value(rows.rows);
  io.value(rows.end_of_events);
}

template <class Io, class T>
void project(Io& io, T& cached) {
  io.text(cached.settings);
  io.list(cached.logs, [&](auto& known) { file(io, known); });
  io.list(cached.companions, [&](auto& known) { file(io, known); });
  for (auto* names : {&cached.signs.people, &cached.signs.logged}) io.list(*names, [&](auto& name) { io.text(name); });
  io.text(cached.signs.first_day);
  io.text(cached.subject_key);
  io.text(cached.permissions);
  tally(io, cached.outcome.tally);
  io.value(cached.outcome.bytes);
  identity(io, cached.identity);
  io.list(cached.inputs, [&](auto& input) {
    io.text(input.relative);
    io.text(input.sha256);
    io.value(input.bytes);
    io.value(input.lines);
    io.value(input.pending);
    io.value(input.log);
  });
  io.list(cached.held, [&](auto& item) {
    for (auto* text : {&item.id, &item.subject_key, &item.project, &item.place, &item.field, &item.reason})
      io.text(*text);
    io.value(item.found_at_us);
  });
  staged(io, cached.staged);
  io.value(cached.resume);
}

}  // namespace

std::string encode_cached_project(const CachedProject& cached) {
  StringSink sink;
  StateWriter writer(sink);
  project(writer, cached);
  std::string bytes(kMagic);
  bytes += sink.bytes();
  return bytes + to_hex(sha256(bytes));
}

std::optional<CachedProject> decode_cached_project(std::string_view bytes) {
  constexpr std::size_t kDigestDigits = 64;
  if (!bytes.starts_with(kMagic) || bytes.size() < kMagic.size() + kDigestDigits) return std::nullopt;
  const std::string_view digest = bytes.substr(bytes.size() - kDigestDigits);
  bytes.remove_suffix(kDigestDigits);
  if (to_hex(sha256(bytes)) != digest) return std::nullopt;
  StringFeed feed(bytes.substr(kMagic.size()));
  StateReader reader(feed);
  CachedProject cached;
  project(reader, cached);
  if (!reader.status() || feed.at_most() != 0) return std::nullopt;
  return cached;
}

}  // namespace qf
