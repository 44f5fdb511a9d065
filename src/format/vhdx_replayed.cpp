// src/format/vhdx_replayed.cpp: a file and the writes that lie over it.
#include <algorithm>

#include "vhdx_log.h"

namespace platter::format::vhdx {

Replayed::Replayed(block::SourcePtr file)
    : file_(std::move(file)), size_(file_->size()) {}

void Replayed::write_page(std::uint64_t offset, const LoggedPage& page) {
  insert(offset, {kPageSize, page});
}

void Replayed::write_zeros(std::uint64_t offset, std::uint64_t length) {
  if (length > 0) insert(offset, {length, std::nullopt});
}

void Replayed::grow_to(std::uint64_t size) { size_ = std::max(size_, size); }

// Cuts what is there at the borders of the new patch and drops what is under
// it. Only zeros are ever cut: a page is as long as the shortest patch.
void Replayed::insert(std::uint64_t offset, Patch patch) {
  for (const std::uint64_t border : {offset, offset + patch.length}) {
    const auto after = patches_.upper_bound(border);
    if (after == patches_.begin()) continue;
    auto& [start, before] = *std::prev(after);
    const std::uint64_t end = start + before.length;
    if (start == border || end <= border) continue;
    before.length = border - start;
    patches_.emplace(border, Patch{end - border, std::nullopt});
  }
  patches_.erase(patches_.lower_bound(offset),
                 patches_.lower_bound(offset + patch.length));
  grow_to(offset + patch.length);
  patches_.emplace(offset, patch);
}

Replayed::Patches::const_iterator Replayed::patch_at(
    std::uint64_t offset) const {
  const auto after = patches_.upper_bound(offset);
  if (after == patches_.begin()) return after;
  const auto before = std::prev(after);
  return offset < before->first + before->second.length ? before : after;
}

void Replayed::read(std::uint64_t offset, MutableBytes out) const {
  auto patch = patch_at(offset);
  while (!out.empty()) {
    const bool patched = patch != patches_.end() && patch->first <= offset;
    const std::uint64_t end = patched ? patch->first + patch->second.length
                              : patch != patches_.end() ? patch->first
                                                        : size_;
    const auto part =
        out.first(std::min<std::uint64_t>(out.size(), end - offset));
    if (!patched) {
      read_file(offset, part);
    } else if (patch->second.page) {
      read_page(*patch->second.page, offset - patch->first, part);
    } else {
      std::ranges::fill(part, std::byte{0});
    }
    if (patched) ++patch;
    offset += part.size();
    out = out.subspan(part.size());
  }
}

void Replayed::read_file(std::uint64_t offset, MutableBytes out) const {
  const std::uint64_t there =
      offset < file_->size()
          ? std::min<std::uint64_t>(out.size(), file_->size() - offset)
          : 0;
  if (there > 0) file_->read(offset, out.first(there));
  std::ranges::fill(out.subspan(there), std::byte{0});
}

void Replayed::read_page(const LoggedPage& page, std::uint64_t within,
                         MutableBytes out) const {
  constexpr std::uint64_t kLeading = 8;
  constexpr std::uint64_t kTrailing = kPageSize - 4;
  std::array<std::byte, kPageSize> whole;
  store_le(whole, 0, page.leading);
  file_->read(page.log_offset,
              MutableBytes(whole).subspan(kLeading, kTrailing - kLeading));
  store_le(whole, kTrailing, page.trailing);
  std::ranges::copy(ByteView(whole).subspan(within, out.size()), out.begin());
}

block::Extent Replayed::extent_at(std::uint64_t offset) const {
  const auto patch = patch_at(offset);
  if (patch != patches_.end() && patch->first <= offset) {
    return {
        offset, patch->first + patch->second.length - offset,
        patch->second.page ? block::ExtentKind::data : block::ExtentKind::zero};
  }
  const std::uint64_t end = patch == patches_.end() ? size_ : patch->first;
  if (offset >= file_->size()) {
    return {offset, end - offset, block::ExtentKind::zero};
  }
  block::Extent extent = file_->extent_at(offset);
  extent.length = std::min(extent.length, end - offset);
  return extent;
}

void Replayed::for_each_untouched(
    std::uint64_t offset, std::uint64_t length,
    const std::function<void(std::uint64_t, std::uint64_t)>& visit) const {
  const std::uint64_t end = std::min(offset + length, file_->size());
  for (auto patch = patch_at(offset); offset < end; ++patch) {
    const bool last = patch == patches_.end() || patch->first >= end;
    const std::uint64_t stop = last ? end : patch->first;
    if (offset < stop) visit(offset, stop - offset);
    if (last) return;
    offset = patch->first + patch->second.length;
  }
}

}  // namespace platter::format::vhdx
