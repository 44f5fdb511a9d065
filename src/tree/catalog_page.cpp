// src/tree/catalog_page.cpp
#include "catalog_page.h"

#include <algorithm>

#include "platter/page/catalog_page.h"
#include "platter/service/properties.h"
#include "sections.h"
#include "shelf.h"

namespace platter::tree {

using image::Record;
using image::RecordPtr;
using page::Catalog;

namespace {

// Bytes of an image that are data: of its disk, and of the files that were
// sent what is not the disk's.
std::uint64_t logical_size(const Record& record) {
  constexpr std::uint64_t kCluster = 64 * kKiB;
  std::uint64_t clusters =
      record.guest ? record.guest->root.counts.clusters : 0;
  const auto add = [&](const image::Original& original) {
    clusters += original.literal.root.counts.clusters;
  };
  if (record.original) add(*record.original);
  for (const image::Part& part : record.parts) add(part.original);
  return clusters * kCluster;
}

class Collector {
 public:
  Collector(const Context& context, schema::Role role)
      : context_(context), role_(role) {
    catalog_.for_operators = role == schema::Role::admin;
    catalog_.as_of = context.parts.clock.now();
  }

  // An image in the owner's own images/.
  void add_own(const RecordPtr& record) {
    add(record, record->name, "own").reason = record->status_reason;
  }

  // One that a project's catalogue shows as `name`.
  void add_seen(const RecordPtr& record, Section section,
                const std::string& name) {
    add(record, name, name_of(section));
  }

  void add_pointers(const std::string& project) {
    for (const image::PointerPtr& pointer :
         context_.parts.pointers.list(project)) {
      catalog_.pointers.push_back({pointer->name, project, pointer->target});
    }
  }

  // What it takes in the store, wherever it lies.
  void add_space(const Record& record) {
    catalog_.space.logical += logical_size(record);
    catalog_.space.compressed += record.stored_size;
  }

  // nullopt: of all projects.
  void add_growth(const std::optional<std::string>& project);

  std::string page(const std::string& project) {
    catalog_.project = project;
    catalog_.space.stored = context_.parts.store.stats().stored_bytes;
    return catalog_html(catalog_);
  }

 private:
  page::Image& add(const RecordPtr& whole, const std::string& name,
                   const std::string& source);

  const Context& context_;
  schema::Role role_;
  Catalog catalog_;
};

page::Image& Collector::add(const RecordPtr& whole, const std::string& name,
                            const std::string& source) {
  const RecordPtr record = context_.parts.images.readable_by(role_, whole);
  const auto property = [&](const char* of) {
    return service::property(*record, of).value_or("");
  };
  auto [distro, version] = system_of(*record);
  page::Image& image = catalog_.images.emplace_back();
  image.name = name;
  image.id = to_text(record->id);
  image.owner = record->project;
  image.source = source;
  image.state = name_of(record->status);
  image.visibility = name_of(record->visibility);
  image.format = record->disk_format;
  image.container = record->container_format;
  image.os_type = property("os_type");
  image.os_distro = std::move(distro);
  image.os_version = std::move(version);
  image.description = property("description");
  image.replacement = property("replacement");
  image.tags.assign(record->tags.begin(), record->tags.end());
  image.deprecated = property("deprecated") == "true";
  image.hidden = record->os_hidden;
  image.size = record->size();
  image.virtual_size = record->virtual_size();
  image.stored_size = record->stored_size;
  image.created_at = record->created_at;
  return image;
}

// What was held after each change; where there are many, after the last of each
// day.
void Collector::add_growth(const std::optional<std::string>& project) {
  constexpr std::size_t kMany = 2000;
  constexpr std::int64_t kDay = 24 * 3600;
  std::vector<page::Point> changes;  // what came; what went is negative
  context_.parts.ledger.list(
      project, context_.parts.usage.beginning(project),
      [&](const image::Holding& held) {
        changes.push_back({held.from, 1, held.bytes});
        if (held.until) changes.push_back({held.until, ~0ull, 0 - held.bytes});
      });
  std::ranges::sort(changes, {}, &page::Point::at);
  const bool many = changes.size() > kMany;
  page::Point sum;
  for (const page::Point& change : changes) {
    const bool same =
        many ? change.at.seconds() / kDay == sum.at.seconds() / kDay
             : change.at == sum.at;
    sum = {change.at, sum.images + change.images, sum.bytes + change.bytes};
    if (same && !catalog_.growth.empty()) catalog_.growth.pop_back();
    catalog_.growth.push_back(sum);
  }
}

}  // namespace

std::string project_catalog(const Context& context,
                            const std::string& project) {
  Collector collector(context, schema::Role::member);
  context.parts.catalogue.list(project, image::Place::images, "",
                               [&](const RecordPtr& record) {
                                 collector.add_own(record);
                                 return true;
                               });
  for (const Section section :
       {Section::public_, Section::community, Section::shared}) {
    list_entries(context, section, project,
                 [&](const RecordPtr& record, const std::string& name) {
                   if (record->project == project) return;
                   if (is_hidden_from(*record, project)) return;
                   collector.add_seen(record, section, name);
                 });
  }
  collector.add_pointers(project);
  collector.add_growth(project);
  return collector.page(project);
}

std::string store_catalog(const Context& context, const std::string& project) {
  Collector collector(context, schema::Role::admin);
  context.parts.catalogue.list_all([&](const RecordPtr& record) {
    collector.add_space(*record);
    if (record->place == image::Place::images) collector.add_own(record);
    return true;
  });
  for (const auto& one : context.parts.registry.all()) {
    collector.add_pointers(one->name);
  }
  collector.add_growth(std::nullopt);
  return collector.page(project);
}

std::uint64_t catalog_stamp(const Context& context, const std::string&) {
  // Both only grow, so that their sum tells every change.
  return context.parts.catalogue.generation() +
         context.parts.pointers.generation();
}

}  // namespace platter::tree
