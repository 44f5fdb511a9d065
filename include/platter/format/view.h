// include/platter/format/view.h
//
// The files that a guest can be shown as: one of each format, and a few that
// are another way to show one of these, for those who take no other.
#pragma once

#include <span>

#include "platter/format/format.h"

namespace platter::format {

// The first numbers are those of the formats, whose names folders list; the
// others resolve by name only. A number is for ever, and below 20: node ids
// hold it.
enum class View : std::uint8_t {
  raw = 0,
  qcow2 = 1,
  vmdk = 2,
  vhd = 3,
  vhdx = 4,
  vdi = 5,
  azure_vhd = 16,    // see azure_vhd.h
  stream_vmdk = 17,  // see stream_vmdk.h
};

// Those of the formats first, in the order of kFormats.
std::span<const View> views() noexcept;

// Whether it is the plain one of a format.
bool is_plain(View view) noexcept;
constexpr View view_of(Format format) noexcept {
  return static_cast<View>(format);
}

// "raw", "azure.vhd", ...: what follows "disk." in the file's name.
std::string_view name_of(View view) noexcept;
// nullopt for a name that is no View.
std::optional<View> view_named(std::string_view name) noexcept;

// Whether such a file can hold the guest. Reads none of it.
bool can_hold(View view, const block::ByteSource& guest);

// The guest as such a file, worked out as it is read; knows its size() without
// reading guest bytes. REQUIRES: can_hold(view, *guest).
block::SourcePtr make_view(View view, block::SourcePtr guest,
                           const Identity& identity);

}  // namespace platter::format
