// What a correct reader must find in what was written: counts, and which line answers which.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace classroom {

using Counts = std::map<std::string, std::uint64_t, std::less<>>;

enum class Link { kSuggestion, kCorrection };

struct GoldLink {
  std::string file;
  Link kind = Link::kSuggestion;
  std::uint64_t from_line = 0;
  std::uint64_t to_line = 0;
};

struct Expected {
  bool keeps_gold = true;  // off where any size must fit into memory

  std::uint64_t files = 0, bytes = 0, lines = 0, blank = 0, pending = 0, salvaged = 0;
  std::uint64_t twin_files = 0, twin_lines = 0;
  std::uint64_t conflicted_files = 0, conflicted_lines = 0;
  std::uint64_t outside_options = 0, explicit_links = 0, step1_applied_texts = 0;
  std::uint64_t projects = 0, sittings = 0, sittings_with_decision = 0;
  Counts rejected, event_names, sentences, unlisted, decisions, suggestions, corrections;
  Counts sittings_by_project;
  std::vector<GoldLink> gold;
  std::unordered_map<std::uint64_t, std::uint64_t> text_owners;  // hash of a question's text → teacher
  std::uint64_t shared_texts = 0;

  void event(std::string_view name) { ++find(event_names, name); }
  void decision(std::string_view name) { ++find(decisions, name); }
  void suggestion(std::string_view name) { ++find(suggestions, name); }
  void correction(std::string_view name) { ++find(corrections, name); }
  void reject(std::string_view reason) { ++find(rejected, reason); }
  // A sentence that serves as an event's name, told by how it begins.
  void sentence(std::string_view beginning) { ++find(sentences, beginning); }
  // A name that stands in no document of QuestionForge; it is in event_names too.
  void unlisted_event(std::string_view name) { event(name), ++find(unlisted, name); }
  // Counts texts that stand in the projects of two teachers or more.
  void question_text(std::string_view text, std::uint64_t teacher);

  void write(const std::filesystem::path& path, std::string_view arguments) const;
  void write_gold(const std::filesystem::path& path) const;

 private:
  static std::uint64_t& find(Counts& counts, std::string_view name) {
    const auto found = counts.find(name);
    return found != counts.end() ? found->second : counts[std::string(name)];
  }
};

void write_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace classroom
