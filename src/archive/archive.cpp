// src/archive/archive.cpp
#include "platter/archive/archive.h"

#include "ova.h"
#include "refusal.h"
#include "unpack.h"

namespace platter::archive {

Unwrapped unwrap(Wrapper wrapper, const block::SourcePtr& file,
                 const Path& folder, const Limits& limits) {
  Unwrapped result;
  if (wrapper == Wrapper::ova) {
    result = open_ova(file);
  } else {
    result.content = unpack(wrapper, *file, folder, limits);
  }
  if (result.content->size() == 0) {
    refuse(Errc::invalid, "{}: there is nothing in the file", name_of(wrapper));
  }
  if (const auto inner = wrapper_of(*result.content)) {
    refuse(Errc::unsupported,
           "{}: the file holds a {} file, which is not opened within another: "
           "unpack it and send what is in it",
           name_of(wrapper), name_of(*inner));
  }
  return result;
}

}  // namespace platter::archive
