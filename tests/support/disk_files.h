// tests/support/disk_files.h
//
// Disks as files of the host, for the tools that judge them.
#pragma once

#include <string>

#include "platter/block/sources.h"
#include "support/command.h"
#include "support/disks.h"
#include "support/folder.h"

namespace platter::test {

// In memory where there is room: what makes disk files syncs each of them
// several times.
struct DiskFolder : TemporaryFolder {
  DiskFolder() : TemporaryFolder(parent()) {}

  std::string operator/(const std::string& name) const {
    return (path() / name).string();
  }

 private:
  static std::filesystem::path parent() {
    const std::filesystem::path memory = "/dev/shm";
    std::error_code absent;
    const auto space = std::filesystem::space(memory, absent);
    return !absent && space.available >= kGiB
               ? memory
               : std::filesystem::temp_directory_path();
  }
};

inline block::SourcePtr open_file(const std::string& path) {
  return block::file_source(
      std::make_shared<const File>(File::open(path, File::Mode::read)));
}

// Copies `source`, leaving out its holes.
inline void save(const block::ByteSource& source, const std::string& path) {
  File file = File::open(path, File::Mode::create_new);
  file.resize(source.size());
  for_each_extent(source, 0, source.size(), [&](const block::Extent& extent) {
    if (extent.kind == block::ExtentKind::zero) return;
    Bytes bytes(extent.length);
    source.read(extent.offset, bytes);
    file.write(extent.offset, bytes);
  });
}

// Has qemu-io write data and zeros, and discard, at random places of the disk
// of `size` bytes in `path`.
inline void write_randomly(const std::string& qemu_format,
                           const std::string& path, std::uint64_t size,
                           std::uint64_t seed) {
  Random random(seed);
  const std::uint64_t sectors = size / kSectorSize;
  const std::uint64_t longest = std::min<std::uint64_t>(sectors / 16, 400);
  std::string commands;
  for (int n = 1; n <= 32; ++n) {
    const auto place =
        std::to_string(random.below(sectors - longest) * kSectorSize) + " " +
        std::to_string((1 + random.below(longest)) * kSectorSize);
    const std::string kinds[] = {"write -z", "write -z -u", "discard",
                                 "write -P " + std::to_string(n),
                                 "write -P " + std::to_string(n + 32)};
    commands += " -c '" + kinds[random.below(5)] + " " + place + "'";
  }
  run("qemu-io -f " + qemu_format + " -t unsafe -d unmap" + commands + " " +
      path);
}

}  // namespace platter::test
