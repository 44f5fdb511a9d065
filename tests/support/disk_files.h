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

struct DiskFolder : TemporaryFolder {
  std::string operator/(const std::string& name) const {
    return (path() / name).string();
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

// Has qemu-io write at random places of the disk of `size` bytes in `path`.
inline void write_randomly(const std::string& qemu_format,
                           const std::string& path, std::uint64_t size,
                           std::uint64_t seed) {
  Random random(seed);
  std::string commands;
  for (int n = 1; n <= 12; ++n) {
    commands += " -c 'write -P " + std::to_string(n) + " " +
                std::to_string(random.below(size / 512 - 400) * 512) + " " +
                std::to_string((1 + random.below(400)) * 512) + "'";
  }
  run("qemu-io -f " + qemu_format + " -t unsafe" + commands + " " + path);
}

}  // namespace platter::test
