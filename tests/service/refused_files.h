// tests/service/refused_files.h
//
// Files that nobody may upload: of each kind that docs/mount.md and
// docs/format/ refuse one at least, with what has to be said of it.
#pragma once

#include <string>
#include <vector>

#include "platter/base/bytes.h"
#include "platter/base/error.h"

namespace platter::test {

struct RefusedFile {
  std::string title;  // of the case
  std::string name;   // that it is sent by
  Bytes bytes;
  Errc code;
  std::string words;             // of the sentence: the field, and its value
  std::string disk_format = {};  // that is declared
  // What is wrong is found in the middle of the disk's data.
  bool late = false;
};

using RefusedFiles = std::vector<RefusedFile>;

// Disks that are not whole without another file, which is never looked for.
RefusedFiles files_that_need_others();
// Fields of the formats that say what cannot be.
RefusedFiles broken_qcow2_files();
RefusedFiles broken_vmdk_files();
RefusedFiles broken_vhd_files();
RefusedFiles broken_vhdx_files();
RefusedFiles broken_vdi_files();
RefusedFiles broken_raw_and_iso_files();
// Formats that are known and not taken.
RefusedFiles foreign_files();
// Content that a name or a declaration contradicts, and files of two kinds.
RefusedFiles contradictory_files();
// Wrappers with too much in them, or with the wrong thing.
RefusedFiles broken_wrappers();

}  // namespace platter::test
