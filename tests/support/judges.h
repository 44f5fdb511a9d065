// tests/support/judges.h
//
// The programs that our files are held against: qemu-img for every format, and
// as second opinions libyal's libraries and 7-Zip. scripts/setup installs them.
#pragma once

#include <vector>

#include "laws/format.h"
#include "support/disk_files.h"
#include "support/sparse.h"

namespace platter::test {

struct Window {
  std::uint64_t offset;
  std::uint64_t length;
};

// Where a judge looks: at all of a small disk; at both sides of each border
// between data and hole of a large one, whose zeros would take minutes to read.
inline std::vector<Window> windows_of(const block::ByteSource& disk) {
  constexpr std::uint64_t kSmall = 64 * kMiB;
  constexpr std::uint64_t kReach = 128 * kKiB;
  if (disk.size() <= kSmall) return {{0, disk.size()}};
  std::vector<Window> windows;
  std::uint64_t seen = 0;
  for_each_extent(disk, 0, disk.size(), [&](const block::Extent& extent) {
    const std::uint64_t border = round_down(extent.offset, kSectorSize);
    const auto begin = std::max(seen, border - std::min(border, kReach));
    seen = std::max(seen, std::min(border + kReach, disk.size()));
    if (begin < seen) windows.push_back({begin, seen - begin});
  });
  return windows;
}

// A view saved as a file, and beside it what it shows.
struct ShownFile {
  // Saves `view` under `name`. `size` is that of the disk the file shows:
  // zeros may follow those of `disk`.
  ShownFile(format::Format format, const std::string& name,
            const block::ByteSource& view, const block::ByteSource& disk,
            std::uint64_t size)
      : format(format),
        path(folder / name),
        expected(folder / "expected"),
        windows(windows_of(disk)),
        disk_size(disk.size()),
        shown_size(size) {
    save(view, path);
    File file = File::open(expected, File::Mode::create_new);
    std::uint64_t at = 0;
    for (const auto& [offset, length] : windows) {
      Bytes part(length);
      disk.read(offset, part);
      file.write(at, part);
      at += length;
    }
  }

  bool is_small() const { return windows.front().length == disk_size; }

  DiskFolder folder;
  format::Format format;
  std::string path;
  std::string expected;  // a file of the windows' bytes
  std::vector<Window> windows;
  std::uint64_t disk_size;
  std::uint64_t shown_size;
};

inline std::string qemu_name_of(format::Format format) {
  return format == format::Format::vhd ? "vpc" : std::string(name_of(format));
}

inline void compare_windows_with_qemu(const ShownFile& file) {
  std::uint64_t at = 0;
  for (const auto& [offset, length] : file.windows) {
    const auto part = [length = length](std::uint64_t from) {
      return " driver=raw,offset=" + std::to_string(from) +
             ",size=" + std::to_string(length) + ",file.driver=";
    };
    run("qemu-img compare --image-opts" + part(offset) +
        qemu_name_of(file.format) +
        ",file.file.driver=file,file.file.filename=" + file.path + part(at) +
        "file,file.filename=" + file.expected);
    at += length;
  }
}

inline void check_with_qemu(const ShownFile& file) {
  const std::string named = " -f " + qemu_name_of(file.format) + " ";
  // It has no check of VHD.
  if (file.format != format::Format::vhd) {
    run("qemu-img check" + named + file.path);
  }
  run("qemu-img info" + named + file.path + " | grep '(" +
      std::to_string(file.shown_size) + " bytes)'");
  if (file.is_small()) {
    run("qemu-img compare" + named + "-F raw " + file.path + " " +
        file.expected);
  } else {
    compare_windows_with_qemu(file);
  }
}

// libvhdi reads VHDX as well; none of them reads VDI.
inline std::string libyal_module(format::Format format) {
  switch (format) {
    case format::Format::qcow2:
      return "qcow";
    case format::Format::vmdk:
      return "vmdk";
    default:
      return "vhdi";
  }
}

inline void check_with_libyal(const ShownFile& file) {
  // Writes windows of a disk, given by offset and length, to stdout.
  static const std::string kProgram =
      "/usr/bin/python3 -c 'import sys, importlib\n"
      "name, path, *places = sys.argv[1:]\n"
      "lib = importlib.import_module(\"py\" + name)\n"
      "disk = lib.handle() if name == \"vmdk\" else lib.file()\n"
      "disk.open(path)\n"
      "if name == \"vmdk\": disk.open_extent_data_files()\n"
      "for place in places:\n"
      "    at, n = map(int, place.split(\":\"))\n"
      "    while n > 0:\n"
      "        b = disk.read_buffer_at_offset(min(n, 1 << 20), at)\n"
      "        if not b: sys.exit(\"short\")\n"
      "        sys.stdout.buffer.write(b); at += len(b); n -= len(b)' ";
  std::string places;
  for (const auto& [offset, length] : file.windows) {
    places += " " + std::to_string(offset) + ":" + std::to_string(length);
  }
  run(kProgram + libyal_module(file.format) + " " + file.path + places +
      " | cmp - " + file.expected);
}

inline void check_with_7zip(const ShownFile& file) {
  const std::string type = file.format == format::Format::qcow2
                               ? "qcow"
                               : std::string(name_of(file.format));
  run("7zz e -so -t" + type + " " + file.path + " | cmp -n " +
      std::to_string(file.disk_size) + " - " + file.expected);
}

inline void check_with_all(const ShownFile& file) {
  check_with_qemu(file);
  if (file.format != format::Format::vdi) check_with_libyal(file);
  // 7-Zip writes the whole disk, and takes no VHDX of an odd number of
  // sectors.
  const bool odd = file.shown_size % 1'024 != 0;
  if (file.is_small() && !(odd && file.format == format::Format::vhdx)) {
    check_with_7zip(file);
  }
}

// Judges the view of `disk` that make_view() makes.
inline void check_view(format::Format format, const block::SourcePtr& disk) {
  check_with_all({format, "disk." + std::string(name_of(format)),
                  *make_view(format, disk, some_identity()), *disk,
                  disk->size()});
}

// Our reader sees what qemu sees in the file of the folder.
inline void check_reader(format::Format format, const DiskFolder& folder,
                         const std::string& name = "d.disk") {
  const std::string raw = folder / "as-qemu.raw";
  run("qemu-img convert -f " + qemu_name_of(format) + " -O raw " +
      folder / name + " " + raw);
  const block::SourcePtr file = open_file(folder / name);
  BOOST_REQUIRE(format::probe(*file) == format);
  const auto guest = open_guest(format, file);
  check_byte_source(*guest, read_all(*open_file(raw)));
  check_placements(*guest, *file);
}

// ... in the file that qemu-img makes with these options of a disk.
inline void check_converted(format::Format format, const std::string& options,
                            const Bytes& disk,
                            const std::string& switches = "") {
  const DiskFolder folder;
  save(SparseMemory(disk), folder / "d.raw");
  run("qemu-img convert " + switches + " -f raw -O " + qemu_name_of(format) +
      " -o " + options + " " + folder / "d.raw" + " " + folder / "d.disk");
  check_reader(format, folder);
}

// ... and in the one that it makes empty, before and after writes to it.
inline void check_created(format::Format format, const std::string& options,
                          std::uint64_t size, std::uint64_t seed) {
  const DiskFolder folder;
  const std::string path = folder / "d.disk";
  run("qemu-img create -f " + qemu_name_of(format) + " -o " + options + " " +
      path + " " + std::to_string(size));
  check_reader(format, folder);
  write_randomly(qemu_name_of(format), path, size, seed);
  check_reader(format, folder);
}

}  // namespace platter::test
