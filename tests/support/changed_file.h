// tests/support/changed_file.h
//
// The small files of the formats with something changed, checksums made right.
#pragma once

#include <functional>
#include <string>

#include "support/vhd_file.h"
#include "support/vmdk_file.h"

namespace platter::test {

template <typename File>
Bytes bytes_of(const File& file) {
  if constexpr (requires { file.bytes(); }) {
    return file.bytes();
  } else {
    return block::read_all(file);
  }
}

// An unchanged file after something was done to it.
template <typename File>
Bytes changed(const std::function<void(File&)>& change) {
  File file;
  change(file);
  if constexpr (requires { file.seal(); }) file.seal();
  return bytes_of(file);
}

// ... one field, in the format's own order of bytes.
template <typename File, std::unsigned_integral T>
Bytes with(std::uint64_t at, T value) {
  return changed<File>([&](File& file) {
    if constexpr (requires { file.set32(at, value); }) {
      if (sizeof(T) == 8) return file.set64(at, value);
      file.set32(at, static_cast<std::uint32_t>(value));
    } else {
      file.set_le(at, value);
    }
  });
}

// ... cut off.
template <typename File>
Bytes cut(std::uint64_t size) {
  File file;
  file.resize(size);
  return bytes_of(file);
}

// A VMDK whose descriptor has these lines.
inline Bytes described(const std::string& lines) {
  return changed<VmdkFile>([&](VmdkFile& file) {
    file.describe("# Disk DescriptorFile\n" + lines);
  });
}

// A VHD with a field of the footer and its copy changed.
inline Bytes with_footers(std::uint64_t at, std::uint32_t value) {
  return changed<VhdFile>([&](VhdFile& file) { file.set_footers(at, value); });
}

}  // namespace platter::test
