// src/tree/rename.cpp
//
// What mv means between two places. Everything else is refused with EPERM,
// never EXDEV, at which mv would copy whole disks.
#include "rename.h"

#include "folder.h"
#include "image_files.h"
#include "platter/base/error.h"
#include "platter/service/names.h"

namespace platter::tree {

using image::RecordPtr;

namespace {

using Name = Tree::Name;

constexpr std::uint64_t kMaxJson = kMiB;

[[noreturn]] void refuse(const Name& from, const std::string& why) {
  throw Error(Errc::forbidden,
              "\"" + from.name + "\" cannot be moved there: " + why);
}

// Between two projects nothing is moved, and never by EXDEV, at which mv would
// copy whole disks.
void check_same_project(const Context& context, const Caller& caller,
                        const Name& from, const Name& to) {
  if (context.project_of(caller, from.folder) !=
      context.project_of(caller, to.folder)) {
    refuse(from,
           "it stays in its project; an administrator gives an image to "
           "another one by setting user.owner");
  }
}

void rename_image(Context& context, const Caller& caller, image::Number number,
                  const Name& from, const Name& to, bool replace) {
  auto& images = context.parts.images;
  const bool was_trash = from.folder.kind() == NodeKind::trash;
  const bool to_trash = to.folder.kind() == NodeKind::trash;
  if (!was_trash && to.folder.kind() == NodeKind::images) {
    images.rename(caller, number, to.name, replace);
  } else if (!was_trash && to_trash) {
    if (to.name != from.name) {
      refuse(from,
             "the trash keeps names; give none: mv " + from.name + " trash/");
    }
    const auto target = folder_at(context, to.folder)->lookup(caller, to.name);
    if (target) {
      throw Error(Errc::exists, "the trash has a \"" + to.name +
                                    "\" already; use rm -r, which finds a "
                                    "name for it");
    }
    images.remove(caller, number);
  } else if (was_trash && to.folder.kind() == NodeKind::images) {
    images.restore(caller, number, to.name);
  } else {
    refuse(from, "an image is a folder of images/ or of trash/");
  }
  context.touch(from.folder.project());
}

void rename_pointer(Context& context, const Caller& caller,
                    image::Number number, const Name& from, const Name& to,
                    bool replace) {
  if (to.folder.kind() != NodeKind::images) {
    refuse(from, "a version pointer is a name in images/");
  }
  context.parts.images.rename_pointer(caller, number, to.name, replace);
  context.touch(from.folder.project());
}

// An offer is accepted by moving it to what was.
void accept(Context& context, const Caller& caller, NodeId entry,
            const Name& from, const Name& to) {
  if (to.folder.kind() != NodeKind::shared || to.name != from.name) {
    refuse(from, "an offer is accepted under its own name: mv " + from.name +
                     " ../shared/");
  }
  context.parts.images.answer(caller, entry.inner(),
                              context.project_name(entry.project()), true);
}

void rename_group(Context& context, const Caller& caller, NodeId group,
                  const Name& from, const Name& to) {
  if (from.folder != to.folder || group.project() != 0) {
    refuse(from, "media groups are renamed in the store's own catalogue");
  }
  context.parts.projects.rename_group(caller, group.inner(), to.name);
}

// What was adopted is taken at once when nobody has it open.
void note_if_whole(Context& context, const Caller& caller,
                   image::Number number) {
  const RecordPtr record = context.parts.catalogue.find(number);
  if (!record) return;
  if (is_readable(*record)) context.parts.images.note_upload(caller, number);
  context.touch(context.project_number(record->project));
}

// ... of one of the files of a set.
void adopt_part(Context& context, const Caller& caller,
                const Scratches::Scratch& scratch, image::Number number,
                const std::string& name) {
  context.scratches.remove(scratch.draft->number());
  context.parts.uploads.adopt_part(scratch.draft, number, name);
  note_if_whole(context, caller, number);
}

// What was sent under a scratch name gets the name of a disk file.
void adopt(Context& context, const Caller& caller,
           const Scratches::Scratch& scratch, const Name& to, bool replace) {
  const auto stem = service::disk_file_stem(to.name);
  if (!stem) refuse({scratch.folder, scratch.name}, "no disk file ends so");
  // What is not whole stays where it can be resumed.
  scratch.draft->check_complete();
  const bool direct = to.folder.kind() == NodeKind::images;
  image::Number number =
      direct ? image_for_upload(context, caller, scratch.project, *stem)
             : to.folder.number();
  RecordPtr record = context.image(caller, number);
  context.parts.access.check(caller, *record, access::Act::change);
  if (!direct && awaits_another(*record)) {
    number = begin_anew(context, caller, *record);
    record = context.image(caller, number);
  }
  const bool part = !is_readable(*record) &&
                    context.parts.uploads.takes_part(record->number, to.name);
  if (part) return adopt_part(context, caller, scratch, number, to.name);
  if (is_readable(*record)) {
    throw Error(record->sealed || !replace ? Errc::read_only : Errc::busy,
                "image \"" + record->name +
                    "\" has its data already; make another image for this "
                    "disk");
  }
  // What was sent before and never became a disk makes room.
  if (has_file(context, *record)) context.parts.uploads.discard(number);
  context.parts.images.set_file_name(caller, number, to.name);
  context.scratches.remove(scratch.draft->number());
  context.parts.uploads.adopt(scratch.draft, number);
  if (scratch.time_set) {
    context.parts.images.set_modified(caller, number, scratch.modified);
  }
  note_if_whole(context, caller, number);
}

// An editor wrote a new image.json beside the old one.
void replace_json(Context& context, const Caller& caller,
                  const Scratches::Scratch& scratch, NodeId folder) {
  if (scratch.draft->size() > kMaxJson) {
    throw Error(Errc::too_large, "an image.json has at most 1 MiB");
  }
  const Bytes text = block::read_all(*scratch.draft->snapshot());
  apply_json(context, caller, folder.number(), as_text(text));
  context.parts.uploads.abort(scratch.draft->number());
  context.scratches.remove(scratch.draft->number());
}

void rename_scratch(Context& context, const Caller& caller,
                    const Scratches::Scratch& scratch, const Name& to,
                    bool replace) {
  context.parts.access.check_add(caller, scratch.project);
  const bool in_image = to.folder.kind() == NodeKind::folder;
  if (!in_image && to.folder.kind() != NodeKind::images) {
    refuse({scratch.folder, scratch.name}, "only images/ takes files");
  }
  if (in_image) check_in_images(*context.image(caller, to.folder.number()));
  if (in_image && to.name == kJsonName) {
    return replace_json(context, caller, scratch, to.folder);
  }
  if (!service::is_scratch_name(to.name)) {
    return adopt(context, caller, scratch, to, replace);
  }
  if (const auto old = context.scratches.find(to.folder, to.name)) {
    context.parts.uploads.abort(old->draft->number());
    context.scratches.remove(old->draft->number());
  }
  context.scratches.move(scratch.draft->number(), to.folder, to.name);
}

// An unfinished upload gets another name in its folder.
void rename_upload(Context& context, const Caller& caller, NodeId file,
                   const Name& from, const Name& to) {
  const RecordPtr record = context.image(caller, file.number());
  const bool same_folder = from.folder == to.folder;
  if (is_readable(*record) || !same_folder ||
      from.folder.kind() != NodeKind::folder ||
      !service::disk_file_stem(to.name)) {
    refuse(from,
           "an image's files keep their names; rename the image's "
           "folder");
  }
  context.parts.access.check(caller, *record, access::Act::change);
  context.parts.uploads.rename(file.number(), part_of_node(file), to.name);
}

}  // namespace

void rename(Context& context, const Caller& caller, const Name& from,
            const Name& to, bool replace) {
  const auto node = folder_at(context, from.folder)->lookup(caller, from.name);
  if (!node) throw Error(Errc::not_found, "there is no " + from.name);
  switch (node->kind()) {
    case NodeKind::folder:
      check_same_project(context, caller, from, to);
      return rename_image(context, caller, node->number(), from, to, replace);
    case NodeKind::scratch:
      check_same_project(context, caller, from, to);
      return rename_scratch(context, caller,
                            *context.scratches.find(node->number()), to,
                            replace);
    case NodeKind::pointer:
      check_same_project(context, caller, from, to);
      return rename_pointer(context, caller, node->number(), from, to, replace);
    case NodeKind::entry_offered:
      check_same_project(context, caller, from, to);
      return accept(context, caller, *node, from, to);
    case NodeKind::group:
      return rename_group(context, caller, *node, from, to);
    case NodeKind::original:
    case NodeKind::part:
      return rename_upload(context, caller, *node, from, to);
    default:
      refuse(from, "it belongs to the mount, or is worked out");
  }
}

}  // namespace platter::tree
