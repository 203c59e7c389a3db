#include "qf/store/build_record.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "qf/core/digest.h"
#include "qf/core/whole_file.h"

namespace qf {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kFormat = "qf-build-record-2", kWithoutDigest = "qf-build-record-1";
constexpr const char* kDigest = "sha256";  // of everything else in the record

std::string escaped(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte > 0x7e || c == '%')
      out += fmt::format("%{:02X}", byte);
    else
      out += c;
  }
  return out;
}

std::string unescaped(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'A' + 10; };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

Json files_json(const std::vector<RecordedFile>& files) {
  Json list = Json::array();
  for (const RecordedFile& file : files)
    list.push_back({{"path", escaped(file.path)},
                    {"relative", escaped(file.relative)},
                    {"sha256", file.sha256},
                    {"bytes", file.bytes},
                    {"lines", file.lines},
                    {"pending", file.pending},
                    {"skip_lines", file.skip_lines}});
  return list;
}

tl::unexpected<Error> damaged(const std::string& place) {
  return failure(ErrorCode::kCorrupt, place + ": the record of a build is damaged: put it back from a backup");
}

std::vector<RecordedFile> files_of(const Json& list) {
  std::vector<RecordedFile> files;
  for (const Json& one : list)
    files.push_back({unescaped(one.at("path").get<std::string>()), unescaped(one.at("relative").get<std::string>()),
                     one.at("sha256").get<std::string>(), one.at("bytes").get<std::uint64_t>(),
                     one.at("lines").get<std::uint64_t>(), one.at("pending").get<bool>(),
                     one.value("skip_lines", std::uint64_t{0})});
  return files;
}

}  // namespace

std::string record_json(const BuildRecord& record) {
  Json projects = Json::array();
  for (const RecordedProject& project : record.projects)
    projects.push_back({{"name", escaped(project.name)},
                        {"subject", project.subject_tag},
                        {"logs", files_json(project.logs)},
                        {"question_files", files_json(project.question_files)},
                        {"dropped", project.dropped}});
  Json roots = Json::array();
  for (const std::string& root : record.roots) roots.push_back(escaped(root));
  Json assignments = Json::array();
  for (const SplitAssignment& one : record.assignments)
    assignments.push_back({{"subject", one.subject_tag},
                           {"split", one.split},
                           {"fold", one.fold},
                           {"assigned_in", one.assigned_in_version}});
  Json files = Json::array();
  for (const ManifestFile& file : record.files)
    files.push_back({{"path", file.path}, {"bytes", file.bytes}, {"rows", file.rows}, {"sha256", file.sha256}});
  Json json = {{"format", kFormat},
               {"program", record.program_version},
               {"libraries", record.libraries},
               {"schema_version", record.schema_version},
               {"rules_version", record.rules_version},
               {"identity", record.identity},
               {"key", record.key_id},
               {"previous_version", record.previous_version},
               {"as_of", record.as_of_us},
               {"configuration", escaped(record.configuration)},
               {"roots", std::move(roots)},
               {"twin_files", record.twin_files},
               {"twin_lines", record.twin_lines},
               {"projects", std::move(projects)},
               {"permissions", record.permissions},
               {"assignments", std::move(assignments)},
               {"files", std::move(files)}};
  if (!record.row_digests.empty()) json["row_digests"] = record.row_digests;
  if (!record.row_projects.empty()) json["row_projects"] = record.row_projects;
  json[kDigest] = to_hex(sha256(json.dump()));
  return json.dump(1) + "\n";
}

Result<BuildRecord> parse_record(std::string_view text, const std::string& place) {
  try {
    Json json = Json::parse(text);
    BuildRecord record;
    if (json.at("format") != kFormat && json.at("format") != kWithoutDigest)
      return failure(ErrorCode::kCorrupt, place + ": a record of a build that this program does not know");
    if (json.at("format") == kFormat) {
      const std::string digest = json.at(kDigest).get<std::string>();
      json.erase(kDigest);
      if (to_hex(sha256(json.dump())) != digest) return damaged(place);
    }
    json.at("program").get_to(record.program_version);
    json.at("libraries").get_to(record.libraries);
    json.at("schema_version").get_to(record.schema_version);
    json.at("rules_version").get_to(record.rules_version);
    if (json.contains("row_digests")) json.at("row_digests").get_to(record.row_digests);
    if (json.contains("row_projects")) json.at("row_projects").get_to(record.row_projects);
    json.at("identity").get_to(record.identity);
    json.at("key").get_to(record.key_id);
    json.at("previous_version").get_to(record.previous_version);
    json.at("as_of").get_to(record.as_of_us);
    json.at("twin_files").get_to(record.twin_files);
    json.at("twin_lines").get_to(record.twin_lines);
    record.configuration = unescaped(json.at("configuration").get<std::string>());
    for (const Json& root : json.at("roots")) record.roots.push_back(unescaped(root.get<std::string>()));
    for (const Json& one : json.at("projects")) {
      RecordedProject project;
      project.name = unescaped(one.at("name").get<std::string>());
      one.at("subject").get_to(project.subject_tag);
      project.logs = files_of(one.at("logs"));
      project.question_files = files_of(one.at("question_files"));
      for (const auto& [reason, rows] : one.at("dropped").items()) project.dropped[reason] = rows.get<std::uint64_t>();
      record.projects.push_back(std::move(project));
    }
    json.at("permissions").get_to(record.permissions);
    for (const Json& one : json.at("assignments"))
      record.assignments.push_back({one.at("subject").get<std::string>(), one.at("split").get<std::string>(),
                                    one.at("fold").get<std::int32_t>(), one.at("assigned_in").get<std::string>()});
    for (const Json& one : json.at("files"))
      record.files.push_back({one.at("path").get<std::string>(), one.at("bytes").get<std::uint64_t>(),
                              one.at("rows").get<std::uint64_t>(), one.at("sha256").get<std::string>()});
    return record;
  } catch (const Json::exception&) {
    // Its message might repeat a path.
    return damaged(place);
  }
}

Result<BuildRecord> read_record(const std::filesystem::path& file) {
  const auto content = read_whole_file(file);
  if (!content && content.error().code != ErrorCode::kNotFound) return tl::unexpected<Error>(content.error());
  if (!content)
    return failure(ErrorCode::kNotFound,
                   file.string() + ": the record of this build is not there: put it back from a backup");
  return parse_record(*content, file.string());
}

}  // namespace qf
