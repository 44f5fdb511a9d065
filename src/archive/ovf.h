// src/archive/ovf.h
//
// What an OVF descriptor (DSP0243, version 1 and before) says of disks: XML
// that names files, read by pugixml, which follows no entity and no address.
#pragma once

#include <string>

#include "platter/base/bytes.h"

namespace platter::archive {

// The file of the one disk that the machine has, as its reference names it.
// Throws Errc::corrupt for what is no OVF, Errc::invalid or Errc::unsupported,
// with a sentence, for one that has no disk or several, or a disk that depends
// on another, is in pieces, or is compressed.
std::string disk_reference(ByteView ovf);

}  // namespace platter::archive
