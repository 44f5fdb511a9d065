// src/service/figures.cpp: the figures of a store, by the names that
// docs/metrics.md explains.
#include "platter/metrics/process.h"
#include "platter/service/captures.h"
#include "platter/service/purges.h"
#include "platter/service/watch.h"

namespace platter::service {

namespace {

using metrics::counter;
using metrics::Families;
using metrics::Family;
using metrics::gauge;
using metrics::Kind;

Families store_figures(const Watched& watched) {
  const store::Stats stats = watched.store.stats();
  return {
      counter("platter_cache_hits_total", "Chunks that were read from memory.",
              stats.cache_hits),
      counter("platter_cache_misses_total",
              "Chunks that had to be read from packs.", stats.cache_misses),
      gauge("platter_cache_bytes", "Memory that chunks take.",
            stats.cache_bytes),
      counter("platter_store_chunks_total", "Chunks that were to be stored.",
              stats.puts),
      counter("platter_store_duplicate_chunks_total",
              "Chunks of them that were there already.", stats.duplicates),
      counter("platter_store_damaged_reads_total",
              "Reads of chunks that found them damaged or lost.",
              stats.damaged),
      gauge("platter_store_packs", "Packs.", stats.packs),
      gauge("platter_store_bytes", "What all packs take on disk.",
            stats.stored_bytes),
      gauge("platter_index_bytes", "What the index takes on disk, about.",
            watched.index.stored_bytes()),
  };
}

Families space_figures(const Watched& watched) {
  Family free{"platter_store_free_bytes",
              "Room left in the file system of a folder of the store.",
              Kind::gauge,
              {}};
  for (const Path& folder : watched.folders) {
    const auto space = std::filesystem::space(folder);
    free.samples.push_back({{{"folder", folder.filename().string()}},
                            static_cast<double>(space.available)});
  }
  return {free};
}

std::string_view name_of(image::Place place) {
  return place == image::Place::trash ? "trash" : "images";
}

Families image_figures(const Watched& watched) {
  using image::Place;
  using image::Status;
  Family images{
      "platter_images", "Images, by place and status.", Kind::gauge, {}};
  Family bytes{"platter_image_bytes",
               "What was uploaded for these images.",
               Kind::gauge,
               {}};
  image::ImageCounts counts = watched.catalogue.counts();
  for (const Place place : {Place::images, Place::trash}) {
    for (const Status status :
         {Status::queued, Status::saving, Status::active, Status::deactivated,
          Status::interrupted, Status::error}) {
      const image::FolderUsage& usage = counts[{place, status}];
      const metrics::Labels labels{{"place", std::string(name_of(place))},
                                   {"status", std::string(name_of(status))}};
      images.samples.push_back({labels, static_cast<double>(usage.images)});
      bytes.samples.push_back({labels, static_cast<double>(usage.bytes)});
    }
  }
  return {images, bytes};
}

Families upload_figures(const Watched& watched) {
  const InFlight::Sum sum = watched.quotas.in_flight().all();
  return {
      gauge("platter_uploads", "Files that somebody is writing.", sum.uploads),
      gauge("platter_upload_bytes",
            "What was sent of uploads that are not whole yet.", sum.bytes),
  };
}

Families task_figures(const Watched& watched) {
  using task::Status;
  std::map<std::pair<std::string, Status>, std::uint64_t> counts;
  for (const char* kind : {Imports::kName, Captures::kName, Purges::kName}) {
    for (const Status status : {Status::pending, Status::processing,
                                Status::success, Status::failure}) {
      counts[{kind, status}] = 0;
    }
  }
  for (const task::Task& task : watched.tasks.all()) {
    ++counts[{task.kind, task.status}];
  }
  Family tasks{
      "platter_tasks", "Tasks, until they are forgotten.", Kind::gauge, {}};
  for (const auto& [key, count] : counts) {
    tasks.samples.push_back(
        {{{"kind", key.first}, {"status", std::string(name_of(key.second))}},
         static_cast<double>(count)});
  }
  return {tasks, counter("platter_import_bytes_total",
                         "Bytes that imports fetched from servers.",
                         watched.imports.fetched_bytes())};
}

Families audit_figures(const Watched& watched) {
  return {counter("platter_audit_failures_total",
                  "Acts that could not be written to the audit trail.",
                  watched.audit.failures())};
}

}  // namespace

void add_figures(metrics::Figures& figures, const Watched& watched) {
  for (const auto collect : {store_figures, space_figures, image_figures,
                             upload_figures, task_figures, audit_figures}) {
    figures.add([collect, watched] { return collect(watched); });
  }
  figures.add(metrics::process_families);
}

}  // namespace platter::service
