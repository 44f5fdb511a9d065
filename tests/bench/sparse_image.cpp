// tests/bench/sparse_image.cpp
//
// sparse-image STORE NAME TIB GIB: adds an image of TIB tebibytes, GIB
// gibibytes of which are data, to a store that nobody has open. The data is one
// chunk again and again, in as many places as there can be: each leaf of the
// disk map has its share, at places of its own. For measuring what no upload in
// reasonable time can make.
#include <cstdio>
#include <string>

#include "platter/base/digest.h"
#include "platter/base/integers.h"
#include "platter/base/log.h"
#include "platter/format/view.h"
#include "platter/image/catalogue.h"
#include "platter/pack/storage.h"
#include "support/disks.h"

using namespace platter;

namespace {

constexpr std::uint64_t kCluster = 64 * kKiB;

// `count` clusters of one leaf, at random places, in order.
std::vector<image::DiskExtent> scattered(std::uint64_t count,
                                         const store::ChunkRef& chunk,
                                         test::Random& random) {
  constexpr auto kPages = static_cast<std::uint32_t>(kCluster / kPageSize);
  const std::uint64_t places = image::kLeafSpan / kCluster / count;
  std::vector<image::DiskExtent> extents;
  for (std::uint64_t n = 0; n < count; ++n) {
    const std::uint64_t cluster = n * places + random.below(places);
    extents.push_back(
        {static_cast<std::uint32_t>(cluster * kPages), kPages, chunk, 0});
  }
  return extents;
}

image::DiskMap put_disk(store::Store& store, std::uint64_t size,
                        std::uint64_t data) {
  test::Random random(1);
  const auto chunk =
      store.put(pack::Kind::data, test::random_bytes(kCluster, 1));
  const std::uint64_t leaves = size / image::kLeafSpan;
  image::TreeBuilder tree(store, size);
  for (std::uint64_t leaf = 0; leaf < leaves; ++leaf) {
    const auto encoded = image::encode_disk_leaf(
        scattered(data / kCluster / leaves, chunk, random));
    tree.add_leaf(leaf, store.put(pack::Kind::node, encoded.bytes),
                  encoded.counts);
  }
  return {size, tree.finish()};
}

// As if it had been sent as a raw disk.
image::Record record_of(store::Store& store, const image::DiskMap& disk) {
  image::Record record;
  record.id = image::ImageId::random();
  record.project = "default";
  record.status = image::Status::active;
  record.sealed = true;
  record.disk_format = "raw";
  record.container_format = "bare";
  record.guest = disk;
  image::FileMapBuilder runs(store, disk.size);
  runs.add(0, 0, disk.size);
  record.original = image::Original{disk.size, runs.finish(), {disk.size, {}}};
  record.os_hash_algo = "sha256";
  record.os_hash_value = to_hex(sha256({}));
  const auto guest = image::open_disk(store, disk);
  const format::Identity identity{record.id.bytes, record.created_at};
  for (const format::View view : format::views()) {
    if (!format::can_hold(view, *guest)) continue;
    record.view_sizes.emplace(name_of(view),
                              make_view(view, guest, identity)->size());
  }
  return record;
}

void add_image(const Path& folder, const std::string& name, std::uint64_t size,
               std::uint64_t data) {
  const auto index = index::open(folder / "index");
  const auto store =
      store::Store::open(*index, pack::local_storage(folder / "packs"), {});
  const image::DiskMap disk = put_disk(*store, size, data);
  image::Record record = record_of(*store, disk);
  store->sync();
  const SystemClock clock;
  image::Catalogue catalogue(*index, clock);
  record.number = catalogue.new_number();
  record.name = name;
  catalogue.create(std::move(record));
}

}  // namespace

int main(int count, char** words) {
  if (count != 5) {
    std::fputs("usage: sparse-image STORE NAME TIB GIB\n", stderr);
    return 2;
  }
  try {
    add_image(words[1], words[2], std::stoull(words[3]) * kTiB,
              std::stoull(words[4]) * kGiB);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "sparse-image: %s\n", problem.what());
    return 1;
  }
  return 0;
}
