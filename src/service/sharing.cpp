// src/service/sharing.cpp
//
// What a project does with an image of another one that it sees in its
// catalogue: it answers an offer.
#include "events.h"
#include "platter/base/error.h"
#include "platter/base/log.h"
#include "platter/service/images.h"
#include "platter/service/properties.h"

namespace platter::service {

using access::Act;
using access::Caller;
using image::Number;
using image::Record;
using image::RecordPtr;

namespace {

[[noreturn]] void refuse_change(const Record& record, const std::string& name) {
  throw Error(Errc::read_only, "image \"" + record.name + "\" is of project " +
                                   record.project + ", whose members set " +
                                   name);
}

bool accepts(const std::string& project, const std::string& value) {
  if (value == "accepted") return true;
  if (value == "rejected") return false;
  throw Error(Errc::invalid, "member." + project +
                                 " is answered with accepted or rejected; \"" +
                                 value + "\" is neither");
}

}  // namespace

void Images::set_properties_via(const Caller& caller, Number number,
                                const std::string& via,
                                const Properties& properties) {
  const RecordPtr record = found(number);
  parts_.access.check_via(caller, *record, via, Act::see);
  std::optional<bool> accept;
  for (const auto& [name, value] : properties) {
    const auto shown =
        is_shown_to(via, name) ? property(*record, name) : std::nullopt;
    if (value && shown == value) continue;
    if (name != "member." + via) refuse_change(*record, name);
    // Taking the entry away declines, as removing the folder does.
    accept = value && accepts(via, *value);
  }
  if (accept) answer(caller, number, via, *accept);
}

void Images::answer(const Caller& caller, Number number,
                    const std::string& project, bool accept) {
  const RecordPtr seen = found(number);
  parts_.access.check_via(caller, *seen, project, Act::see);
  parts_.access.check_answer(caller, project);
  const std::string value = accept ? "accepted" : "rejected";
  bool changed = false;
  const RecordPtr record = parts_.catalogue.update(number, [&](Record& one) {
    const auto member = one.members.find(project);
    if (member == one.members.end() ||
        one.visibility != image::Visibility::shared) {
      throw Error(
          Errc::not_found,
          "image \"" + one.name + "\" is not offered to project " + project);
    }
    changed = member->second != value;
    member->second = value;
  });
  if (!changed) return;
  Event event = event_of_property(caller, *record, "member." + project, value);
  parts_.audit.add(event);
  // It is the member's own act, too.
  event.project = project;
  event.details = {{"owner", record->project}};
  parts_.audit.add(event);
  log::info("offer answered", {{"image", record->name},
                               {"project", project},
                               {"answer", value},
                               {"uid", caller.uid}});
}

}  // namespace platter::service
