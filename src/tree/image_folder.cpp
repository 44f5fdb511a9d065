// src/tree/image_folder.cpp
//
// An image: its disk in every format, and what is said of it.
#include "folder.h"
#include "image_files.h"
#include "platter/base/error.h"
#include "platter/service/names.h"

namespace platter::tree {

using image::Record;
using image::RecordPtr;

namespace {

class ImageFolder final : public Folder {
 public:
  using Folder::Folder;

  std::optional<NodeId> lookup(const Caller& caller,
                               std::string_view name) override {
    const RecordPtr record = context_.looked_up(caller, id_.number());
    const auto file = file_named(context_, *record, name);
    if (!file) return lookup_scratch(name);
    // `cp -r` of an image's folder makes each file anew and takes one that is
    // there already for a mistake, so its maker sees what is worked out only
    // when nothing more can come.
    const bool filling =
        !record->sealed && context_.makers.is_maker(record->number, caller.pid);
    const bool sent =
        file->kind() == NodeKind::original || file->kind() == NodeKind::part;
    if (filling && !sent) return std::nullopt;
    return file;
  }

  std::vector<Child> list(const Caller& caller) override {
    std::vector<Child> children = files_of(context_, *record(caller));
    list_scratches(children);
    return children;
  }

  Created create(const Caller& caller, const std::string& name) override {
    const RecordPtr record = this->record(caller);
    check_in_images(*record);
    if (service::is_scratch_name(name)) {
      return create_scratch(caller, record->project, name);
    }
    if (name == kJsonName) return create_json(caller, *record);
    if (!service::disk_file_stem(name)) {
      throw Error(Errc::invalid,
                  "\"" + name +
                      "\" does not end like a disk file (.raw .img .qcow2 "
                      ".xz ...); an image's folder holds nothing else");
    }
    return create_disk(caller, *record, name);
  }

  void remove_file(const Caller& caller, const std::string& name) override {
    const RecordPtr record = this->record(caller);
    if (remove_scratch(caller, record->project, name)) return;
    const auto file = file_named(context_, *record, name);
    if (!file) throw Error(Errc::not_found, "there is no " + name);
    if (!is_readable(*record)) {
      // The file of an unfinished upload: nothing else holds it.
      context_.parts.access.check(caller, *record, access::Act::change);
      context_.parts.uploads.discard(record->number, part_of_node(*file));
      return;
    }
    context_.parts.images.hide_file(caller, record->number,
                                    name_of_file(*record, *file));
  }

 private:
  RecordPtr record(const Caller& caller) const {
    return context_.image(caller, id_.number());
  }

  Created create_json(const Caller& caller, const Record& record) {
    if (is_readable(record)) {
      context_.parts.images.show_file(caller, record.number,
                                      std::string(kJsonName));
    }
    return {NodeId::of(NodeKind::json, record.number),
            json_handle(context_, caller, record.number, true)};
  }

  Created create_disk(const Caller& caller, const Record& record,
                      const std::string& name) {
    context_.parts.access.check(caller, record, access::Act::change);
    if (awaits_another(record)) {
      const auto fresh = begin_anew(context_, caller, record);
      return folder_at(context_, NodeId::of(NodeKind::folder, fresh))
          ->create(caller, name);
    }
    if (record.hidden_files.count(name) > 0) return show(caller, record, name);
    const auto id = NodeId::of(NodeKind::original, record.number);
    if (takes_part(record, name)) {
      const auto draft =
          context_.parts.uploads.open_part(record.number, name, true);
      return {NodeId::of_part(record.number, *draft->part()),
              draft_handle(context_, draft)};
    }
    if (takes_upload(context_, record)) {
      context_.parts.images.set_file_name(caller, record.number, name);
      return {id, draft_handle(context_, context_.parts.uploads.open(
                                             record.number, true))};
    }
    check_takes_twin(caller, record);
    return {id, draft_handle(context_,
                             context_.parts.uploads.open_twin(record.number))};
  }

  bool takes_part(const Record& record, const std::string& name) {
    return !is_readable(record) &&
           context_.parts.uploads.takes_part(record.number, name);
  }

  // To a set that is not whole yet only who copies a whole folder sends one.
  void check_takes_twin(const Caller& caller, const Record& record) {
    const bool copied = service::is_waiting(record) &&
                        context_.makers.is_maker(record.number, caller.pid);
    if (copied) return;
    if (record.sealed || !is_readable(record)) {
      throw Error(record.sealed ? Errc::read_only : Errc::exists,
                  "image \"" + record.name +
                      "\" has a disk already, or one that is being sent; "
                      "make another image for this one");
    }
  }

  // A view that was removed is asked for again.
  Created show(const Caller& caller, const Record& record,
               const std::string& name) {
    context_.parts.images.show_file(caller, record.number, name);
    const auto id = file_named(context_, *this->record(caller), name);
    if (!id) throw Error(Errc::not_found, "there is no " + name);
    return {*id, text_handle("")};
  }
};

}  // namespace

std::unique_ptr<Folder> image_folder(Context& context, NodeId id) {
  return std::make_unique<ImageFolder>(context, id);
}

}  // namespace platter::tree
