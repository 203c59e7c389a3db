// expected.json and gold_links.json.
#include "expected.h"

#include <fmt/format.h>

#include <fstream>
#include <numeric>
#include <stdexcept>

#include "json_text.h"

namespace classroom {
namespace {

std::uint64_t sum(const Counts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0},
                         [](std::uint64_t total, const auto& entry) { return total + entry.second; });
}

class Report {
 public:
  void number(std::string_view name, std::uint64_t value) {
    begin(name);
    out_ += std::to_string(value);
  }
  void text(std::string_view name, std::string_view value) {
    begin(name);
    out_ += quoted(value);
  }
  void counts(std::string_view name, const Counts& counts) {
    begin(name);
    out_ += '{';
    bool first = true;
    for (const auto& [key, value] : counts) {
      out_ += first ? "\n    " : ",\n    ";
      first = false;
      out_ += fmt::format("{}: {}", quoted(key), value);
    }
    out_ += first ? "}" : "\n  }";
  }
  std::string finish() { return out_ + "\n}\n"; }

 private:
  void begin(std::string_view name) {
    if (out_.size() > 2) out_ += ",\n";
    out_ += fmt::format("  \"{}\": ", name);
  }
  static std::string quoted(std::string_view value) {
    std::string out;
    JsonText json(out, Spacing::kPython);
    json.item(value);
    return out;
  }
  std::string out_ = "{\n";
};

}  // namespace

void Expected::question_text(std::string_view text, std::uint64_t teacher) {
  if (!keeps_gold) return;
  constexpr std::uint64_t kShared = ~std::uint64_t{0};
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  const auto [found, is_new] = text_owners.try_emplace(hash, teacher);
  if (is_new || found->second == teacher || found->second == kShared) return;
  found->second = kShared;
  ++shared_texts;
}

void Expected::write(const std::filesystem::path& path, std::string_view arguments) const {
  Report report;
  report.text("made_with", arguments);
  report.number("projects", projects);
  report.number("files", files);
  report.number("bytes", bytes);
  report.number("lines", lines);
  report.number("blank", blank);
  report.number("pending", pending);
  report.number("salvaged", salvaged);
  report.counts("rejected", rejected);
  report.number("events", sum(event_names) + sum(sentences));
  report.counts("event_names", event_names);
  report.counts("sentences", sentences);
  report.counts("unlisted", unlisted);
  report.counts("decisions", decisions);
  report.counts("suggestions", suggestions);
  report.counts("corrections", corrections);
  report.number("step1_applied_texts", step1_applied_texts);
  report.number("outside_options", outside_options);
  report.number("explicit_links", explicit_links);
  report.counts("twins", {{"files", twin_files}, {"lines", twin_lines}});
  report.counts("conflicted_copies", {{"files", conflicted_files}, {"lines", conflicted_lines}});
  report.number("sittings", sittings);
  report.number("sittings_with_decision", sittings_with_decision);
  if (keeps_gold) {
    report.counts("sittings_by_project", sittings_by_project);
    report.number("gold_links", gold.size());
    report.number("question_texts_of_several_teachers", shared_texts);
  }
  write_file(path, report.finish());
}

void Expected::write_gold(const std::filesystem::path& path) const {
  std::string out = "[";
  for (const GoldLink& link : gold) {
    out += out.size() == 1 ? "\n" : ",\n";
    JsonText json(out, Spacing::kPython);
    json.open_object();
    json.field("file", link.file);
    json.field("kind", link.kind == Link::kSuggestion ? "suggestion" : "correction");
    json.field("from_line", link.from_line);
    json.field("to_line", link.to_line);
    json.close_object();
  }
  write_file(path, out + "\n]\n");
}

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) throw std::runtime_error(fmt::format("cannot write {}", path.string()));
}

}  // namespace classroom
