// src/format/qcow2_layout.cpp: header and L2 entries, from and to bytes.
#include "qcow2_layout.h"

#include <algorithm>
#include <array>

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

constexpr std::uint64_t kUnderstood =
    kDirty | kCorrupt | kDataFile | kCompressionField | kExtendedL2;

// Header extensions.
constexpr std::uint32_t kEndOfExtensions = 0;
constexpr std::uint32_t kDataFileName = 0x44415441;
constexpr std::uint32_t kKeyHeader = 0x0537be77;
constexpr std::uint64_t kKeyHeaderSize = 16;

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

void check_backing(const Header& header) {
  if (header.backing_offset != 0) {
    refuse(Errc::invalid,
           "qcow2: backing_file_offset is {:#x}: the disk needs another file. "
           "Make it whole with: qemu-img convert -O qcow2",
           header.backing_offset);
  }
}

void check_features(const Header& header) {
  const std::uint64_t features = header.features;
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
}

void check_compression(const Header& header) {
  const auto type = static_cast<unsigned>(header.compression);
  if (type > 1) {
    refuse(Errc::unsupported,
           "qcow2: compression_type is {}; 0 (zlib) and 1 (zstd) are read",
           type);
  }
  if ((type != 0) != ((header.features & kCompressionField) != 0)) {
    refuse(Errc::corrupt,
           "qcow2: compression_type is {} but incompatible_features is {:#x}",
           type, header.features);
  }
}

// The fields that only version 3 has. `there`: bytes of the first cluster.
void check_version_3(const Header& header, std::uint64_t there) {
  if (there < kHeaderV3) {
    refuse(Errc::corrupt, "qcow2: the file has {} bytes; a header needs {}",
           there, kHeaderV3);
  }
  check_features(header);
  if (header.refcount_order > kMaxRefcountOrder) {
    refuse(Errc::corrupt, "qcow2: refcount_order is {}; 0 to {} are allowed",
           header.refcount_order, kMaxRefcountOrder);
  }
  if (header.length < kHeaderV3 || header.length > there) {
    refuse(Errc::corrupt,
           "qcow2: header_length is {}; {} to {} are allowed here",
           header.length, kHeaderV3, there);
  }
  check_compression(header);
  if (header.extended_l2() && header.cluster_bits < kMinExtendedClusterBits) {
    refuse(Errc::corrupt,
           "qcow2: cluster_bits is {}; extended L2 entries need {} or more",
           header.cluster_bits, kMinExtendedClusterBits);
  }
}

void check_key_extension(std::uint64_t length) {
  if (length != kKeyHeaderSize) {
    refuse(Errc::corrupt,
           "qcow2: the header extension of encryption has {} bytes, not {}",
           length, kKeyHeaderSize);
  }
}

// Refuses an extension that names another file; takes in where LUKS has its
// header, and skips the others.
void take_extensions(ByteView raw, Header& header) {
  std::uint64_t at = round_up(header.length, 8);
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
    if (type == kKeyHeader) {
      check_key_extension(length);
      header.has_key = true;
      header.key_offset = load_be<std::uint64_t>(raw, at + 8);
      header.key_length = load_be<std::uint64_t>(raw, at + 16);
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

void check_encryption(const Header& header, std::uint64_t file_size) {
  const auto method = static_cast<std::uint32_t>(header.encryption);
  if (method > static_cast<std::uint32_t>(Encryption::luks)) {
    refuse(
        Errc::unsupported,
        "qcow2: crypt_method is {}; 0 (none), 1 (AES) and 2 (LUKS) are known",
        method);
  }
  if (header.has_key != (header.encryption == Encryption::luks)) {
    refuse(Errc::corrupt,
           "qcow2: crypt_method is {}, but there is {} header extension of "
           "encryption",
           method, header.has_key ? "a" : "no");
  }
  check_table("key_header", header.key_offset, header.key_length,
              header.cluster_size(), file_size);
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

std::string_view name_of(Encryption method) noexcept {
  switch (method) {
    case Encryption::aes:
      return "AES";
    case Encryption::luks:
      return "LUKS";
    default:
      return "";
  }
}

Header Header::fields(ByteView raw) {
  std::array<std::byte, kHeaderWritten> all{};
  std::ranges::copy(raw.first(std::min(raw.size(), all.size())), all.begin());
  Header header;
  header.version = load_be<std::uint32_t>(all, 4);
  header.backing_offset = load_be<std::uint64_t>(all, 8);
  header.cluster_bits = load_be<std::uint32_t>(all, 20);
  header.disk_size = load_be<std::uint64_t>(all, 24);
  header.encryption = static_cast<Encryption>(load_be<std::uint32_t>(all, 32));
  header.l1_entries = load_be<std::uint32_t>(all, 36);
  header.l1_offset = load_be<std::uint64_t>(all, 40);
  header.refcount_table_offset = load_be<std::uint64_t>(all, 48);
  header.refcount_table_clusters = load_be<std::uint32_t>(all, 56);
  header.snapshots = load_be<std::uint32_t>(all, 60);
  header.length = kHeaderV2;
  if (header.version < 3) return header;
  header.features = load_be<std::uint64_t>(all, 72);
  header.refcount_order = load_be<std::uint32_t>(all, 96);
  header.length = load_be<std::uint32_t>(all, 100);
  if (header.length > kCompressionType) {
    header.compression = static_cast<Compression>(all[kCompressionType]);
  }
  return header;
}

Header Header::decode(const block::ByteSource& file) {
  const Bytes raw = first_cluster(file);
  Header header = fields(raw);
  check_backing(header);
  if (header.version == 3) check_version_3(header, raw.size());
  take_extensions(raw, header);
  check_sizes(header, file.size());
  check_encryption(header, file.size());
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
  const bool may_be_zero = header.version >= 3 && !header.extended_l2();
  const std::uint64_t known =
      kCopied | kOffsetMask | (may_be_zero ? kReadsAsZeros : 0);
  if (value & ~known) bad("reserved bits are set");
  const std::uint64_t offset = value & kOffsetMask;
  if (offset % header.cluster_size() != 0) bad("the cluster is misaligned");
  if (!header.extended_l2()) {
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
