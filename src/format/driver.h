// src/format/driver.h
//
// What a format brings. A new one is a file that defines a Driver, a line in
// the table of format.cpp, and its name in the public header's enum.
#pragma once

#include <array>
#include <span>

#include "platter/format/format.h"

namespace platter::format {

struct Driver {
  Format format;
  std::string_view name;
  // Of file names that claim the format, in lower case, without the dot.
  std::array<std::string_view, 2> extensions;
  std::uint64_t largest_guest;  // that a view can hold; 0: there is none

  // Whether the file's content is of this format. Null for raw, which is what
  // no other format recognises.
  bool (*recognises)(const block::ByteSource& file);
  // See format::open_guest and format::make_view. The latter is null where no
  // guest can be held.
  std::shared_ptr<const Guest> (*open_guest)(block::SourcePtr file);
  block::SourcePtr (*make_view)(block::SourcePtr guest,
                                const Identity& identity);
  // Whether the data of a guest that is not too large can be held. Null where
  // the size alone decides.
  bool (*has_room_for)(const block::ByteSource& guest) = nullptr;
};

extern const Driver kRawDriver;
extern const Driver kQcow2Driver;
extern const Driver kVmdkDriver;
extern const Driver kVhdDriver;
extern const Driver kVhdxDriver;
extern const Driver kVdiDriver;
extern const Driver kIsoDriver;

// All of them, in the order of kReadFormats.
std::span<const Driver* const> drivers() noexcept;

}  // namespace platter::format
