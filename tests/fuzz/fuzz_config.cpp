// Any bytes as a configuration; what is accepted must say the same of itself each time.
#include "fuzz/fuzzed.h"
#include "qf/store/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto config = qf::parse_config(qf::as_text(data, size), "fuzzed.toml");
  if (config)
    qf::must(qf::canonical_config(*config) == qf::canonical_config(*config));
  else
    qf::must(!config.error().message.empty());
  return 0;
}
