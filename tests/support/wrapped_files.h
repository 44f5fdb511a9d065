// tests/support/wrapped_files.h
//
// Compressed files and OVAs as the tools make them that people use.
#pragma once

#include <string>
#include <vector>

#include "platter/archive/archive.h"
#include "platter/base/file.h"
#include "support/command.h"
#include "support/folder.h"

namespace platter::test {

inline constexpr archive::Wrapper kCompressed[] = {
    archive::Wrapper::gz, archive::Wrapper::xz, archive::Wrapper::zst,
    archive::Wrapper::bz2};

inline std::string tool_of(archive::Wrapper wrapper) {
  switch (wrapper) {
    case archive::Wrapper::gz:
      return "gzip -1 -c";
    case archive::Wrapper::xz:
      return "xz -0 -c";
    case archive::Wrapper::zst:
      return "zstd -1 -q -c";
    default:
      return "bzip2 -1 -c";
  }
}

// What `command` makes of `plain`, from standard input to standard output.
inline Bytes piped(const std::string& command, ByteView plain) {
  const TemporaryFolder folder;
  File::open(folder.path() / "in", File::Mode::create_new).write(0, plain);
  run("cd " + folder.path().string() + " && ( " + command + " ) <in >out && :");
  return read_whole(folder.path() / "out", kGiB).value();
}

inline Bytes packed(archive::Wrapper wrapper, ByteView plain) {
  return piped(tool_of(wrapper), plain);
}

inline Bytes joined(ByteView a, ByteView b) {
  Bytes both = to_bytes(a);
  both.insert(both.end(), b.begin(), b.end());
  return both;
}

// A disk of an .ovf: attributes of its File and of its Disk.
struct OvfDisk {
  std::string href;
  std::string of_file = {};
  std::string of_disk = {};
};

inline std::string ovf_of(const std::vector<OvfDisk>& disks) {
  std::string files;
  std::string list;
  for (const OvfDisk& disk : disks) {
    const std::string id = "file" + std::to_string(list.size());
    files += "<File ovf:id='" + id + "' ovf:href='" + disk.href + "' " +
             disk.of_file + "/>";
    list += "<Disk ovf:capacity='1' ovf:diskId='d-" + id + "' ovf:fileRef='" +
            id + "' " + disk.of_disk + "/>";
  }
  return "<?xml version='1.0' encoding='UTF-8'?>\n"
         "<Envelope xmlns='http://schemas.dmtf.org/ovf/envelope/1' "
         "xmlns:ovf='http://schemas.dmtf.org/ovf/envelope/1'>"
         "<References>" +
         files + "</References><DiskSection><Info>Disks</Info>" + list +
         "</DiskSection><VirtualSystem ovf:id='vm'/></Envelope>\n";
}

// A folder whose files tar makes an archive of, in the order in which they
// were added.
class TarFolder {
 public:
  TarFolder& add(const std::string& name, ByteView bytes) {
    std::filesystem::create_directories((path(name)).parent_path());
    File::open(path(name), File::Mode::create_new).write(0, bytes);
    names_ += " '" + name + "'";
    return *this;
  }
  TarFolder& add(const std::string& name, const std::string& text) {
    return add(name, as_bytes(text));
  }
  // Something that `command` makes there.
  TarFolder& add_made(const std::string& name, const std::string& command) {
    run("cd " + folder_.path().string() + " && " + command);
    names_ += " '" + name + "'";
    return *this;
  }

  Path path(const std::string& name) const { return folder_.path() / name; }
  Bytes tar(const std::string& options = "--format=ustar") const {
    const TemporaryFolder out;
    const std::string file = out.path() / "archive";
    run("cd " + folder_.path().string() + " && tar -P " + options + " -cf " +
        file + names_);
    return read_whole(file, kGiB).value();
  }

 private:
  TemporaryFolder folder_;
  std::string names_;
};

}  // namespace platter::test
