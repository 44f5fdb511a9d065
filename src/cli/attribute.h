// src/cli/attribute.h
//
// What a mount says of its files in extended attributes.
#pragma once

#include <string>

#include "platter/base/file.h"

namespace platter::cli {

// The value of "user.status" or the like, up to 4 KiB; empty when it is not
// set or cannot be read.
std::string read_attribute(const Path& path, const char* name);

// Answers the errno of the refusal; 0: it is set.
int write_attribute(const Path& path, const std::string& name,
                    const std::string& value);

}  // namespace platter::cli
