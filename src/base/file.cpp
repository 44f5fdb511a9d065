// src/base/file.cpp
#include "platter/base/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "platter/base/digest.h"
#include "platter/base/error.h"

namespace platter {

namespace {

[[noreturn]] void fail(const char* verb, const Path& path) {
  const int number = errno;
  throw system_error(number, std::string(verb) + " " + path.string());
}

int flags_of(File::Mode mode) {
  switch (mode) {
    case File::Mode::read:
      return O_RDONLY;
    case File::Mode::write:
      return O_RDWR;
    case File::Mode::create:
      return O_RDWR | O_CREAT;
    case File::Mode::create_new:
      return O_RDWR | O_CREAT | O_EXCL;
  }
  return O_RDONLY;
}

// Runs a system call again while signals interrupt it.
template <typename Call>
auto retried(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

off_t as_offset(std::uint64_t value) { return static_cast<off_t>(value); }

struct stat status_of(const File& file) {
  struct stat status;
  if (fstat(file.descriptor(), &status) != 0) fail("stat", file.path());
  return status;
}

}  // namespace

File File::open(const Path& path, Mode mode) {
  const int descriptor = retried(
      [&] { return ::open(path.c_str(), flags_of(mode) | O_CLOEXEC, 0600); });
  if (descriptor < 0) fail("open", path);
  return File(path, descriptor);
}

File File::temporary(const Path& folder) {
  const int descriptor =
      ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0) fail("make a temporary file in", folder);
  return File(folder / "(temporary)", descriptor);
}

File::File(File&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

File& File::operator=(File&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void File::close() {
  if (::close(std::exchange(descriptor_, -1)) != 0) fail("close", path_);
}

std::uint64_t File::size() const {
  return static_cast<std::uint64_t>(status_of(*this).st_size);
}

std::uint64_t File::allocated() const {
  return static_cast<std::uint64_t>(status_of(*this).st_blocks) * 512;
}

void File::read(std::uint64_t offset, MutableBytes out) const {
  if (read_some(offset, out) < out.size()) {
    throw Error(Errc::io, "read " + path_.string() + " at " +
                              std::to_string(offset) +
                              ": the file ends before");
  }
}

std::size_t File::read_some(std::uint64_t offset, MutableBytes out) const {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t got = retried([&] {
      return ::pread(descriptor_, out.data() + done, out.size() - done,
                     as_offset(offset + done));
    });
    if (got < 0) fail("read", path_);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

void File::write(std::uint64_t offset, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t put = retried([&] {
      return ::pwrite(descriptor_, bytes.data(), bytes.size(),
                      as_offset(offset));
    });
    if (put < 0) fail("write", path_);
    offset += static_cast<std::uint64_t>(put);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
}

void File::resize(std::uint64_t size) {
  if (retried([&] { return ftruncate(descriptor_, as_offset(size)); }) != 0) {
    fail("resize", path_);
  }
}

void File::punch_hole(std::uint64_t offset, std::uint64_t length) {
  if (fallocate(descriptor_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                as_offset(offset), as_offset(length)) != 0) {
    fail("punch a hole into", path_);
  }
}

std::optional<std::uint64_t> File::next_data(std::uint64_t offset) const {
  const off_t found = lseek(descriptor_, as_offset(offset), SEEK_DATA);
  if (found >= 0) return static_cast<std::uint64_t>(found);
  if (errno == ENXIO) return std::nullopt;
  fail("seek data in", path_);
}

std::uint64_t File::next_hole(std::uint64_t offset) const {
  const off_t found = lseek(descriptor_, as_offset(offset), SEEK_HOLE);
  if (found >= 0) return static_cast<std::uint64_t>(found);
  if (errno == ENXIO) return size();
  fail("seek a hole in", path_);
}

void File::sync() {
  if (retried([&] { return fdatasync(descriptor_); }) != 0) fail("sync", path_);
}

void File::start_writeback(std::uint64_t offset,
                           std::uint64_t length) noexcept {
  sync_file_range(descriptor_, as_offset(offset), as_offset(length),
                  SYNC_FILE_RANGE_WRITE);
}

bool File::try_lock() {
  if (retried([&] { return flock(descriptor_, LOCK_EX | LOCK_NB); }) == 0) {
    return true;
  }
  if (errno == EWOULDBLOCK) return false;
  fail("lock", path_);
}

void sync_folder(const Path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (descriptor < 0) fail("open", folder);
  const int result = fsync(descriptor);
  const int number = errno;
  ::close(descriptor);
  if (result != 0) throw system_error(number, "sync " + folder.string());
}

void make_folders(const Path& folder) {
  if (std::filesystem::is_directory(folder)) return;
  const Path above = std::filesystem::absolute(folder).parent_path();
  make_folders(above);
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    fail("make the folder", folder);
  }
  sync_folder(above);
}

void write_whole(const Path& path, ByteView bytes) {
  std::array<std::byte, 6> salt;
  fill_random(salt);
  Path draft = path;
  draft += "." + to_hex(salt) + ".tmp";
  {
    File file = File::open(draft, File::Mode::create_new);
    file.write(0, bytes);
    file.sync();
  }
  if (rename(draft.c_str(), path.c_str()) != 0) fail("rename onto", path);
  sync_folder(path.parent_path());
}

std::optional<Bytes> read_whole(const Path& path, std::uint64_t limit) {
  std::error_code problem;
  const bool exists = std::filesystem::exists(path, problem);
  if (problem) throw system_error(problem.value(), "read " + path.string());
  if (!exists) return std::nullopt;
  const File file = File::open(path, File::Mode::read);
  const std::uint64_t size = file.size();
  if (size > limit) {
    throw Error(Errc::too_large, path.string() + " is " + std::to_string(size) +
                                     " bytes long; at most " +
                                     std::to_string(limit) + " are read");
  }
  Bytes bytes(size);
  file.read(0, bytes);
  return bytes;
}

}  // namespace platter
