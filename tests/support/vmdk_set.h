// tests/support/vmdk_set.h
//
// A disk in several VMDK files: of what a descriptor's text names, each file by
// its name.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "platter/block/sources.h"
#include "platter/format/disk_set.h"

namespace platter::test {

// A descriptor with these lines for its extents.
inline std::string set_descriptor(const std::string& create_type,
                                  const std::string& extents) {
  return "# Disk DescriptorFile\nversion=1\nCID=12345678\n"
         "parentCID=ffffffff\ncreateType=\"" +
         create_type + "\"\n\n# Extent description\n" + extents +
         "\n#DDB\nddb.adapterType = \"ide\"\n";
}

using SetFiles = std::map<std::string, block::SourcePtr>;

inline std::shared_ptr<const format::SetGuest> open_set(
    const std::string& descriptor, const SetFiles& files) {
  const auto text = block::memory_source(to_bytes(descriptor));
  std::vector<block::SourcePtr> named;
  for (const std::string& name : format::part_names(*text)) {
    named.push_back(files.at(name));
  }
  return format::open_set(*text, named);
}

// One file of a set, for the laws that hold of every Guest.
class FileOfSet final : public format::Guest {
 public:
  FileOfSet(std::shared_ptr<const format::SetGuest> set, std::size_t file)
      : set_(std::move(set)), file_(file) {}

  std::uint64_t size() const noexcept override { return set_->size(); }
  void read(std::uint64_t offset, MutableBytes out) const override {
    set_->read(offset, out);
  }
  block::Extent extent_at(std::uint64_t offset) const override {
    return set_->extent_at(offset);
  }
  void for_each_placement(const std::function<void(const format::Placement&)>&
                              visit) const override {
    set_->for_each_placement(file_, visit);
  }

 private:
  std::shared_ptr<const format::SetGuest> set_;
  std::size_t file_;
};

}  // namespace platter::test
