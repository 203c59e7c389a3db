// A file that only whoever has the key can read, written and read as a stream: each block is encrypted and tells
// whether anything in it, or its place, was changed (XChaCha20-Poly1305).
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "qf/core/spill_file.h"
#include "qf/core/state_io.h"
#include "qf/ledger/keys.h"

namespace qf {

// Names one written file: drawn anew for each.
using SealedId = std::array<unsigned char, 24>;

class SealedWriter final : public ByteSink {
 public:
  // Makes the file, for its owner alone. `purpose` separates its key from others of the root key.
  static Result<std::unique_ptr<SealedWriter>> create(const std::filesystem::path& file, const KeyFile& key,
                                                      std::string_view purpose);
  ~SealedWriter() override;
  Status write(std::string_view bytes) override;
  // Writes what is left. Without it, a reader finds the file cut off.
  Result<SealedId> finish();

 private:
  struct State;
  explicit SealedWriter(std::unique_ptr<State> state);
  Status seal(bool last);
  std::unique_ptr<State> state_;
};

class SealedReader final : public ByteFeed {
 public:
  // kCorrupt where the file is another one than `id`.
  static Result<std::unique_ptr<SealedReader>> open(const std::filesystem::path& file, const KeyFile& key,
                                                    std::string_view purpose, const SealedId& id);
  ~SealedReader() override;
  Status read(std::span<char> to) override;
  std::uint64_t at_most() const override;

 private:
  struct State;
  explicit SealedReader(std::unique_ptr<State> state);
  Status open_block();
  std::unique_ptr<State> state_;
};

}  // namespace qf
