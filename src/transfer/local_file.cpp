// src/transfer/local_file.cpp
#include "local_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "file_name.h"
#include "limits.h"
#include "platter/base/error.h"

namespace platter::transfer {

namespace {

constexpr std::size_t kPiece = kMiB;

// An open file of this host, read only.
class PlainFile {
 public:
  explicit PlainFile(const Url& url) : url_(url) {
    // A FIFO must not keep the thread waiting for its other end.
    descriptor_ = open(url.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor_ < 0) throw system_error(errno, url.shown());
    if (fstat(descriptor_, &status_) != 0 || !S_ISREG(status_.st_mode)) {
      close(descriptor_);
      throw Error(Errc::forbidden, url.shown() + ": is no plain file");
    }
  }
  ~PlainFile() { close(descriptor_); }
  PlainFile(const PlainFile&) = delete;
  PlainFile& operator=(const PlainFile&) = delete;

  std::uint64_t size() const {
    return static_cast<std::uint64_t>(status_.st_size);
  }
  // Another one when another file is there, or it was written.
  std::string validator() const {
    return fmt::format("\"{:x}-{:x}-{}.{:09}-{}\"", status_.st_dev,
                       status_.st_ino, status_.st_mtim.tv_sec,
                       status_.st_mtim.tv_nsec, size());
  }
  // As many bytes as fit. Throws Errc::remote at the end.
  std::size_t read(std::uint64_t offset, MutableBytes out) const {
    const ssize_t count =
        pread(descriptor_, out.data(), out.size(), static_cast<off_t>(offset));
    if (count < 0) throw system_error(errno, url_.shown());
    if (count == 0) {
      throw Error(Errc::remote, url_.shown() + ": was made shorter meanwhile");
    }
    return static_cast<std::size_t>(count);
  }

 private:
  const Url& url_;
  int descriptor_;
  struct stat status_ = {};
};

}  // namespace

Fetched fetch_file(const Url& url, const FetchOptions& options, Sink& sink,
                   Control& control, const ResumePoint& from) {
  const PlainFile file(url);
  check_size(url, options, file.size());
  const bool resumes =
      from.etag == file.validator() && from.offset <= file.size();
  if (from.offset > 0 && !resumes) sink.restart();
  ResumePoint point{resumes ? from.offset : 0, file.validator(), "",
                    file.size()};
  Bytes piece(kPiece);
  while (point.offset < file.size()) {
    check_cancelled(url, control);
    const std::size_t wanted = static_cast<std::size_t>(
        std::min<std::uint64_t>(kPiece, file.size() - point.offset));
    const std::size_t count =
        file.read(point.offset, MutableBytes(piece).first(wanted));
    sink.write(point.offset, MutableBytes(piece).first(count));
    point.offset += count;
    control.progress(point);
  }
  return {point.offset, url.shown(), file_name("", url), point.etag, ""};
}

}  // namespace platter::transfer
