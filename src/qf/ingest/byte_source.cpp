#include "qf/ingest/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

#include "qf/core/out_of_files.h"

namespace qf {
namespace {

constexpr int kHowToOpen = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

class PlainFile : public ByteSource {
 public:
  explicit PlainFile(std::string name) : name_(std::move(name)) {}
  PlainFile(const PlainFile&) = delete;
  PlainFile& operator=(const PlainFile&) = delete;
  ~PlainFile() override { rest(); }

  // A regular file, to be read from there on.
  Status open(std::uint64_t from) {
    const bool again = inode_ != 0;
    descriptor_ = ::open(name_.c_str(), kHowToOpen);
    if (const int error = errno; descriptor_ < 0) {
      check_out_of_files(name_, error);
      return failed(std::strerror(error));
    }
    struct stat facts {};
    if (::fstat(descriptor_, &facts) != 0 || !S_ISREG(facts.st_mode)) return failed("not a regular file");
    if (again && (facts.st_ino != inode_ || facts.st_dev != device_))
      return failed("another file took its place while it was read; the lines before that were read");
    const auto size = static_cast<std::uint64_t>(facts.st_size);
    if (!again) expected_ = size - std::min(size, from);
    inode_ = facts.st_ino;
    device_ = facts.st_dev;
    at_ = from;
    if (from != 0 && ::lseek(descriptor_, static_cast<off_t>(from), SEEK_SET) < 0) return failed(std::strerror(errno));
    return {};
  }

  Result<std::size_t> read(std::span<char> to) override {
    if (descriptor_ < 0) QF_CHECK(open(at_));
    while (true) {
      const ssize_t got = ::read(descriptor_, to.data(), to.size());
      if (got >= 0) {
        at_ += static_cast<std::uint64_t>(got);
        consumed_ += static_cast<std::uint64_t>(got);
        return static_cast<std::size_t>(got);
      }
      if (errno != EINTR) return failed(std::strerror(errno));
    }
  }
  void rest() override {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }
  std::uint64_t consumed() const override { return consumed_; }
  std::optional<std::uint64_t> expected() const override { return expected_; }
  const std::string& name() const { return name_; }

 private:
  tl::unexpected<Error> failed(const char* why) const { return failure(ErrorCode::kIo, name_ + ": " + why); }

  int descriptor_ = -1;
  std::string name_;
  ino_t inode_ = 0;  // of the file that was opened first, with device_
  dev_t device_ = 0;
  std::uint64_t at_ = 0, consumed_ = 0, expected_ = 0;
};

constexpr std::uint64_t kPackedBytes = 256 * 1024;

// What both decompressors share: a block of packed bytes, and the watch for bombs.
class PackedFile : public ByteSource {
 public:
  explicit PackedFile(std::unique_ptr<PlainFile> file) : file_(std::move(file)) {
    // No more room than a small file fills.
    packed_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kPackedBytes, *file_->expected() + 1)));
  }
  void rest() override { file_->rest(); }
  std::uint64_t consumed() const override { return file_->consumed(); }

 protected:
  Result<bool> refill() {
    QF_ASSIGN(const std::size_t got, file_->read(packed_));
    at_ = 0;
    end_ = got;
    return got != 0;
  }
  Status count(std::size_t bytes) {
    unpacked_ += bytes;
    if (unpacked_ > kBombBytes && unpacked_ / kBombRatio > file_->consumed())
      return failure(ErrorCode::kCorrupt, file_->name() + ": unpacks to more than " + std::to_string(kBombRatio) +
                                              " times its size; unpack it by hand if that is right");
    return {};
  }
  tl::unexpected<Error> damaged(const char* what) const {
    return failure(ErrorCode::kCorrupt, file_->name() + ": " + what + "; the lines before it were read");
  }

  std::unique_ptr<PlainFile> file_;
  std::vector<char> packed_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;

 private:
  std::uint64_t unpacked_ = 0;
};

class GzipFile : public PackedFile {
 public:
  explicit GzipFile(std::unique_ptr<PlainFile> file) : PackedFile(std::move(file)) {
    if (inflateInit2(&stream_, 15 + 16) != Z_OK) throw std::bad_alloc();
  }
  GzipFile(const GzipFile&) = delete;
  GzipFile& operator=(const GzipFile&) = delete;
  ~GzipFile() override { inflateEnd(&stream_); }

  Result<std::size_t> read(std::span<char> to) override {
    stream_.next_out = reinterpret_cast<Bytef*>(to.data());
    stream_.avail_out = static_cast<uInt>(to.size());
    while (stream_.avail_out == to.size()) {
      if (at_ == end_) {
        QF_ASSIGN(const bool more, refill());
        if (!more) {
          if (inside_member_) return damaged("the gzip data is cut off");
          return std::size_t{0};
        }
      }
      stream_.next_in = reinterpret_cast<Bytef*>(packed_.data() + at_);
      stream_.avail_in = static_cast<uInt>(end_ - at_);
      inside_member_ = true;
      const int code = inflate(&stream_, Z_NO_FLUSH);
      at_ = end_ - stream_.avail_in;
      if (code == Z_STREAM_END) {  // another member may follow: gzip files may be joined
        inflateReset(&stream_);
        inside_member_ = false;
      } else if (code != Z_OK && code != Z_BUF_ERROR) {
        return damaged("the gzip data is damaged");
      }
    }
    const std::size_t got = to.size() - stream_.avail_out;
    QF_CHECK(count(got));
    return got;
  }

 private:
  z_stream stream_{};
  bool inside_member_ = true;  // an empty file holds not even one
};

class ZstdFile : public PackedFile {
 public:
  explicit ZstdFile(std::unique_ptr<PlainFile> file) : PackedFile(std::move(file)), stream_(ZSTD_createDStream()) {
    if (stream_ == nullptr) throw std::bad_alloc();
  }
  ZstdFile(const ZstdFile&) = delete;
  ZstdFile& operator=(const ZstdFile&) = delete;
  ~ZstdFile() override { ZSTD_freeDStream(stream_); }

  Result<std::size_t> read(std::span<char> to) override {
    ZSTD_outBuffer out{to.data(), to.size(), 0};
    while (out.pos == 0) {
      if (at_ == end_) {
        QF_ASSIGN(const bool more, refill());
        if (!more) {
          if (inside_frame_) return damaged("the zstd data is cut off");
          return std::size_t{0};
        }
      }
      ZSTD_inBuffer in{packed_.data(), end_, at_};
      const std::size_t left = ZSTD_decompressStream(stream_, &out, &in);
      at_ = in.pos;
      if (ZSTD_isError(left) != 0) return damaged("the zstd data is damaged");
      inside_frame_ = left != 0;
    }
    QF_CHECK(count(out.pos));
    return out.pos;
  }

 private:
  ZSTD_DStream* stream_;
  bool inside_frame_ = true;  // as above
};

}  // namespace

Result<std::unique_ptr<ByteSource>> open_bytes(const std::filesystem::path& path, Compression compression,
                                               std::uint64_t from) {
  auto file = std::make_unique<PlainFile>(path.string());
  QF_CHECK(file->open(from));
  switch (compression) {
    case Compression::kGzip: return std::make_unique<GzipFile>(std::move(file));
    case Compression::kZstd: return std::make_unique<ZstdFile>(std::move(file));
    case Compression::kNone: break;
  }
  return file;
}

}  // namespace qf
