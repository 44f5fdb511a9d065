// src/tree/info_files.h
//
// The files of info/ and of the folders in it that are worked out when somebody
// looks: each is a row of a table.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "context.h"

namespace platter::tree {

// Which folder shows a file; the inner number of a NodeKind::info_folder. The
// numbers are for ever.
enum class InfoPlace : std::uint8_t {
  info = 0,  // info/ itself
  // Of the mount's own tree, for administrators.
  operator_ = 1,
  usage = 2,
  operator_usage = 3,
};

enum class Audience { everybody, members, admins };

struct InfoFile {
  using Text = std::string (*)(const Context&, const std::string& project);
  using Number = std::uint64_t (*)(const Context&, const std::string& project);
  using Time = Timestamp (*)(const Context&, const std::string& project);

  const char* name;
  // Of its node id, for ever: a kind of its own, or info_file and a number.
  NodeKind kind;
  std::uint8_t number;
  InfoPlace place;
  Audience audience;
  bool everywhere;  // in each project's tree; else in the mount's own
  Text text;
  // Changes whenever the text may: it is remembered until then. nullptr: the
  // text is worked out each time.
  Number stamp = nullptr;
  // Bytes, where that is known without the text.
  Number size = nullptr;
  // nullptr: now.
  Time changed_at = nullptr;

  NodeId id_in(image::ProjectNumber project) const noexcept;
};

// In the order in which folders list them.
std::span<const InfoFile> info_files() noexcept;
// nullptr: the node is none of them.
const InfoFile* info_file_of(NodeId node) noexcept;
// "info", "info/operator".
std::string path_of(InfoPlace place);
// "info/health", "info/operator/usage.csv".
std::string path_of(const InfoFile& file);

std::shared_ptr<const std::string> text_of(const Context& context,
                                           const InfoFile& file,
                                           const std::string& project);
Attributes attributes_of(const Context& context, const InfoFile& file,
                         NodeId node);
// Throws Errc::denied for a caller who is not of its audience.
void check_audience(const Context& context, const Caller& caller,
                    const InfoFile& file, const std::string& project);

}  // namespace platter::tree
