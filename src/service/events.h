// src/service/events.h
//
// What is written down of an act on an image.
#pragma once

#include <map>
#include <string>

#include "platter/image/record.h"
#include "platter/service/audit.h"

namespace platter::service {

using Details = std::map<std::string, std::string>;

// In the trail of the image's project.
Event event_of(const access::Caller& caller, const std::string& act,
               const image::Record& image, Details details = {});

// A property of the image became `value`; nullopt: it was taken away. The act
// is named by what that means: "publish", "share", "deactivate", else "set".
Event event_of_property(const access::Caller& caller,
                        const image::Record& image, const std::string& name,
                        const std::optional<std::string>& value);

}  // namespace platter::service
