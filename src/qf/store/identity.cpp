#include "qf/store/identity.h"

#include <algorithm>

#include "qf/core/digest.h"
#include "qf/core/schema.h"
#include "qf/privacy/policy.h"
#include "qf/privacy/redactor.h"

namespace qf {
namespace {

// Each part with its length, so that no two lists of parts read alike.
void append_part(std::string& out, std::string_view part) {
  out += std::to_string(part.size());
  out += ':';
  out += part;
}

}  // namespace

std::string question_file_place(const std::filesystem::path& path, bool history) {
  return (history ? "history/" : "") + path.filename().string();
}

ProjectIdentity identify(const Project& project, const std::vector<InputFacts>& logs,
                         const std::vector<QuestionFileFacts>& question_files,
                         const std::vector<std::string>& masked_names) {
  ProjectIdentity identity;
  identity.name = project.name;
  for (const InputFacts& input : logs) {
    identity.digests.push_back(input.sha256);
    identity.logs.push_back({std::filesystem::absolute(project.logs[input.log].path).string(), input.relative,
                             input.sha256, input.bytes, input.lines, input.pending,
                             project.logs[input.log].skip_lines});
  }
  for (const QuestionFileFacts& file : question_files) {
    // The same text counts otherwise as a former version of its question.
    const std::string name = question_file_place(file.path, file.history);
    identity.digests.push_back(name + ":" + file.sha256);
    identity.question_files.push_back({std::filesystem::absolute(file.path).string(), name, file.sha256});
  }
  std::string about;
  append_part(about, project.session_id);
  append_part(about, subject_area_of(project));
  for (const std::string& name : masked_names) append_part(about, name);
  identity.digests.push_back("about:" + to_hex(sha256(about)));
  std::sort(identity.digests.begin(), identity.digests.end());
  return identity;
}

std::string build_identity(const IdentityParts& parts, const Config& config, const LedgerView& view) {
  std::string text = "qf-build-identity/6\n";
  append_part(text, kSchemaVersion);
  append_part(text, kRulesVersion);
  append_part(text, kRedactionVersion);
  append_part(text, canonical_config(config));
  append_part(text, parts.consent_methods);
  for (const ProjectIdentity& project : parts.projects) {
    append_part(text, project.name);
    append_part(text, project.subject);
    append_part(text, std::to_string(project.digests.size()));
    for (const std::string& digest : project.digests) append_part(text, digest);
  }
  auto subjects = parts.subjects;
  std::sort(subjects.begin(), subjects.end());
  for (const std::string& subject : subjects) {
    append_part(text, subject);
    std::string permissions;
    view.append_canonical(permissions, subject);
    append_part(text, permissions);
    if (const auto found = parts.assignments.find(subject); found != parts.assignments.end())
      append_part(text, std::string(to_string(found->second.split)) + std::to_string(found->second.fold));
    if (const auto found = parts.decisions.find(subject); found != parts.decisions.end())
      append_part(text, found->second);
  }
  return to_hex(sha256(text));
}

std::string identity_of_other_rows(const std::string& build_identity, const std::string& logical_digest) {
  return to_hex(sha256("qf-build-identity/other-rows/1\n" + build_identity + "\n" + logical_digest));
}

std::string pseudonym_identity(const Config& config, const std::string& build_identity) {
  if (config.linkage_group.empty() || config.linkage_dpia.empty()) return build_identity;
  return to_hex(sha256(fmt::format("qf/linkage-group/1\n{}:{}\n{}", config.dataset_name.size(), config.dataset_name,
                                   config.linkage_group)));
}

}  // namespace qf
