// src/service/pointers.cpp
//
// Version pointers: names that stand for other names of the same images/.
#include "platter/base/error.h"
#include "platter/service/images.h"
#include "platter/service/names.h"

namespace platter::service {

using access::Caller;
using access::Role;
using image::Number;
using image::Place;
using image::Pointer;
using image::PointerPtr;

namespace {

Event event_of(const Caller& caller, const std::string& act,
               const Pointer& pointer) {
  Event event;
  event.caller = caller;
  event.act = act;
  event.project = pointer.project;
  event.image = pointer.name;
  event.details = {{"target", pointer.target}};
  return event;
}

// Whether who follows `name` comes to `goal`. A ring without it is followed no
// further than the kernel does.
bool leads_to(const image::Pointers& pointers, const std::string& project,
              std::string name, const std::string& goal) {
  constexpr int kMostLinks = 40;
  for (int link = 0; link < kMostLinks && name != goal; ++link) {
    const PointerPtr next = pointers.find(project, name);
    if (!next) return false;
    name = next->target;
  }
  return name == goal;
}

void check_no_ring(const image::Pointers& pointers, const Pointer& pointer,
                   const std::string& name) {
  if (!leads_to(pointers, pointer.project, pointer.target, name)) return;
  throw Error(Errc::invalid, "\"" + name +
                                 "\" would point to itself, by way of \"" +
                                 pointer.target + "\"");
}

}  // namespace

PointerPtr Images::make_pointer(const Caller& caller,
                                const std::string& project,
                                const std::string& name,
                                const std::string& target) {
  parts_.access.check_add(caller, project);
  check_image_name(name);
  if (!parts_.catalogue.find(project, Place::images, target) &&
      !parts_.pointers.find(project, target)) {
    throw Error(Errc::invalid,
                "a version pointer names an image or a pointer of the same "
                "images/; \"" +
                    target + "\" is none");
  }
  Pointer pointer;
  pointer.project = project;
  pointer.name = name;
  pointer.target = target;
  pointer.uid = caller.uid;
  const PointerPtr made = parts_.pointers.create(std::move(pointer));
  parts_.audit.add(event_of(caller, "create", *made));
  return made;
}

PointerPtr Images::changeable_pointer(const Caller& caller,
                                      Number number) const {
  PointerPtr pointer = parts_.pointers.find(number);
  if (pointer &&
      parts_.access.role_in(caller, pointer->project) != Role::none) {
    return pointer;
  }
  throw Error(Errc::not_found, "the version pointer is gone");
}

void Images::rename_pointer(const Caller& caller, Number number,
                            const std::string& name, bool replace) {
  const PointerPtr pointer = changeable_pointer(caller, number);
  check_image_name(name);
  if (pointer->name == name) return;
  if (!replace && parts_.pointers.find(pointer->project, name)) {
    throw Error(Errc::exists, "there is a version pointer \"" + name +
                                  "\" already; remove or rename it first");
  }
  check_no_ring(parts_.pointers, *pointer, name);
  parts_.pointers.rename(number, name);
  Event event = event_of(caller, "rename", *pointer);
  event.details["to"] = name;
  parts_.audit.add(event);
}

void Images::remove_pointer(const Caller& caller, Number number) {
  const PointerPtr pointer = changeable_pointer(caller, number);
  parts_.pointers.erase(number);
  parts_.audit.add(event_of(caller, "remove", *pointer));
}

void Images::check_no_pointer(const std::string& project,
                              const std::string& name) const {
  if (!parts_.pointers.find(project, name)) return;
  throw Error(Errc::exists, "there is a version pointer \"" + name +
                                "\" already; remove or rename it first");
}

}  // namespace platter::service
