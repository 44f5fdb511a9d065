// src/ingest/unwrap.cpp
#include "unwrap.h"

#include "platter/base/error.h"

namespace platter::ingest {

namespace {

using archive::Wrapper;
using format::Format;
using MaybeWrapper = std::optional<Wrapper>;

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

std::string kind_of(const MaybeWrapper& wrapper) {
  return wrapper ? std::string(name_of(*wrapper)) + " file" : "plain disk";
}

// Any bytes are a raw disk to somebody who says so and says no more.
bool is_taken_as_it_is(const Upload& upload) {
  const bool said = archive::wrapper_claimed_by(upload.file_name) ||
                    upload.container == "compressed" ||
                    upload.container == "ova";
  return upload.declared == Format::raw && !said;
}

void check_name(const Upload& upload, const MaybeWrapper& found) {
  const auto claimed = archive::wrapper_claimed_by(upload.file_name);
  const bool claims_disk =
      format::format_claimed_by(upload.file_name).has_value();
  if (claimed == found || (!claimed && !claims_disk)) return;
  std::string sentence =
      quoted(upload.file_name) + " holds a " + kind_of(found) + "; name it ";
  if (!found) {
    sentence += "without ." + std::string(name_of(*claimed));
  } else if (claimed) {
    sentence += "." + std::string(name_of(*found));
  } else {
    sentence += upload.file_name + "." + std::string(name_of(*found)) +
                ", or, to keep these bytes as a raw disk, set "
                "user.disk_format=raw on the image before the upload";
  }
  throw Error(Errc::invalid, sentence);
}

void check_container(const Upload& upload, const MaybeWrapper& found) {
  const std::string is = container_of(found ? name_of(*found) : "");
  if (upload.container.empty() || upload.container == is) return;
  throw Error(Errc::invalid,
              quoted(upload.file_name) + " holds a " + kind_of(found) +
                  ", but container_format was set to " + upload.container +
                  "; set it to " + is + " or send the right file");
}

// A file that is a disk and a wrapper, too, would be one thing to us and
// another to who looks at its other end first.
void check_only(const Upload& upload, Wrapper found) {
  const Format format = format::probe(*upload.file);
  if (format == Format::raw) return;
  throw Error(Errc::invalid, quoted(upload.file_name) + " is a " +
                                 kind_of(found) + " and a " +
                                 std::string(name_of(format)) +
                                 " disk at once; send the one that it is meant "
                                 "to be");
}

std::string without_ending(const std::string& name) {
  const auto wrapper = archive::wrapper_claimed_by(name);
  if (!wrapper) return name;
  return name.substr(0, name.size() - name_of(*wrapper).size() - 1);
}

}  // namespace

std::string container_of(std::string_view wrapper) {
  if (wrapper.empty()) return "bare";
  return wrapper == name_of(Wrapper::ova) ? "ova" : "compressed";
}

DiskFile unwrapped(const Upload& upload) {
  DiskFile disk;
  disk.upload = upload;
  if (is_taken_as_it_is(upload)) return disk;
  const MaybeWrapper found = archive::wrapper_of(*upload.file);
  check_name(upload, found);
  check_container(upload, found);
  if (!found) return disk;
  check_only(upload, *found);
  const archive::Unwrapped content =
      upload.ahead && upload.ahead->wrapper == *found
          ? upload.ahead->disk
          : archive::unwrap(*found, upload.file, upload.scratch, upload.limits);
  disk.upload.file = content.content;
  disk.upload.file_name =
      *found == Wrapper::ova ? content.name : without_ending(upload.file_name);
  disk.wrapper = name_of(*found);
  disk.offset = content.offset;
  return disk;
}

}  // namespace platter::ingest
