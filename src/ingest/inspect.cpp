// src/ingest/inspect.cpp
#include "platter/ingest/inspect.h"

#include "recognise.h"
#include "unwrap.h"

namespace platter::ingest {

namespace {

using format::Format;

std::uint64_t data_in(const block::ByteSource& disk) {
  std::uint64_t bytes = 0;
  block::for_each_extent(disk, 0, disk.size(), [&](const block::Extent& part) {
    if (part.kind == block::ExtentKind::data) bytes += part.length;
  });
  return bytes;
}

// `compression`: of parts that are compressed, should there be any.
void look_at_guest(Format format, const block::SourcePtr& file,
                   const std::string& compression, Inspection& found) {
  try {
    const auto guest = format::open_guest(format, file);
    found.description.virtual_size = guest->size();
    if (guest->is_packed()) found.description.compression = compression;
    found.allocated = data_in(*guest);
  } catch (const format::Encrypted& disk) {
    // It is taken, as it is.
    found.description.virtual_size = disk.guest_size();
    found.description.encryption = disk.method();
  }
}

void look_at(const Upload& upload, Inspection& found) {
  const DiskFile disk = unwrapped(upload);
  const block::SourcePtr& file = disk.upload.file;
  found.wrapper = disk.wrapper;
  found.format = looks_of(*file);
  if (found.format.empty()) found.format = name_of(Format::raw);
  std::string compression;
  if (const auto known = format::format_of(found.format)) {
    found.description = format::describe(*known, *file);
    compression.swap(found.description.compression);
  }
  look_at_guest(recognise(disk.upload).format, file, compression, found);
}

bool is_of_the_host(Errc code) {
  return code == Errc::io || code == Errc::no_space || code == Errc::not_found;
}

}  // namespace

Inspection inspect(const Upload& upload) {
  Inspection found;
  found.file_size = upload.file->size();
  try {
    if (found.file_size == 0) {
      throw Error(Errc::invalid, "the file is empty: there is no disk in it");
    }
    if (found.file_size > upload.limits.size) {
      throw Error(Errc::too_large, std::to_string(found.file_size) +
                                       " bytes are more than max_image_size, " +
                                       std::to_string(upload.limits.size));
    }
    look_at(upload, found);
  } catch (const Error& problem) {
    if (is_of_the_host(problem.code())) throw;
    found.refusal = problem;
  }
  return found;
}

}  // namespace platter::ingest
