#include "qf/ingest/question_book.h"

#include <algorithm>

#include "qf/core/digest.h"
#include "qf/ingest/byte_source.h"

namespace qf {
namespace {

constexpr std::size_t kMaxQuestionFileBytes = 32 * 1024 * 1024;

Result<std::string> read_whole(const std::filesystem::path& path) {
  QF_ASSIGN(const auto source, open_bytes(path, Compression::kNone));
  std::string content;
  std::vector<char> block(256 * 1024);
  while (true) {
    QF_ASSIGN(const std::size_t got, source->read(block));
    if (got == 0) return content;
    content.append(block.data(), got);
    if (content.size() > kMaxQuestionFileBytes)
      return failure(ErrorCode::kInvalidInput, path.string() + ": longer than 32 MiB");
  }
}

// A question is known by its number (Q001) and by its identifier (BIO101_MC_Q001): logs use either.
template <class Add>
void for_each_name(const QuestionVersion& version, Add add) {
  if (!version.question_id.empty()) add(version.question_id);
  if (!version.identifier.empty() && version.identifier != version.question_id) add(version.identifier);
}

}  // namespace

QuestionBook QuestionBook::load(const Project& project, std::vector<SkippedInput>& skipped,
                                std::vector<QuestionFileFacts>& files) {
  QuestionBook book;
  const auto read = [&](const std::filesystem::path& path, bool history) -> std::vector<QuestionVersion> {
    auto content = read_whole(path);
    if (!content) {
      skipped.push_back({path.string(), content.error().message});
      return {};
    }
    files.push_back({path, to_hex(sha256(*content)), history});
    QuestionFileProblems problems;
    return parse_question_file(*content, problems);
  };
  for (const auto& path : project.question_files)
    for (QuestionVersion& version : read(path, false)) {
      bool is_new = false;
      for_each_name(version, [&](const std::string& name) {
        is_new |= book.current_by_id_.try_emplace(name, book.current_.size()).second;
      });
      if (is_new) book.current_.push_back(std::move(version));
    }
  for (const auto& path : project.history_files) {
    const auto time_us = version_time_us(path.filename().string());
    std::vector<QuestionVersion> versions = read(path, true);
    if (!time_us) continue;  // undated: nothing says that it is no later than a decision
    for (QuestionVersion& version : versions) {
      for_each_name(version, [&](const std::string& name) {
        book.history_by_id_[name].push_back({*time_us, book.history_.size()});
      });
      book.history_.push_back(std::move(version));
    }
  }
  for (auto& [id, versions] : book.history_by_id_)
    std::stable_sort(versions.begin(), versions.end(),
                     [](const Dated& a, const Dated& b) { return a.time_us < b.time_us; });
  return book;
}

const QuestionVersion* QuestionBook::as_of(std::string_view id, std::int64_t time_us) const {
  const auto found = history_by_id_.find(id);
  if (found == history_by_id_.end()) return nullptr;
  const QuestionVersion* newest = nullptr;
  for (const Dated& dated : found->second)
    if (dated.time_us <= time_us) newest = &history_[dated.version];
  return newest;
}

const QuestionVersion* QuestionBook::current(std::string_view id) const {
  const auto found = current_by_id_.find(id);
  return found == current_by_id_.end() ? nullptr : &current_[found->second];
}

}  // namespace qf
