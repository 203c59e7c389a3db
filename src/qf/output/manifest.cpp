#include "qf/output/manifest.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "qf/core/digest.h"

namespace qf {
namespace {

using Json = nlohmann::json;  // keeps keys sorted

constexpr std::string_view kFormat = "qf-dataset-manifest-1";
constexpr std::size_t kHexDigits = 64;

bool is_sha256(std::string_view text) {
  return text.size() == kHexDigits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Json file_list(std::vector<ManifestFile> files) {
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  Json list = Json::array();
  for (const ManifestFile& file : files)
    list.push_back({{"path", file.path}, {"bytes", file.bytes}, {"rows", file.rows}, {"sha256", file.sha256}});
  return list;
}

// sha256sum writes a name with a line feed, carriage return or backslash in escapes, and says so
// with a backslash before the digest.
std::string escaped(std::string_view path, bool& changed) {
  std::string text;
  changed = false;
  for (const char c : path) {
    const char* escape = c == '\\' ? "\\\\" : c == '\n' ? "\\n" : c == '\r' ? "\\r" : nullptr;
    if (escape != nullptr) {
      text += escape;
      changed = true;
    } else {
      text.push_back(c);
    }
  }
  return text;
}

bool unescape(std::string_view text, std::string& path) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      path.push_back(text[i]);
      continue;
    }
    if (++i == text.size()) return false;
    const char plain = text[i] == 'n' ? '\n' : text[i] == 'r' ? '\r' : text[i] == '\\' ? '\\' : '\0';
    if (plain == '\0') return false;
    path.push_back(plain);
  }
  return true;
}

// The members that parse_manifest() puts back into their places; any other is a document.
constexpr std::string_view kOwnKeys[] = {
    "format",         "name",           "version",       "previous_version", "audience", "schema_version", "program",
    "build_identity", "content_digest", "table_digests", "inputs",           "files",    "files_digest"};

}  // namespace

Result<std::string> manifest_json(const Manifest& manifest) {
  try {
    Json files = file_list(manifest.files);
    std::vector<ManifestInput> inputs = manifest.inputs;
    std::sort(inputs.begin(), inputs.end(), [](const auto& a, const auto& b) {
      return std::tie(a.keyed_digest, a.bytes, a.lines) < std::tie(b.keyed_digest, b.bytes, b.lines);
    });
    Json input_list = Json::array();
    for (const ManifestInput& input : inputs)
      input_list.push_back(
          input.bytes == 0 && input.lines == 0
              ? Json{{"keyed_digest", input.keyed_digest}}
              : Json{{"keyed_digest", input.keyed_digest}, {"bytes", input.bytes}, {"lines", input.lines}});
    Json json{
        {"format", kFormat},
        {"name", manifest.name},
        {"version", manifest.version},
        {"previous_version", manifest.previous_version.empty() ? Json() : Json(manifest.previous_version)},
        {"audience", manifest.audience},
        {"schema_version", manifest.schema_version},
        {"program", {{"name", "qf-dataset"}, {"version", manifest.program_version}, {"libraries", manifest.libraries}}},
        {"build_identity", manifest.build_identity},
        {"content_digest", manifest.content_digest},
        {"table_digests", manifest.table_digests},
        {"inputs", std::move(input_list)},
        {"files_digest", to_hex(sha256(files.dump()))},
        {"files", std::move(files)}};
    for (const auto& [name, text] : manifest.documents) {
      if (json.contains(name)) return failure(ErrorCode::kInternal, "manifest: the name '" + name + "' is taken");
      Json document = Json::parse(text, nullptr, /*allow_exceptions=*/false);
      if (document.is_discarded())
        return failure(ErrorCode::kInternal, "manifest: document '" + name + "' is not JSON");
      json[name] = std::move(document);
    }
    return json.dump(2) + "\n";
  } catch (const Json::exception&) {
    // Its message would repeat the text that is not UTF-8.
    return failure(ErrorCode::kInternal, "manifest: a value is not UTF-8 text");
  }
}

Result<Manifest> parse_manifest(std::string_view text) {
  const auto corrupt = [](const char* why) {
    return failure(ErrorCode::kCorrupt, std::string("manifest.json: ") + why);
  };
  try {
    const Json json = Json::parse(text);
    if (!json.is_object() || json.value("format", "") != kFormat)
      return corrupt("it is not a manifest of this program");
    Manifest manifest;
    manifest.name = json.at("name").get<std::string>();
    manifest.version = json.at("version").get<std::string>();
    if (!json.at("previous_version").is_null())
      manifest.previous_version = json.at("previous_version").get<std::string>();
    manifest.audience = json.at("audience").get<std::string>();
    manifest.schema_version = json.at("schema_version").get<std::string>();
    manifest.program_version = json.at("program").at("version").get<std::string>();
    json.at("program").at("libraries").get_to(manifest.libraries);
    manifest.build_identity = json.at("build_identity").get<std::string>();
    manifest.content_digest = json.at("content_digest").get<std::string>();
    json.at("table_digests").get_to(manifest.table_digests);
    for (const Json& input : json.at("inputs"))
      manifest.inputs.push_back({input.at("keyed_digest").get<std::string>(), input.value("bytes", std::uint64_t{0}),
                                 input.value("lines", std::uint64_t{0})});
    for (const Json& file : json.at("files"))
      manifest.files.push_back({file.at("path").get<std::string>(), file.at("bytes").get<std::uint64_t>(),
                                file.at("rows").get<std::uint64_t>(), file.at("sha256").get<std::string>()});
    if (json.at("files_digest") != to_hex(sha256(file_list(manifest.files).dump())))
      return corrupt("the list of files does not match its digest");
    for (const auto& [key, value] : json.items())
      if (std::find(std::begin(kOwnKeys), std::end(kOwnKeys), key) == std::end(kOwnKeys))
        manifest.documents[key] = value.dump();
    return manifest;
  } catch (const Json::exception&) {
    return corrupt("it is damaged");
  }
}

std::string sha256_sums(std::vector<ManifestFile> files) {
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  std::string text;
  for (const ManifestFile& file : files) {
    bool changed = false;
    const std::string path = escaped(file.path, changed);
    if (changed) text.push_back('\\');
    text.append(file.sha256).append("  ").append(path).append("\n");
  }
  return text;
}

Result<std::vector<ManifestFile>> parse_sha256_sums(std::string_view text) {
  std::vector<ManifestFile> files;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const auto corrupt = [&] {
      return failure(ErrorCode::kCorrupt, "SHA256SUMS, line " + std::to_string(line) + ": not a digest and a path");
    };
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return corrupt();
    std::string_view entry = text.substr(0, end);
    text.remove_prefix(end + 1);
    const bool has_escapes = entry.starts_with('\\');
    if (has_escapes) entry.remove_prefix(1);
    if (entry.size() < kHexDigits + 3 || !is_sha256(entry.substr(0, kHexDigits)) || entry[kHexDigits] != ' ' ||
        (entry[kHexDigits + 1] != ' ' && entry[kHexDigits + 1] != '*'))
      return corrupt();
    ManifestFile file;
    file.sha256 = entry.substr(0, kHexDigits);
    const std::string_view path = entry.substr(kHexDigits + 2);
    if (!has_escapes)
      file.path = path;
    else if (!unescape(path, file.path))
      return corrupt();
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace qf
