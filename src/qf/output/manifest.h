// The manifest of a version: what it is made of, from what, and the digests that prove it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"

namespace qf {

// A file of the version. `rows` is 0 for files that hold none.
struct ManifestFile {
  std::string path;  // relative to the version, forward slashes
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;
  std::string sha256;
};

// An input, named by a digest under the store's key: whoever has the manifest learns no path from it.
struct ManifestInput {
  std::string keyed_digest;
  // Both 0 where they are not said: outside the private circle they would be facts of one person.
  std::uint64_t bytes = 0;
  std::uint64_t lines = 0;
};

struct Manifest {
  std::string name;
  std::string version;
  std::string previous_version;  // empty for the first
  std::string audience;
  std::string schema_version;
  std::string program_version;
  std::map<std::string, std::string> libraries;  // name → version: bytes depend on zstd's
  std::string build_identity;
  std::string content_digest;
  std::map<std::string, std::string> table_digests;
  std::vector<ManifestInput> inputs;
  std::vector<ManifestFile> files;
  // Whole documents by name, as JSON text: tally, gates, configuration, privacy_level; anonymity and masked where there
  // is something to say of them.
  std::map<std::string, std::string> documents;
};

// manifest.json: keys and lists sorted, so that the same facts give the same bytes; no clock.
// Files get a digest of their own list (`files_digest`, SHA-256 of its compact JSON form).
// kInternal where a document is not JSON or has a name that is taken.
Result<std::string> manifest_json(const Manifest& manifest);

// Reads what manifest_json() wrote; kCorrupt where it is something else or the list of files does
// not match its digest.
Result<Manifest> parse_manifest(std::string_view json);

// SHA256SUMS as `sha256sum -c` reads it, sorted by path.
std::string sha256_sums(std::vector<ManifestFile> files);

// Paths and digests of a SHA256SUMS file; kCorrupt where a line has another form.
Result<std::vector<ManifestFile>> parse_sha256_sums(std::string_view text);

}  // namespace qf
