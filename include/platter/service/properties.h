// include/platter/service/properties.h
//
// What users read and write of a record, by name: the attributes of
// docs/mount.md, without their "user." in front. Every value is text; what
// a name takes is checked here and nowhere else.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platter/image/record.h"
#include "platter/schema/schema.h"

namespace platter::service {

// Where the configuration says nothing else.
inline constexpr std::size_t kMaxProperties = 128;
inline constexpr std::size_t kMaxMembers = 128;
inline constexpr std::size_t kMaxTags = 128;
inline constexpr std::size_t kMaxPropertyName = 250;  // bytes
// The kernel lists at most 64 KiB of names; past that getfattr prints none.
inline constexpr std::size_t kMaxNameList = 60 * 1024;

// nullopt for a name that the record does not have.
std::optional<std::string> property(const image::Record& record,
                                    std::string_view name);

// The names that property() answers with a value, computed ones first.
std::vector<std::string> property_names(const image::Record& record);

// Whether the name is one of the users' own: neither one that every image has
// nor a tag or a member. What it takes is said by the schema.
bool is_free(std::string_view name);

// The names that are not free, as schema::Options has them.
std::vector<std::string> reserved_names();

// "import", "capture", "progress" and "task": names of an image's tasks, not of
// its own.
bool is_of_tasks(std::string_view name);

// Whether only administrators may see it: what an image costs after
// deduplication tells what others store.
bool is_for_admins(std::string_view name);

// Whether a project that sees the image in its catalogue may see it: neither
// what concerns the owner alone nor the other members.
bool is_shown_to(std::string_view viewer, std::string_view name);

// Sets a property. On a computed name: the value it has already is fine; any
// other one is ignored while the image has no sealed data, so that tools which
// copy attributes stay quiet, and Errc::forbidden after. Free ones take what
// `schema` says. Throws Errc::invalid, listing what is allowed, Errc::quota
// over the count of tags, Errc::no_space when the names would no longer be
// listed. What cannot be told by the record alone is Images's to check.
void set_property(image::Record& record, const schema::Schema& schema,
                  std::string_view name, std::string_view value);

// Removes a free property, or puts a core one back to its default. Throws
// Errc::no_data for a name that is not set, Errc::forbidden for a computed
// one.
void reset_property(image::Record& record, std::string_view name);

}  // namespace platter::service
