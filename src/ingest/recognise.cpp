// src/ingest/recognise.cpp
#include "recognise.h"

#include "platter/base/error.h"

namespace platter::ingest {

namespace {

using format::Format;

// "a qcow2 disk", "an iso disk"
std::string a_disk(Format format) {
  const std::string name(name_of(format));
  const bool vowel = std::string_view("aeiou").find(name[0]) != name.npos;
  return (vowel ? "an " : "a ") + name + " disk";
}

[[noreturn]] void refuse(const Upload& upload, Format found,
                         const std::string& but) {
  throw Error(Errc::invalid,
              "\"" + upload.file_name + "\" holds " + a_disk(found) + but);
}

// The first words of names that a file which was declared raw could be taken
// for by those who guess.
std::string looks_of(const block::ByteSource& file) {
  std::string looks;
  for (const std::string_view name : format::looks_like(file)) {
    looks += (looks.empty() ? "" : ", ") + std::string(name);
  }
  return looks;
}

}  // namespace

// A name or a declaration that says otherwise than the content is a mistake
// that is better told now than found at boot.
Recognised recognise(const Upload& upload) {
  if (upload.declared == Format::raw) {
    return {Format::raw, looks_of(*upload.file)};
  }
  const Format found = format::probe(*upload.file);
  if (upload.declared && *upload.declared != found) {
    refuse(upload, found,
           ", but disk_format was set to " +
               std::string(name_of(*upload.declared)) +
               "; remove user.disk_format or send the right file");
  }
  const auto claimed = format::format_claimed_by(upload.file_name);
  if (!upload.declared && claimed && *claimed != found) {
    refuse(upload, found,
           "; name it ." + std::string(name_of(found)) +
               ", or, to keep these bytes as a raw disk, set "
               "user.disk_format=raw on the image before the upload");
  }
  return {found, ""};
}

}  // namespace platter::ingest
