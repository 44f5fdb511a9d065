// src/archive/ova.cpp: an OVA is a tar archive of a descriptor (.ovf), what it
// refers to, and perhaps a manifest (.mf) and its signature (.cert).
#include "ova.h"

#include <algorithm>
#include <charconv>

#include "manifest.h"
#include "ovf.h"
#include "refusal.h"
#include "tar.h"
#include "wrapper.h"

namespace platter::archive {

namespace {

// Descriptors have some ten KiB; reading XML takes some times its size.
constexpr std::uint64_t kLongestOvf = 4 * kMiB;

// The only member whose name ends so; nullptr when there is none.
const Member* only(const std::vector<Member>& members,
                   std::string_view ending) {
  const Member* found = nullptr;
  for (const Member& member : members) {
    if (!ends_in(member.name, ending)) continue;
    if (found != nullptr) {
      refuse(Errc::invalid,
             "ova: the archive has both {} and {}; one of the kind is allowed",
             shown(found->name), shown(member.name));
    }
    found = &member;
  }
  return found;
}

// "%20" and the like, as references are written.
std::string percent_decoded(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    unsigned code = 0;
    const bool escape = text.front() == '%' && text.size() >= 3;
    const char* end = text.data() + (escape ? 3 : 0);
    if (escape && std::from_chars(text.data() + 1, end, code, 16).ptr == end) {
      plain += static_cast<char>(code);
      text.remove_prefix(3);
    } else {
      plain += text.front();
      text.remove_prefix(1);
    }
  }
  return plain;
}

// The member that the descriptor means: references count from its folder.
const Member& referred(const std::vector<Member>& members, const Member& ovf,
                       const std::string& reference) {
  const std::string folder = ovf.name.substr(0, ovf.name.rfind('/') + 1);
  for (const std::string& name : {reference, percent_decoded(reference)}) {
    const auto found = std::ranges::find(members, folder + name, &Member::name);
    if (found != members.end()) return *found;
  }
  refuse(Errc::corrupt,
         "ova: the disk {} is not in the archive. Export the machine with its "
         "disk, or send the disk alone",
         shown(reference));
}

}  // namespace

Unwrapped open_ova(const block::SourcePtr& file) {
  const auto members = members_of_tar(*file);
  const Member* ovf = members ? only(*members, ".ovf") : nullptr;
  if (ovf == nullptr) refuse(Errc::corrupt, "ova: the file has no .ovf");
  const std::string reference =
      disk_reference(bytes_of(file, *ovf, kLongestOvf));
  const Member& disk = referred(*members, *ovf, reference);
  if (const Member* manifest = only(*members, ".mf")) {
    check_manifest(file, *members, *manifest);
  }
  return {source_of(file, disk), disk.name, disk.offset};
}

}  // namespace platter::archive
