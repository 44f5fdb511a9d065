// src/service/events.cpp
#include "events.h"

namespace platter::service {

namespace {

constexpr std::string_view kMember = "member.";

// The name of an act that is more than a property that changed; empty for
// others.
std::string act_of(std::string_view name, std::string_view value) {
  if (name == "visibility" && (value == "public" || value == "community")) {
    return "publish";
  }
  if (name == "status") {
    return value == "deactivated" ? "deactivate" : "activate";
  }
  return {};
}

std::string act_of_member(std::string_view value) {
  if (value == "accepted") return "accept";
  return value == "rejected" ? "reject" : "share";
}

}  // namespace

Event event_of(const access::Caller& caller, const std::string& act,
               const image::Record& image, Details details) {
  Event event;
  event.caller = caller;
  event.act = act;
  event.project = image.project;
  event.image = image.name;
  event.id = to_text(image.id);
  event.details = std::move(details);
  return event;
}

Event event_of_property(const access::Caller& caller,
                        const image::Record& image, const std::string& name,
                        const std::optional<std::string>& value) {
  if (name.starts_with(kMember)) {
    const std::string act = value ? act_of_member(*value) : "unshare";
    return event_of(caller, act, image,
                    {{"member", name.substr(kMember.size())}});
  }
  if (!value) return event_of(caller, "reset", image, {{"name", name}});
  const std::string act = act_of(name, *value);
  return event_of(caller, act.empty() ? "set" : act, image,
                  {{"name", name}, {"value", *value}});
}

}  // namespace platter::service
