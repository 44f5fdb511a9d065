// src/ingest/store_disk.cpp
//
// A disk goes into the store leaf by leaf, several leaves at once: each is
// read in big pieces, cut into chunks, and the list of its extents becomes
// the leaf.
#include <algorithm>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

#include "platter/base/integers.h"
#include "platter/ingest/cutter.h"
#include "platter/ingest/ingest.h"

namespace platter::ingest {

namespace {

constexpr std::size_t kReadSize = kMiB;

// Collects the chunks of one leaf from its pages, given in rising order.
class LeafWriter {
 public:
  LeafWriter(store::Store& store, std::uint64_t leaf_offset)
      : store_(store), leaf_offset_(leaf_offset) {}

  // The disk's bytes at `offset`: whole pages, but for the disk's last.
  void add(std::uint64_t offset, ByteView pages) {
    for (std::size_t at = 0; at < pages.size(); at += kPageSize) {
      const ByteView page = pages.subspan(
          at, std::min<std::size_t>(kPageSize, pages.size() - at));
      if (all_zero(page)) {
        end_run();
        continue;
      }
      if (run_.empty()) run_offset_ = offset + at;
      if (run_offset_ + run_.size() != offset + at) {
        end_run();
        run_offset_ = offset + at;
      }
      run_.insert(run_.end(), page.begin(), page.end());
      if (run_.size() >= kReadSize) cut_run(kMaxChunk);
    }
  }

  // The extents of all that was added.
  std::vector<image::DiskExtent> finish() {
    end_run();
    return std::move(extents_);
  }

 private:
  void end_run() { cut_run(0); }

  // Cuts chunks off the run's start until at most `keep` bytes are left: a cut
  // must see a whole chunk's worth of pages unless the run ends.
  void cut_run(std::size_t keep) {
    std::size_t done = 0;
    while (run_.size() - done > keep) {
      const ByteView rest = ByteView(run_).subspan(done);
      const std::size_t length = first_cut(rest);
      put(run_offset_ + done, rest.first(length));
      done += length;
    }
    run_.erase(run_.begin(), run_.begin() + static_cast<std::ptrdiff_t>(done));
    run_offset_ += done;
  }

  void put(std::uint64_t offset, ByteView chunk) {
    const std::uint64_t page = (offset - leaf_offset_) / kPageSize;
    extents_.push_back(
        {static_cast<std::uint32_t>(page),
         static_cast<std::uint32_t>(divide_up(chunk.size(), kPageSize)),
         store_.put(pack::Kind::data, chunk), 0});
  }

  store::Store& store_;
  std::uint64_t leaf_offset_;
  std::uint64_t run_offset_ = 0;  // of the disk
  Bytes run_;                     // neighbouring pages, none of them zeros
  std::vector<image::DiskExtent> extents_;
};

// Where the piece that begins at `at` ends, in whole pages but for the disk's
// last. `data` says whether any of it may be data.
struct Piece {
  std::uint64_t end;
  bool data;
};

Piece piece_at(const block::ByteSource& disk, std::uint64_t at,
               std::uint64_t end) {
  const block::Extent extent = disk.extent_at(at);
  if (extent.kind == block::ExtentKind::data) {
    const std::uint64_t whole = round_up(extent.end(), kPageSize);
    return {std::min({whole, end, at + kReadSize}), true};
  }
  if (extent.end() >= end) return {end, false};
  const std::uint64_t whole = round_down(extent.end(), kPageSize);
  if (whole > at) return {whole, false};
  // A hole of less than a page: its page is read with the data beside it.
  return {std::min(at + kPageSize, end), true};
}

void read_leaf(const block::ByteSource& disk, std::uint64_t begin,
               std::uint64_t end, LeafWriter& writer) {
  Bytes buffer(kReadSize);
  while (begin < end) {
    const Piece piece = piece_at(disk, begin, end);
    if (piece.data) {
      const auto bytes = MutableBytes(buffer).first(piece.end - begin);
      disk.read(begin, bytes);
      writer.add(begin, bytes);
    }
    begin = piece.end;
  }
}

}  // namespace

image::DiskMap store_disk(store::Store& store, Workers& workers,
                          const block::ByteSource& disk) {
  image::TreeBuilder tree(store, disk.size());
  std::mutex mutex;  // guards tree
  const auto store_leaf = [&](std::uint64_t leaf) {
    const std::uint64_t begin = leaf * image::kLeafSpan;
    LeafWriter writer(store, begin);
    read_leaf(disk, begin, std::min(begin + image::kLeafSpan, disk.size()),
              writer);
    const auto extents = writer.finish();
    if (extents.empty()) return;
    const image::EncodedLeaf encoded = image::encode_disk_leaf(extents);
    const store::ChunkRef ref = store.put(pack::Kind::node, encoded.bytes);
    const std::scoped_lock lock(mutex);
    tree.add_leaf(leaf, ref, encoded.counts);
  };
  JobGroup jobs(workers, workers.count() + 1);
  std::uint64_t at = block::next_of_kind(disk, 0, block::ExtentKind::data);
  while (at < disk.size()) {
    const std::uint64_t leaf = at / image::kLeafSpan;
    jobs.submit([&store_leaf, leaf] { store_leaf(leaf); });
    const std::uint64_t next =
        std::min((leaf + 1) * image::kLeafSpan, disk.size());
    at = block::next_of_kind(disk, next, block::ExtentKind::data);
  }
  jobs.wait();
  return {disk.size(), tree.finish()};
}

}  // namespace platter::ingest
