#include "qf/store/row_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "qf/core/merkle.h"
#include "qf/core/whole_file.h"
#include "qf/output/durable.h"

namespace qf {
namespace {

constexpr std::string_view kMagic = "qfleaf1\n";
constexpr std::size_t kEntry = 16 + 32;
constexpr std::size_t kWriteBytes = 256 * 1024;
constexpr std::size_t kSaltsAtOnce = 1024;

std::string canonical_form(const PublishedRow& row) {
  std::string text = "qf-row/1\n";
  text += static_cast<char>(row.table);
  text += static_cast<char>(row.split);
  text += static_cast<char>(row.fold);
  text.append(reinterpret_cast<const char*>(row.content.data()), row.content.size());
  return text;
}

std::string_view view_of(const RowSalt& salt) { return {reinterpret_cast<const char*>(salt.data()), salt.size()}; }

auto name_of(const PublishedRow& row) { return std::pair(row.key, row.table); }

bool says_the_same(const PublishedRow& a, const PublishedRow& b) {
  return a.content == b.content && a.split == b.split && a.fold == b.fold;
}

// Salts, many drawn at once.
class Salts {
 public:
  Result<RowSalt> next() {
    if (used_ == bytes_.size()) {
      QF_CHECK(draw_row_salts(bytes_));
      used_ = 0;
    }
    RowSalt salt;
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(used_), salt.size(), salt.begin());
    used_ += salt.size();
    return salt;
  }

 private:
  std::vector<std::uint8_t> bytes_ = std::vector<std::uint8_t>(kSaltsAtOnce * sizeof(RowSalt));
  std::size_t used_ = kSaltsAtOnce * sizeof(RowSalt);
};

}  // namespace

RowTreeFiles row_tree_files(const Store& store, Audience audience, const VersionNumber& version) {
  RowTreeFiles files{row_index_file(store, audience, version), {}};
  files.leaves = files.rows;
  files.leaves.replace_extension(".leaves");
  return files;
}

RowTreeFiles carried_files(const Store& store, Audience audience) {
  const std::string name(to_string(audience));
  return {store.private_state() / (name + ".carried.rows"), store.private_state() / (name + ".carried.leaves")};
}

Result<RowTreeReader> RowTreeReader::open(const RowTreeFiles& files) {
  QF_ASSIGN(RowIndexReader rows, RowIndexReader::open(files.rows));
  const std::uint64_t count = rows.rows();
  RowTreeReader reader(std::move(rows));
  reader.path_ = files.leaves;
  QF_CHECK(check_regular(files.leaves));
  reader.leaves_.reset(std::fopen(files.leaves.c_str(), "rbe"));
  if (const int error = errno; !reader.leaves_)
    return failure(error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
                   fmt::format("{}: {}", files.leaves.string(), std::strerror(error)));
  std::setvbuf(reader.leaves_.get(), nullptr, _IOFBF, kWriteBytes);
  std::array<char, kMagic.size()> magic{};
  std::error_code error;
  if (std::filesystem::file_size(files.leaves, error) != kMagic.size() + count * kEntry || error ||
      std::fread(magic.data(), magic.size(), 1, reader.leaves_.get()) != 1 ||
      std::string_view(magic.data(), magic.size()) != kMagic)
    return failure(ErrorCode::kCorrupt, files.leaves.string() + ": not whole");
  return reader;
}

Result<std::optional<CommittedRow>> RowTreeReader::next() {
  QF_ASSIGN(const auto row, rows_.next());
  if (!row) return std::optional<CommittedRow>();
  CommittedRow committed{*row, {}, {}};
  if (std::fread(committed.salt.data(), committed.salt.size(), 1, leaves_.get()) != 1 ||
      std::fread(committed.leaf.data(), committed.leaf.size(), 1, leaves_.get()) != 1 ||
      committed.leaf != leaf_hash(view_of(committed.salt), canonical_form(*row)))
    return failure(ErrorCode::kCorrupt, path_.string() + ": damaged, or of other rows");
  return std::optional(committed);
}

Result<RowTreeRoot> write_row_tree(const RowTreeFiles& files, const RowTreeFiles& carried) {
  QF_ASSIGN(RowIndexReader rows, RowIndexReader::open(files.rows));
  std::optional<RowTreeReader> before;
  std::optional<CommittedRow> old;
  if (auto opened = RowTreeReader::open(carried); opened) {
    before.emplace(std::move(*opened));
    QF_ASSIGN(old, before->next());
  } else if (opened.error().code != ErrorCode::kNotFound) {
    return tl::unexpected<Error>(std::move(opened).error());
  }
  std::error_code ignored;
  std::filesystem::remove(files.leaves, ignored);
  QF_ASSIGN(HashedFile out, HashedFile::create(files.leaves, Readers::kOwner));
  Salts salts;
  MerkleRoot root;
  std::string buffer(kMagic);
  for (;;) {
    QF_ASSIGN(const auto row, rows.next());
    if (!row) break;
    while (old && name_of(old->row) < name_of(*row)) {
      QF_ASSIGN(old, before->next());
    }
    RowSalt salt;
    if (old && name_of(old->row) == name_of(*row) && says_the_same(old->row, *row)) {
      salt = old->salt;
    } else {
      QF_ASSIGN(salt, salts.next());
    }
    const Sha256Bytes leaf = leaf_hash(view_of(salt), canonical_form(*row));
    root.add(leaf);
    buffer.append(view_of(salt)).append(leaf.begin(), leaf.end());
    if (buffer.size() < kWriteBytes) continue;
    QF_CHECK(out.write(buffer));
    buffer.clear();
  }
  QF_CHECK(out.write(buffer));
  QF_CHECK(out.close());
  return RowTreeRoot{to_hex(root.root()), root.leaves()};
}

}  // namespace qf
