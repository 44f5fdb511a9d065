// src/block/sources.cpp: the plain ByteSources.
#include "platter/block/sources.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace platter::block {

namespace {

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(Bytes bytes) : bytes_(std::move(bytes)) {}

  std::uint64_t size() const noexcept override { return bytes_.size(); }

  void read(std::uint64_t offset, MutableBytes out) const override {
    assert(offset + out.size() <= bytes_.size());
    if (!out.empty()) {
      std::memcpy(out.data(), bytes_.data() + offset, out.size());
    }
  }

  Extent extent_at(std::uint64_t offset) const override {
    return {offset, bytes_.size() - offset, ExtentKind::data};
  }

 private:
  Bytes bytes_;
};

class FileSource final : public ByteSource {
 public:
  explicit FileSource(std::shared_ptr<const File> file)
      : file_(std::move(file)), size_(file_->size()) {}

  std::uint64_t size() const noexcept override { return size_; }

  void read(std::uint64_t offset, MutableBytes out) const override {
    file_->read(offset, out);
  }

  Extent extent_at(std::uint64_t offset) const override {
    const std::uint64_t data =
        std::min(file_->next_data(offset).value_or(size_), size_);
    if (data > offset) return {offset, data - offset, ExtentKind::zero};
    const std::uint64_t hole = std::min(file_->next_hole(offset), size_);
    return {offset, hole - offset, ExtentKind::data};
  }

 private:
  std::shared_ptr<const File> file_;
  std::uint64_t size_;
};

class ZeroSource final : public ByteSource {
 public:
  explicit ZeroSource(std::uint64_t size) : size_(size) {}

  std::uint64_t size() const noexcept override { return size_; }

  void read(std::uint64_t, MutableBytes out) const override {
    std::ranges::fill(out, std::byte{0});
  }

  Extent extent_at(std::uint64_t offset) const override {
    return {offset, size_ - offset, ExtentKind::zero};
  }

 private:
  std::uint64_t size_;
};

class Slice final : public ByteSource {
 public:
  Slice(SourcePtr whole, std::uint64_t offset, std::uint64_t length)
      : whole_(std::move(whole)), offset_(offset), length_(length) {}

  std::uint64_t size() const noexcept override { return length_; }

  void read(std::uint64_t offset, MutableBytes out) const override {
    assert(offset + out.size() <= length_);
    whole_->read(offset_ + offset, out);
  }

  Extent extent_at(std::uint64_t offset) const override {
    const Extent extent = whole_->extent_at(offset_ + offset);
    return {offset, std::min(extent.length, length_ - offset), extent.kind};
  }

 private:
  SourcePtr whole_;
  std::uint64_t offset_;
  std::uint64_t length_;
};

class Padded final : public ByteSource {
 public:
  Padded(SourcePtr whole, std::uint64_t size)
      : whole_(std::move(whole)), size_(size) {}

  std::uint64_t size() const noexcept override { return size_; }

  void read(std::uint64_t offset, MutableBytes out) const override {
    const std::uint64_t end = whole_->size();
    const std::size_t stored =
        offset < end ? std::min<std::uint64_t>(out.size(), end - offset) : 0;
    if (stored > 0) whole_->read(offset, out.first(stored));
    std::ranges::fill(out.subspan(stored), std::byte{0});
  }

  Extent extent_at(std::uint64_t offset) const override {
    if (offset < whole_->size()) return whole_->extent_at(offset);
    return {offset, size_ - offset, ExtentKind::zero};
  }

 private:
  SourcePtr whole_;
  std::uint64_t size_;
};

}  // namespace

SourcePtr memory_source(Bytes bytes) {
  return std::make_shared<MemorySource>(std::move(bytes));
}

SourcePtr file_source(std::shared_ptr<const File> file) {
  return std::make_shared<FileSource>(std::move(file));
}

SourcePtr zero_source(std::uint64_t size) {
  return std::make_shared<ZeroSource>(size);
}

SourcePtr slice(SourcePtr whole, std::uint64_t offset, std::uint64_t length) {
  assert(offset <= whole->size() && length <= whole->size() - offset);
  return std::make_shared<Slice>(std::move(whole), offset, length);
}

SourcePtr padded(SourcePtr whole, std::uint64_t size) {
  assert(size >= whole->size());
  return std::make_shared<Padded>(std::move(whole), size);
}

}  // namespace platter::block
