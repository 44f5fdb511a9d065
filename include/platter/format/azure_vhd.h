// include/platter/format/azure_vhd.h
//
// The one VHD that Azure takes: fixed, of whole mebibytes. Beside the formats
// because it is a second way to show one of them, not a format to read.
#pragma once

#include "platter/format/format.h"

namespace platter::format {

// The guest as a fixed VHD: its bytes, zeros up to a whole MiB, a footer. The
// first bytes of the file are the guest's own: who opens it must say that it
// is a VHD, not guess. REQUIRES: can_hold(Format::vhd, guest->size()).
block::SourcePtr make_azure_vhd(block::SourcePtr guest,
                                const Identity& identity);

}  // namespace platter::format
