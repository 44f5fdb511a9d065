// src/archive/sparse_writer.cpp
#include "sparse_writer.h"

#include <algorithm>

#include "platter/base/integers.h"
#include "platter/block/sources.h"
#include "refusal.h"

namespace platter::archive {

namespace {
// How many bytes of zeros cost as much as one of data.
constexpr std::uint64_t kZerosPerByte = 200;
}  // namespace

void SparseWriter::add(ByteView pages, std::uint64_t packed) {
  std::size_t begin = 0;  // of a run of pages that are not zeros
  for (std::size_t at = 0; at < pages.size();) {
    const std::size_t length =
        std::min<std::size_t>(kPageSize, pages.size() - at);
    if (all_zero(pages.subspan(at, length))) {
      write(pages.subspan(begin, at - begin));
      zeros_ += length;
      size_ += length;
      begin = at + length;
    }
    at += length;
  }
  write(pages.subspan(begin));
  check_limits(packed);
}

void SparseWriter::write(ByteView run) {
  if (run.empty()) return;
  try {
    file_.write(size_, run);
  } catch (const Error& problem) {
    if (problem.code() != Errc::no_space) throw;
    refuse(Errc::no_space,
           "{}: the store's disk was full after {} bytes had been unpacked. "
           "Make room there, and send the file again",
           name_of(wrapper_), size_);
  }
  size_ += run.size();
}

void SparseWriter::check_limits(std::uint64_t packed) const {
  if (size_ > limits_.size) {
    refuse(Errc::too_large,
           "{}: the file holds more than max_image_size, which is {} bytes",
           name_of(wrapper_), limits_.size);
  }
  const std::uint64_t cost = size_ - zeros_ + zeros_ / kZerosPerByte;
  if (cost <= limits_.free) return;
  if (cost / limits_.ratio > packed) {
    refuse(Errc::too_large,
           "{}: {} bytes unpack to {} and more, over {} times as much. If "
           "that is meant, raise max_unpack_ratio, or send the disk unpacked",
           name_of(wrapper_), packed, size_, limits_.ratio);
  }
}

block::SourcePtr SparseWriter::finish() && {
  file_.resize(size_);
  return block::file_source(std::make_shared<File>(std::move(file_)));
}

}  // namespace platter::archive
