// src/ingest/staging.cpp
#include "platter/ingest/staging.h"

#include <algorithm>
#include <mutex>

#include "file_note.h"
#include "platter/base/error.h"
#include "platter/base/integers.h"
#include "platter/base/log.h"

namespace platter::ingest {

// The staged file while nothing is written to it.
class Staging::Snapshot final : public block::ByteSource {
 public:
  explicit Snapshot(const Staging& staging)
      : staging_(staging), size_(staging.size()) {}

  std::uint64_t size() const noexcept override { return size_; }

  void read(std::uint64_t offset, MutableBytes out) const override {
    staging_.read(offset, out);
  }

  block::Extent extent_at(std::uint64_t offset) const override {
    const std::shared_lock lock(staging_.mutex_);
    const std::uint64_t end =
        std::min(staging_.written_.run_end(offset), size_);
    if (staging_.written_.contains(offset)) {
      return {offset, end - offset, block::ExtentKind::data};
    }
    const auto& base = staging_.base_;
    if (!base || offset >= base->size()) {
      return {offset, end - offset, block::ExtentKind::zero};
    }
    block::Extent below = base->extent_at(offset);
    below.length = std::min(below.end(), end) - offset;
    return below;
  }

 private:
  const Staging& staging_;
  std::uint64_t size_;
};

Staging::Staging(const Path& path, block::SourcePtr base)
    : file_(File::open(path, File::Mode::create)), base_(std::move(base)) {
  size_ = file_.size();
  recover_ranges();
  recover_missing();
  // An overlay always has the staged file's size, so that a restart knows it;
  // a new one is as long as its base.
  if (size_ == 0 && written_.total() == 0 && base_) {
    size_ = base_->size();
    file_.resize(size_);
  }
}

void Staging::recover_ranges() {
  std::uint64_t offset = 0;
  while (const auto data = file_.next_data(offset)) {
    const std::uint64_t hole = file_.next_hole(*data);
    written_.insert(round_down(*data, kPageSize), round_up(hole, kPageSize));
    offset = hole;
  }
}

void Staging::recover_missing() {
  const Bytes note = note_of(file_);
  if (note.size() != 2 * sizeof(std::uint64_t)) return;
  missing_.insert(load_le<std::uint64_t>(note),
                  load_le<std::uint64_t>(note, 8));
}

// A restart must know of them. REQUIRES: mutex_ is held.
void Staging::note_missing() {
  Bytes note;
  if (const auto missing = missing_.hull()) {
    note.resize(2 * sizeof(std::uint64_t));
    store_le(MutableBytes(note), 0, missing->first);
    store_le(MutableBytes(note), 8, missing->second);
  }
  try {
    set_note(file_, note);
  } catch (const Error& problem) {
    log::warning("cannot keep which bytes of an upload are missing",
                 {{"why", problem.what()}});
  }
}

std::uint64_t Staging::size() const {
  const std::shared_lock lock(mutex_);
  return size_;
}

std::uint64_t Staging::allocated() const { return file_.allocated(); }

bool Staging::empty() const {
  const std::shared_lock lock(mutex_);
  return size_ == 0;
}

bool Staging::has_base() const {
  const std::shared_lock lock(mutex_);
  return base_ != nullptr;
}

std::size_t Staging::read(std::uint64_t offset, MutableBytes out) const {
  const std::shared_lock lock(mutex_);
  return read_now(offset, out);
}

// REQUIRES: mutex_ is held.
std::size_t Staging::read_now(std::uint64_t offset, MutableBytes out) const {
  if (offset >= size_) return 0;
  out = out.first(std::min<std::uint64_t>(out.size(), size_ - offset));
  std::size_t done = 0;
  while (done < out.size()) {
    const std::uint64_t at = offset + done;
    const std::size_t length =
        std::min<std::uint64_t>(out.size() - done, written_.run_end(at) - at);
    if (written_.contains(at)) {
      file_.read(at, out.subspan(done, length));
    } else {
      read_base(at, out.subspan(done, length));
    }
    done += length;
  }
  return done;
}

void Staging::read_base(std::uint64_t offset, MutableBytes out) const {
  std::size_t from_base = 0;
  if (base_ && offset < base_->size()) {
    from_base = std::min<std::uint64_t>(out.size(), base_->size() - offset);
    base_->read(offset, out.first(from_base));
  }
  std::ranges::fill(out.subspan(from_base), std::byte{0});
}

void Staging::write(std::uint64_t offset, ByteView bytes) {
  if (bytes.empty()) return;
  const std::unique_lock lock(mutex_);
  const std::uint64_t end = offset + bytes.size();
  const std::uint64_t first = round_down(offset, kPageSize);
  const std::uint64_t last = round_down(end - 1, kPageSize);
  // The overlay speaks in whole pages: what a page held before comes along.
  if (offset != first && needs_base(first)) fill_from_base(first, kPageSize);
  if (end % kPageSize != 0 && needs_base(last)) fill_from_base(last, kPageSize);
  try {
    file_.write(offset, bytes);
  } catch (...) {
    // What was written past the end is no part of the file.
    file_.resize(size_);
    throw;
  }
  written_.insert(first, last + kPageSize);
  if (end > size_) {
    size_ = end;
    // Filling a page may have made the overlay longer than the file.
    if (file_.size() != size_) file_.resize(size_);
  }
  if (missing_.total() == 0) return;
  missing_.erase(offset, end);
  note_missing();
}

void Staging::miss(std::uint64_t offset, ByteView bytes) {
  const std::unique_lock lock(mutex_);
  Bytes now(kPageSize);
  while (!bytes.empty()) {
    const std::size_t part = std::min<std::uint64_t>(
        bytes.size(), round_down(offset, kPageSize) + kPageSize - offset);
    const std::size_t there = read_now(offset, MutableBytes(now).first(part));
    if (there < part ||
        !std::ranges::equal(bytes.first(part), ByteView(now).first(part))) {
      missing_.insert(offset, offset + part);
    }
    offset += part;
    bytes = bytes.subspan(part);
  }
  note_missing();
}

std::optional<std::pair<std::uint64_t, std::uint64_t>> Staging::missing()
    const {
  const std::shared_lock lock(mutex_);
  return missing_.hull();
}

bool Staging::needs_base(std::uint64_t page) const {
  return base_ && page < base_->size() && !written_.contains(page);
}

void Staging::fill_from_base(std::uint64_t offset, std::uint64_t length) {
  const std::uint64_t end = std::min(offset + length, size_);
  if (end <= offset) return;
  Bytes page(end - offset);
  read_base(offset, page);
  file_.write(offset, page);
  written_.insert(offset, round_up(end, kPageSize));
}

void Staging::resize(std::uint64_t size) {
  const std::unique_lock lock(mutex_);
  if (base_ && size < base_->size()) drop_base(size);
  // Bytes past a cut must not come back when the file grows again: the host's
  // file system sees to that within its last page, too.
  if (size < size_) written_.cut(round_up(size, kPageSize));
  file_.resize(size);
  size_ = size;
  if (missing_.total() == 0) return;
  missing_.cut(size);
  note_missing();
}

// A cut inside the base makes the overlay hold all that is kept of it, since
// a restart would not know of the cut.
void Staging::drop_base(std::uint64_t keep) {
  std::uint64_t offset = 0;
  while (offset < keep) {
    const std::uint64_t end = std::min(written_.run_end(offset), keep);
    if (written_.contains(offset)) {
      offset = end;
      continue;
    }
    const block::Extent extent = base_->extent_at(offset);
    if (extent.kind == block::ExtentKind::zero &&
        extent.end() >= std::min(offset + kPageSize, end)) {
      offset = extent.end() >= end ? end : round_down(extent.end(), kPageSize);
      continue;
    }
    // Whole pages: one that is data in part is data.
    const std::uint64_t part =
        std::min({round_up(extent.end(), kPageSize), end, offset + kMiB});
    fill_from_base(offset, part - offset);
    offset = part;
  }
  base_.reset();
}

void Staging::sync() { file_.sync(); }

block::SourcePtr Staging::snapshot() const {
  return std::make_shared<Snapshot>(*this);
}

}  // namespace platter::ingest
