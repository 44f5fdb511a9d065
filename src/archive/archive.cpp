// src/archive/archive.cpp
#include "platter/archive/archive.h"

#include <algorithm>

#include "ova.h"
#include "refusal.h"
#include "unpack.h"

namespace platter::archive {

namespace {

void check_content(Wrapper wrapper, const Unwrapped& result) {
  if (result.content->size() == 0) {
    refuse(Errc::invalid, "{}: there is nothing in the file", name_of(wrapper));
  }
  if (const auto inner = wrapper_of(*result.content)) {
    refuse(Errc::unsupported,
           "{}: the file holds a {} file, which is not opened within another: "
           "unpack it and send what is in it",
           name_of(wrapper), name_of(*inner));
  }
}

// A file that is there.
class WholeFile final : public Arriving {
 public:
  WholeFile(Wrapper wrapper, const block::ByteSource& file)
      : wrapper_(wrapper), file_(file) {}

  std::size_t read(std::uint64_t offset, MutableBytes out) override {
    if (offset >= file_.size()) return 0;
    check_sent(offset);
    const std::size_t length =
        std::min<std::uint64_t>(out.size(), file_.size() - offset);
    file_.read(offset, out.first(length));
    return length;
  }

 private:
  // No compressed file has so long a run of zeros, but one that was sent in
  // pieces of which some are missing. And reading holes that cost nothing to
  // send might take us days.
  void check_sent(std::uint64_t offset) const {
    constexpr std::uint64_t kLongestHole = 128 * kKiB;
    const block::Extent extent = file_.extent_at(offset);
    const bool hole = extent.kind == block::ExtentKind::zero;
    if (!hole || extent.length < kLongestHole) return;
    refuse(Errc::corrupt,
           "{}: the file is a hole from byte {} on: that part was not sent. "
           "Send it again",
           name_of(wrapper_), offset);
  }

  Wrapper wrapper_;
  const block::ByteSource& file_;
};

}  // namespace

Unwrapped unwrap(Wrapper wrapper, const block::SourcePtr& file,
                 const Path& folder, const Limits& limits) {
  if (wrapper != Wrapper::ova) {
    WholeFile whole(wrapper, *file);
    return unwrap_arriving(wrapper, whole, folder, limits);
  }
  Unwrapped result = open_ova(file);
  check_content(wrapper, result);
  return result;
}

Unwrapped unwrap_arriving(Wrapper wrapper, Arriving& file, const Path& folder,
                          const Limits& limits) {
  Unwrapped result;
  result.content = unpack(wrapper, file, folder, limits);
  check_content(wrapper, result);
  return result;
}

}  // namespace platter::archive
