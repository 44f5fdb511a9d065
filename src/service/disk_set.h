// src/service/disk_set.h
//
// What a record says of a set, a disk that is sent in several files: pure
// questions, and the places of its parts.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "platter/image/record.h"
#include "platter/service/draft.h"

namespace platter::service {

// The name of one of the image's files. Throws Errc::not_found when it has no
// such part any more.
const std::string& name_of_file(const image::Record& record, Draft::Part part);

// Bytes of it that are stored; 0 when nothing is.
std::uint64_t stored_size(const image::Record& record, Draft::Part part);

// The files that were named: the descriptor, if it was, and the parts.
std::set<std::string> names_of_files(const image::Record& record);

// The place of the part of that name.
Draft::Part place_of_part(const image::Record& record, std::string_view name);

// A place for one more part. Throws Errc::quota when there is none left.
std::size_t add_part(image::Record& record, const std::string& name);

// Throws Errc::invalid when a descriptor of that name names a part that cannot
// be sent beside it.
void check_part_names(const std::string& descriptor,
                      const std::vector<std::string>& parts);

// Whether the data is whole.
bool is_finished(const image::Record& record);
// Throws Errc::read_only when the data is sealed.
void check_writable(const image::Record& record);
// Throws Errc::read_only when the data is whole.
void check_unfinished(const image::Record& record);

// Whether all that was sent is stored.
bool is_stored(const image::Record& record);
// Takes out of the record what is stored, and what was found in it.
void forget_disk(image::Record& record);
// ... of one of the files of a set; the others stand as they are.
void forget_file(image::Record& record, Draft::Part part);

// "waits for d-s002.vmdk and d-s003.vmdk, which d.vmdk names"
std::string waits_for_parts(const std::string& descriptor,
                            const std::vector<std::string>& missing);
std::string waits_for_descriptor(const image::Record& record);

}  // namespace platter::service
