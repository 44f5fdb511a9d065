// include/platter/format/stream_vmdk.h
//
// The other VMDK that a guest can be shown as: streamOptimized, which ESXi and
// OVF packages take. Its grains are "compressed" as they are, so it is as
// large as the data and can be read anywhere. open_guest() reads it as a VMDK.
#pragma once

#include "platter/format/format.h"

namespace platter::format {

// The name that the file has inside itself, and should have outside.
inline constexpr std::string_view kStreamVmdkName = "disk.stream.vmdk";

// Whether make_stream_vmdk() can show this guest. Reads none of it.
bool can_stream_vmdk(const block::ByteSource& guest);

// As make_view() does. REQUIRES: can_stream_vmdk(*guest).
block::SourcePtr make_stream_vmdk(block::SourcePtr guest,
                                  const Identity& identity);

}  // namespace platter::format
