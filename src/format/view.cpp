// src/format/view.cpp: which maker does what is asked of a View.
#include "platter/format/view.h"

#include <algorithm>
#include <cassert>

#include "platter/format/azure_vhd.h"
#include "platter/format/stream_vmdk.h"

namespace platter::format {

namespace {

constexpr View kViews[] = {
    View::raw,  View::qcow2, View::vmdk,      View::vhd,
    View::vhdx, View::vdi,   View::azure_vhd, View::stream_vmdk,
};
static_assert(std::ranges::equal(kFormats,
                                 std::span(kViews).first<std::size(kFormats)>(),
                                 {}, [](Format one) { return view_of(one); }));

// A view that is not the plain one of a format.
struct Special {
  View view;
  std::string_view name;
  bool (*can_hold)(const block::ByteSource& guest);
  block::SourcePtr (*make)(block::SourcePtr guest, const Identity& identity);
};

bool can_azure_vhd(const block::ByteSource& guest) {
  return can_hold(Format::vhd, guest);
}

constexpr Special kSpecials[] = {
    {View::azure_vhd, "azure.vhd", can_azure_vhd, make_azure_vhd},
    {View::stream_vmdk, "stream.vmdk", can_stream_vmdk, make_stream_vmdk},
};
static_assert(std::size(kFormats) + std::size(kSpecials) == std::size(kViews));

// Null for the plain one of a format.
const Special* special(View view) noexcept {
  const auto* found = std::ranges::find(kSpecials, view, &Special::view);
  return found == std::end(kSpecials) ? nullptr : found;
}

// REQUIRES: it is the plain one of a format.
Format format_of(View view) noexcept {
  assert(std::ranges::count(kFormats, static_cast<Format>(view)) == 1);
  return static_cast<Format>(view);
}

}  // namespace

std::span<const View> views() noexcept { return kViews; }

bool is_plain(View view) noexcept { return special(view) == nullptr; }

std::string_view name_of(View view) noexcept {
  const Special* found = special(view);
  return found ? found->name : name_of(format_of(view));
}

std::optional<View> view_named(std::string_view name) noexcept {
  const auto* found =
      std::ranges::find(kViews, name, [](View view) { return name_of(view); });
  if (found == std::end(kViews)) return std::nullopt;
  return *found;
}

bool can_hold(View view, const block::ByteSource& guest) {
  const Special* found = special(view);
  return found ? found->can_hold(guest) : can_hold(format_of(view), guest);
}

block::SourcePtr make_view(View view, block::SourcePtr guest,
                           const Identity& identity) {
  const Special* found = special(view);
  return found ? found->make(std::move(guest), identity)
               : make_view(format_of(view), std::move(guest), identity);
}

}  // namespace platter::format
