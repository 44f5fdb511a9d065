// include/platter/image/original.h
//
// The uploaded file, kept as a recipe: where it holds guest bytes as they
// are, the recipe points into the guest; all else (headers, tables,
// compressed clusters) is its literal, a sparse disk map of the file's own
// length in which the guest's places are holes.
//
// The recipe is an ExtentTree whose leaves list the runs that come from the
// guest, so an uncompressed upload in any format costs only its tables.
#pragma once

#include <vector>

#include "platter/block/source.h"
#include "platter/image/disk_map.h"
#include "platter/image/extent_tree.h"

namespace platter::image {

// A run of the file, within one leaf, that is guest bytes. `shift` is the
// guest's offset less the file's: linear stretches give equal leaves, which
// the store keeps once.
struct FileRun {
  std::uint32_t offset = 0;  // within the leaf
  std::uint32_t length = 0;  // never 0; at most kLeafSpan
  std::int64_t shift = 0;

  bool operator==(const FileRun&) const = default;
};

// Names an original.
struct Original {
  std::uint64_t size = 0;  // bytes of the file
  TreeRoot runs;
  DiskMap literal;

  bool operator==(const Original&) const = default;
};

// Builds the tree of runs from whole-file offsets. For one thread.
class FileMapBuilder {
 public:
  FileMapBuilder(store::Store& store, std::uint64_t file_size);
  // Throws Errc::invalid when a run begins before the last one ends, or passes
  // the file's end.
  void add(std::uint64_t file_offset, std::uint64_t guest_offset,
           std::uint64_t length);
  // REQUIRES: called once. Both throw Errc::too_large for more than 262,144
  // runs in one leaf.
  TreeRoot finish();

 private:
  void add_run(const FileRun& run);
  void finish_leaf();

  store::Store& store_;
  std::uint64_t size_;
  TreeBuilder tree_;
  std::uint64_t end_ = 0;  // of the last run, in the file
  std::uint64_t leaf_ = 0;
  std::vector<FileRun> runs_;
};

Bytes encode_file_leaf(const std::vector<FileRun>& runs);
// Throws Errc::damaged when the bytes are no leaf of a file map.
std::vector<FileRun> decode_file_leaf(ByteView bytes);

// The file, byte for byte as it was uploaded. `guest` is the image's; null when
// it has none, and then no run may lead to it. `store` must outlive it.
block::SourcePtr open_original(store::Store& store, const Original& original,
                               block::SourcePtr guest);

}  // namespace platter::image
