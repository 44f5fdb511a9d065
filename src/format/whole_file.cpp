// src/format/whole_file.cpp
#include "whole_file.h"

#include "platter/base/integers.h"
#include "platter/block/sources.h"

namespace platter::format {

namespace {

class WholeFile final : public Guest {
 public:
  explicit WholeFile(block::SourcePtr file)
      : stored_(file->size()),
        disk_(block::padded(std::move(file), round_up(stored_, kSectorSize))) {}

  std::uint64_t size() const noexcept override { return disk_->size(); }
  void read(std::uint64_t offset, MutableBytes out) const override {
    disk_->read(offset, out);
  }
  block::Extent extent_at(std::uint64_t offset) const override {
    return disk_->extent_at(offset);
  }
  void for_each_placement(
      const std::function<void(const Placement&)>& visit) const override {
    visit({0, 0, stored_});
  }

 private:
  std::uint64_t stored_;
  block::SourcePtr disk_;
};

}  // namespace

std::shared_ptr<const Guest> whole_file(block::SourcePtr file) {
  return std::make_shared<WholeFile>(std::move(file));
}

}  // namespace platter::format
