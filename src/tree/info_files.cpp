// src/tree/info_files.cpp: the texts of info/.
#include <fmt/core.h>

#include "readme.h"

namespace platter::tree {

std::string errors_text(const service::Journal& journal,
                        const std::string& project) {
  std::string text;
  for (const service::Complaint& complaint : journal.all(project)) {
    text += to_text(complaint) + "\n";
  }
  return text;
}

std::string usage_csv(const Context& context, const std::string& project) {
  const auto& quotas = context.parts.quotas;
  const auto limit = [&](image::Limit which) {
    const auto most = quotas.limit(project, which);
    return most ? std::to_string(*most) : "unlimited";
  };
  const service::ProjectUsage usage = quotas.usage(project);
  return fmt::format(
      "project,images,images_limit,bytes,bytes_limit,trash_images,trash_bytes,"
      "uploads,uploading_bytes\n{},{},{},{},{},{},{},{},{}\n",
      project, usage.images, limit(image::Limit::images), usage.bytes,
      limit(image::Limit::bytes), usage.trash_images, usage.trash_bytes,
      usage.uploads, usage.in_flight);
}

}  // namespace platter::tree
