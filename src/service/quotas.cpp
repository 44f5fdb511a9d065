// src/service/quotas.cpp
#include "platter/service/quotas.h"

#include <fmt/core.h>

#include "platter/base/amounts.h"
#include "platter/base/error.h"

namespace platter::service {

using image::Limit;
using image::Place;
using image::Record;

namespace {

// "1073741824 bytes (1 GiB)"
std::string exactly(std::uint64_t bytes) {
  return bytes < 1000 ? fmt::format("{} bytes", bytes)
                      : fmt::format("{} bytes ({})", bytes, about_size(bytes));
}

std::string to_raise(Limit limit) {
  return fmt::format("ask an administrator for a higher user.quota.{}",
                     name_of(limit));
}

}  // namespace

std::optional<std::uint64_t> parse_limit(Limit limit, std::string_view text) {
  if (text == "unlimited") return image::kUnlimited;
  return is_of_bytes(limit) ? parse_size(text)
                            : parse_number<std::uint64_t>(text);
}

Quotas::Quotas(const image::Catalogue& catalogue,
               const image::Projects& projects, image::Quota defaults)
    : catalogue_(catalogue),
      projects_(projects),
      defaults_(std::move(defaults)) {}

std::optional<std::uint64_t> Quotas::limit(const std::string& project,
                                           Limit limit) const {
  const auto own = projects_.find(project);
  const image::Quota* quota = own ? &own->quota : &defaults_;
  auto found = quota->find(limit);
  if (found == quota->end()) found = (quota = &defaults_)->find(limit);
  if (found == quota->end() || found->second == image::kUnlimited) {
    return std::nullopt;
  }
  return found->second;
}

ProjectUsage Quotas::usage(const std::string& project) const {
  const auto images = catalogue_.usage(project, Place::images);
  const auto trash = catalogue_.usage(project, Place::trash);
  const auto sum = in_flight_.of(project);
  return {images.images, trash.images, images.bytes,
          trash.bytes,   sum.bytes,    sum.uploads};
}

void Quotas::check_add_image(const std::string& project) const {
  const auto most = limit(project, Limit::images);
  if (!most) return;
  if (*most == 0) {
    throw Error(Errc::unsupported,
                fmt::format("Image feature is not enabled for project {}; {}",
                            project, to_raise(Limit::images)));
  }
  const auto has = catalogue_.usage(project, Place::images).images;
  if (has < *most) return;
  throw Error(Errc::quota,
              fmt::format("Maximum image limit reached: project {} has {} of "
                          "{} images; remove one or ask for a higher limit",
                          project, has, *most));
}

void Quotas::check_size(const std::string& project, std::uint64_t size) const {
  const auto largest = limit(project, Limit::image_size);
  if (!largest || size <= *largest) return;
  throw Error(
      Errc::quota,
      fmt::format("an upload of {} is too large: project {} may have images of "
                  "{}; {}",
                  exactly(size), project, exactly(*largest),
                  to_raise(Limit::image_size)));
}

void Quotas::check_bytes(const std::string& project, std::uint64_t more) const {
  const auto most = limit(project, Limit::bytes);
  if (!most) return;
  const ProjectUsage has = usage(project);
  const std::uint64_t used = has.bytes + has.trash_bytes + has.in_flight + more;
  if (used <= *most) return;
  const std::string trash =
      has.trash_bytes == 0
          ? ""
          : fmt::format("; {} of it lie in the trash, which can be emptied",
                        exactly(has.trash_bytes));
  throw Error(Errc::quota,
              fmt::format("project {} would have {}, and may have {}{}; {}",
                          project, exactly(used), exactly(*most), trash,
                          trash.empty() ? "remove an image for good, or " +
                                              to_raise(Limit::bytes)
                                        : to_raise(Limit::bytes)));
}

void Quotas::check_add_upload(const std::string& project) const {
  const auto most = limit(project, Limit::uploads);
  if (!most) return;
  const auto has = in_flight_.of(project).uploads;
  if (has < *most) return;
  throw Error(Errc::quota,
              fmt::format("project {} has {} of {} uploads under way; wait for "
                          "one of them to end, or {}",
                          project, has, *most, to_raise(Limit::uploads)));
}

void Quotas::check_record(const Record& before, const Record& after) const {
  const auto check = [&](Limit kind, std::size_t had, std::size_t has) {
    if (has <= had) return;
    const auto most = limit(after.project, kind);
    if (!most || has <= *most) return;
    throw Error(
        Errc::quota,
        fmt::format("an image of project {} has at most {} {}; remove "
                    "one first, or {}",
                    after.project, *most, name_of(kind), to_raise(kind)));
  };
  check(Limit::properties, before.properties.size(), after.properties.size());
  check(Limit::members, before.members.size(), after.members.size());
}

}  // namespace platter::service
