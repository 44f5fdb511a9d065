// src/format/qcow2_layout.cpp: header and L2 entries, from and to bytes.
#include "qcow2_layout.h"

#include <algorithm>

#include "platter/base/integers.h"
#include "refusal.h"

namespace platter::format::qcow2 {

namespace {

constexpr std::uint64_t kHeaderV2 = 72;
constexpr std::uint64_t kHeaderV3 = 104;
constexpr std::uint64_t kCompressionType = 104;  // the byte's offset
constexpr std::uint64_t kHeaderWritten = 112;

constexpr std::uint32_t kMinClusterBits = 9;
constexpr std::uint32_t kMaxClusterBits = 21;
constexpr std::uint32_t kMinExtendedClusterBits = 14;
constexpr std::uint32_t kMaxRefcountOrder = 6;
constexpr std::uint64_t kMaxRefcountTable = 8 * kMiB;

// Incompatible features.
constexpr std::uint64_t kDirty = 1 << 0;
constexpr std::uint64_t kCorrupt = 1 << 1;
constexpr std::uint64_t kDataFile = 1 << 2;
constexpr std::uint64_t kCompressionField = 1 << 3;
constexpr std::uint64_t kExtendedL2 = 1 << 4;
constexpr std::uint64_t kUnderstood =
    kDirty | kCorrupt | kDataFile | kCompressionField | kExtendedL2;

// Header extensions.
constexpr std::uint32_t kEndOfExtensions = 0;
constexpr std::uint32_t kDataFileName = 0x44415441;
constexpr std::uint32_t kEncryption = 0x0537be77;

void check_identity(ByteView raw) {
  if (load_be<std::uint32_t>(raw) != kMagic) {
    refuse(Errc::corrupt, "qcow2: the file does not begin with QFI\\xfb");
  }
  const auto version = load_be<std::uint32_t>(raw, 4);
  if (version != 2 && version != 3) {
    refuse(Errc::unsupported,
           "qcow2: version is {}; 2 and 3 are read. Convert it with: qemu-img "
           "convert -O qcow2",
           version);
  }
}

// The file's first cluster, as much as there is of it, of a version and
// cluster size that we read.
Bytes first_cluster(const block::ByteSource& file) {
  if (file.size() < kHeaderV2) {
    refuse(Errc::corrupt, "qcow2: the file has {} bytes; a header needs {}",
           file.size(), kHeaderV2);
  }
  Bytes start(kHeaderV2);
  file.read(0, start);
  check_identity(start);
  const auto bits = load_be<std::uint32_t>(start, 20);
  if (bits < kMinClusterBits || bits > kMaxClusterBits) {
    refuse(Errc::corrupt, "qcow2: cluster_bits is {}; {} to {} are allowed",
           bits, kMinClusterBits, kMaxClusterBits);
  }
  start.resize(std::min(file.size(), std::uint64_t{1} << bits));
  file.read(0, start);
  return start;
}

void check_self_contained(ByteView raw) {
  if (const auto backing = load_be<std::uint64_t>(raw, 8); backing != 0) {
    refuse(Errc::invalid,
           "qcow2: backing_file_offset is {:#x}: the disk needs another file. "
           "Make it whole with: qemu-img convert -O qcow2",
           backing);
  }
  if (const auto method = load_be<std::uint32_t>(raw, 32); method != 0) {
    refuse(
        Errc::unsupported,
        "qcow2: crypt_method is {}: encrypted disks are not read. Decrypt it "
        "before the upload",
        method);
  }
}

std::uint64_t checked_features(ByteView raw) {
  const auto features = load_be<std::uint64_t>(raw, 72);
  if (features & kCorrupt) {
    refuse(
        Errc::corrupt,
        "qcow2: the corrupt bit is set (incompatible_features {:#x}): mend the "
        "file with: qemu-img check -r all",
        features);
  }
  if (features & kDataFile) {
    refuse(Errc::invalid,
           "qcow2: the data file bit is set (incompatible_features {:#x}): the "
           "disk needs another file. Make it whole with: qemu-img convert "
           "-O qcow2",
           features);
  }
  if (features & ~kUnderstood) {
    refuse(Errc::unsupported,
           "qcow2: incompatible_features is {:#x}: bits {:#x} are unknown",
           features, features & ~kUnderstood);
  }
  return features;
}

Compression decode_compression(ByteView raw, std::uint64_t header_length,
                               std::uint64_t features) {
  const auto type = header_length > kCompressionType
                        ? std::to_integer<unsigned>(raw[kCompressionType])
                        : 0;
  if (type > 1) {
    refuse(Errc::unsupported,
           "qcow2: compression_type is {}; 0 (zlib) and 1 (zstd) are read",
           type);
  }
  if ((type != 0) != ((features & kCompressionField) != 0)) {
    refuse(Errc::corrupt,
           "qcow2: compression_type is {} but incompatible_features is {:#x}",
           type, features);
  }
  return static_cast<Compression>(type);
}

// The fields that only version 3 has. Returns the header's length.
std::uint64_t decode_version_3(ByteView raw, Header& header) {
  if (raw.size() < kHeaderV3) {
    refuse(Errc::corrupt, "qcow2: the file has {} bytes; a header needs {}",
           raw.size(), kHeaderV3);
  }
  const std::uint64_t features = checked_features(raw);
  const auto order = load_be<std::uint32_t>(raw, 96);
  if (order > kMaxRefcountOrder) {
    refuse(Errc::corrupt, "qcow2: refcount_order is {}; 0 to {} are allowed",
           order, kMaxRefcountOrder);
  }
  const std::uint64_t length = load_be<std::uint32_t>(raw, 100);
  if (length < kHeaderV3 || length > raw.size()) {
    refuse(Errc::corrupt,
           "qcow2: header_length is {}; {} to {} are allowed here", length,
           kHeaderV3, raw.size());
  }
  header.compression = decode_compression(raw, length, features);
  header.extended_l2 = (features & kExtendedL2) != 0;
  if (header.extended_l2 && header.cluster_bits < kMinExtendedClusterBits) {
    refuse(Errc::corrupt,
           "qcow2: cluster_bits is {}; extended L2 entries need {} or more",
           header.cluster_bits, kMinExtendedClusterBits);
  }
  return length;
}

// Refuses those that name another file or a key; skips the others.
void check_extensions(ByteView raw, std::uint64_t at) {
  while (at + 8 <= raw.size()) {
    const auto type = load_be<std::uint32_t>(raw, at);
    const std::uint64_t length = load_be<std::uint32_t>(raw, at + 4);
    if (type == kEndOfExtensions) return;
    if (length > raw.size() - at - 8) {
      refuse(Errc::corrupt,
             "qcow2: the header extension {:#x} at {} has {} bytes: it ends "
             "outside the first cluster",
             type, at, length);
    }
    if (type == kDataFileName) {
      refuse(
          Errc::invalid,
          "qcow2: a header extension names a data file: the disk needs another "
          "file. Make it whole with: qemu-img convert -O qcow2");
    }
    if (type == kEncryption) {
      refuse(Errc::unsupported,
             "qcow2: a header extension holds an encryption key: encrypted "
             "disks are not read. Decrypt it before the upload");
    }
    at += 8 + round_up(length, 8);
  }
}

void check_table(std::string_view name, std::uint64_t offset,
                 std::uint64_t length, std::uint64_t cluster_size,
                 std::uint64_t file_size) {
  if (offset % cluster_size != 0) {
    refuse(Errc::corrupt,
           "qcow2: {}_offset is {:#x}: no multiple of the cluster size", name,
           offset);
  }
  if (offset > file_size || length > file_size - offset) {
    refuse(Errc::corrupt,
           "qcow2: the {} at {:#x} with {} bytes ends outside the file of {} "
           "bytes",
           name, offset, length, file_size);
  }
}

void check_sizes(const Header& header, std::uint64_t file_size) {
  const std::uint64_t cluster = header.cluster_size();
  if (header.disk_size == 0) {
    refuse(Errc::invalid, "qcow2: size is 0: there is no disk in the file");
  }
  if (header.l1_entries > kMaxL1Entries) {
    refuse(Errc::corrupt,
           "qcow2: l1_size is {}; {} entries (32 MiB) are allowed",
           header.l1_entries, kMaxL1Entries);
  }
  if (divide_up(header.disk_size, header.l2_reach()) > header.l1_entries) {
    refuse(Errc::corrupt,
           "qcow2: size is {} but l1_size {} reaches only {} bytes",
           header.disk_size, header.l1_entries,
           header.l1_entries * header.l2_reach());
  }
  check_table("l1_table", header.l1_offset, header.l1_entries * 8, cluster,
              file_size);
  const std::uint64_t refcounts = header.refcount_table_clusters * cluster;
  if (refcounts == 0 || refcounts > kMaxRefcountTable) {
    refuse(Errc::corrupt,
           "qcow2: refcount_table_clusters is {}; 1 to {} are allowed",
           header.refcount_table_clusters, kMaxRefcountTable / cluster);
  }
  check_table("refcount_table", header.refcount_table_offset, refcounts,
              cluster, file_size);
}

}  // namespace

Header Header::decode(const block::ByteSource& file) {
  Bytes raw = first_cluster(file);
  check_self_contained(raw);
  Header header;
  header.version = load_be<std::uint32_t>(raw, 4);
  header.cluster_bits = load_be<std::uint32_t>(raw, 20);
  header.disk_size = load_be<std::uint64_t>(raw, 24);
  header.l1_entries = load_be<std::uint32_t>(raw, 36);
  header.l1_offset = load_be<std::uint64_t>(raw, 40);
  header.refcount_table_offset = load_be<std::uint64_t>(raw, 48);
  header.refcount_table_clusters = load_be<std::uint32_t>(raw, 56);
  const std::uint64_t length =
      header.version == 3 ? decode_version_3(raw, header) : kHeaderV2;
  check_extensions(raw, round_up(length, 8));
  check_sizes(header, file.size());
  return header;
}

Bytes Header::encode() const {
  Bytes raw(kHeaderWritten + 8);  // and the end of extensions
  store_be(raw, 0, kMagic);
  store_be(raw, 4, version);
  store_be(raw, 20, cluster_bits);
  store_be(raw, 24, disk_size);
  store_be(raw, 36, l1_entries);
  store_be(raw, 40, l1_offset);
  store_be(raw, 48, refcount_table_offset);
  store_be(raw, 56, refcount_table_clusters);
  store_be(raw, 96, std::uint32_t{4});  // refcounts of 16 bits
  store_be(raw, 100, static_cast<std::uint32_t>(kHeaderWritten));
  return raw;
}

L2Entry L2Entry::decode(const Header& header, ByteView raw,
                        std::uint64_t guest_offset) {
  const auto value = load_be<std::uint64_t>(raw);
  const auto bad = [&](std::string_view why) {
    refuse(Errc::corrupt,
           "qcow2: the L2 entry of guest offset {:#x} is {:#x}: {}",
           guest_offset, value, why);
  };
  if (value & kCompressed) {
    const unsigned shift = 62 - (header.cluster_bits - 8);
    const std::uint64_t offset = value & ((std::uint64_t{1} << shift) - 1);
    const std::uint64_t sectors =
        ((value & ~(kCopied | kCompressed)) >> shift) + 1;
    return {Kind::compressed, offset, sectors * 512 - offset % 512, 0};
  }
  const bool may_be_zero = header.version >= 3 && !header.extended_l2;
  const std::uint64_t known =
      kCopied | kOffsetMask | (may_be_zero ? kReadsAsZeros : 0);
  if (value & ~known) bad("reserved bits are set");
  const std::uint64_t offset = value & kOffsetMask;
  if (offset % header.cluster_size() != 0) bad("the cluster is misaligned");
  if (!header.extended_l2) {
    const bool hole = offset == 0 || (value & kReadsAsZeros);
    return {hole ? Kind::hole : Kind::data, offset, 0, hole ? 0 : ~0u};
  }
  const auto bitmap = load_be<std::uint64_t>(raw, 8);
  const auto stored = static_cast<std::uint32_t>(bitmap);
  if (stored & (bitmap >> 32)) bad("a subcluster is both stored and zero");
  if (stored != 0 && offset == 0) bad("it stores subclusters nowhere");
  return {stored == 0 ? Kind::hole : Kind::data, offset, 0, stored};
}

}  // namespace platter::format::qcow2
