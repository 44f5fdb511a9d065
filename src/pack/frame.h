// src/pack/frame.h: a frame's payload, compressed and back.
#pragma once

#include "layout.h"

namespace platter::pack {

// The plain bytes of `payload`; nullopt unless it decompresses to exactly the
// length and hash that `header` says. REQUIRES: header was decode()d, payload
// has its payload_length.
std::optional<Bytes> decode_payload(const FrameHeader& header,
                                    ByteView payload);

}  // namespace platter::pack
