// Any bytes as a manifest or a list of digests; a manifest that is read comes back the same.
#include "fuzz/fuzzed.h"
#include "qf/output/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace qf;
  const std::string_view text = as_text(data, size);
  if (const auto manifest = parse_manifest(text)) {
    const auto written = manifest_json(*manifest);
    must(written.has_value());
    const auto again = parse_manifest(*written);
    must(again.has_value());
    const auto rewritten = manifest_json(*again);
    must(rewritten.has_value() && *rewritten == *written);
  }
  (void)parse_sha256_sums(text);
  return 0;
}
