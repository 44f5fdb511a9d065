// src/fuse/acl.cpp
#include "acl.h"

#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>

#include "platter/base/integers.h"

namespace platter::fuse {

namespace {

// What files made in a folder are to inherit.
constexpr std::string_view kDefaultList = "system.posix_acl_default";
constexpr std::size_t kHeaderBytes = 4;
constexpr std::size_t kEntryBytes = 8;
constexpr auto kNobody = static_cast<std::uint32_t>(ACL_UNDEFINED_ID);

void add_entry(Bytes& list, std::uint16_t tag, unsigned permissions,
               std::uint32_t id) {
  const std::size_t at = list.size();
  list.resize(at + kEntryBytes);
  store_le(MutableBytes(list), at, tag);
  store_le(MutableBytes(list), at + 2,
           static_cast<std::uint16_t>(permissions & 7));
  store_le(MutableBytes(list), at + 4, id);
}

}  // namespace

std::optional<std::string> access_list(const tree::Attributes& attributes,
                                       gid_t admins) {
  const unsigned mode = attributes.permissions;
  const unsigned of_group = mode >> 3 & 7;
  const unsigned of_admins = attributes.admin_permissions;
  const unsigned granted = attributes.gid == admins ? of_group : mode & 7;
  if ((of_admins & ~granted) == 0) return std::nullopt;
  Bytes list(kHeaderBytes);
  store_le(MutableBytes(list), 0, std::uint32_t{POSIX_ACL_XATTR_VERSION});
  // In the order of their tags, as the kernel wants them.
  add_entry(list, ACL_USER_OBJ, mode >> 6, kNobody);
  add_entry(list, ACL_GROUP_OBJ, of_group, kNobody);
  add_entry(list, ACL_GROUP, of_admins, admins);
  add_entry(list, ACL_MASK, of_group | of_admins, kNobody);
  add_entry(list, ACL_OTHER, mode, kNobody);
  return std::string(as_text(list));
}

bool is_plain_list(std::string_view name, std::string_view value,
                   gid_t admins) {
  const ByteView bytes = as_bytes(value);
  // No more than the header is a list that was removed.
  if (name == kDefaultList) return bytes.size() <= kHeaderBytes;
  if (name != kAccessList) return false;
  for (std::size_t at = kHeaderBytes; at + kEntryBytes <= bytes.size();
       at += kEntryBytes) {
    const auto tag = load_le<std::uint16_t>(bytes, at);
    const auto id = load_le<std::uint32_t>(bytes, at + 4);
    if (tag == ACL_USER || (tag == ACL_GROUP && id != admins)) return false;
  }
  return true;
}

}  // namespace platter::fuse
