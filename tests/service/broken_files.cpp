// tests/service/broken_files.cpp: disks with fields that say what cannot be.
#include "refused_files.h"
#include "support/changed_file.h"
#include "support/qcow2_file.h"
#include "support/vdi_file.h"
#include "support/vhdx_file.h"

namespace platter::test {

namespace {

constexpr std::uint64_t kItem = VhdxFile::kMetadata + 32;
constexpr std::uint64_t kVhdxSize = VhdxFile::kItems + 16;

}  // namespace

RefusedFiles broken_qcow2_files() {
  const auto entry = [](std::uint64_t value) {
    return changed<Qcow2File>([&](auto& file) { file.set_l2(1, value); });
  };
  return {
      {"version", "d.qcow2", with<Qcow2File>(4, 4u), Errc::unsupported,
       "version is 4"},
      {"unknown feature", "d.qcow2", with<Qcow2File>(72, 1ul << 63),
       Errc::unsupported, "unknown"},
      {"corrupt bit", "d.qcow2", with<Qcow2File>(72, 2ul), Errc::corrupt,
       "corrupt bit"},
      {"compression", "d.qcow2", changed<Qcow2File>([](Qcow2File& file) {
         file.set32(104, 2u << 24);
         file.set64(72, 8);
       }),
       Errc::unsupported, "compression_type is 2"},
      {"unknown encryption", "d.qcow2", with<Qcow2File>(32, 3u),
       Errc::unsupported, "crypt_method is 3"},
      {"cluster size", "d.qcow2", with<Qcow2File>(20, 22u), Errc::corrupt,
       "cluster_bits is 22"},
      {"refcount width", "d.qcow2", with<Qcow2File>(96, 7u), Errc::corrupt,
       "refcount_order is 7"},
      {"no disk", "d.qcow2", with<Qcow2File>(24, 0ul), Errc::invalid,
       "size is 0"},
      {"endless disk", "d.qcow2", with<Qcow2File>(24, ~0ul), Errc::corrupt,
       "size is 18446744073709551615"},
      {"huge L1 table", "d.qcow2", with<Qcow2File>(36, 4'194'305u),
       Errc::corrupt, "l1_size is 4194305"},
      {"L1 table outside", "d.qcow2", with<Qcow2File>(40, ~511ul),
       Errc::corrupt, "ends outside the file"},
      {"L1 table on the header", "d.qcow2", with<Qcow2File>(40, 0ul),
       Errc::corrupt, "L1 table at 0x0 overlaps"},
      {"L2 table outside", "d.qcow2",
       with<Qcow2File>(Qcow2File::kL1, Qcow2File::kCopied | 0x10'0000),
       Errc::corrupt, "outside the file"},
      {"refcounts on the L1 table", "d.qcow2",
       with<Qcow2File>(48, std::uint64_t{Qcow2File::kL1}), Errc::corrupt,
       "refcount table at 0x600 overlaps"},
      {"cluster outside", "d.qcow2", entry(8 * 512), Errc::corrupt,
       "outside the file"},
      {"two clusters in one place", "d.qcow2", entry(Qcow2File::kData),
       Errc::corrupt, "overlaps"},
      {"cluster on a table", "d.qcow2", entry(Qcow2File::kL2), Errc::corrupt,
       "overlaps"},
      {"reserved bits", "d.qcow2", entry(1ul << 60), Errc::corrupt,
       "reserved bits"},
      {"cut off", "d.qcow2", cut<Qcow2File>(7 * 512), Errc::corrupt,
       "outside the file"},
      {"cluster that does not unpack", "d.qcow2",
       changed<Qcow2File>([](Qcow2File& file) {
         file.resize(9 * 512);
         file.set(8 * 512, Bytes(512, std::byte{0xff}));
         file.set_l2(3, 1ul << 62 | 8 * 512);
       }),
       Errc::corrupt, "guest offset 0x600", "", true},
  };
}

RefusedFiles broken_vmdk_files() {
  const auto grain = [](std::uint32_t sector) {
    return changed<VmdkFile>([&](auto& file) { file.set_entry(5, sector); });
  };
  return {
      {"version", "d.vmdk", with<VmdkFile>(4, 4u), Errc::unsupported,
       "version is 4"},
      {"unknown flag", "d.vmdk", with<VmdkFile>(8, 9u), Errc::unsupported,
       "bits 0x8 are unknown"},
      {"compression", "d.vmdk", with<VmdkFile>(77, 2u), Errc::unsupported,
       "compressAlgorithm is 2"},
      {"sent as text", "d.vmdk", changed<VmdkFile>([](VmdkFile& file) {
         file.set(73, as_bytes("\n \n\n"));
       }),
       Errc::corrupt, "newline"},
      {"no disk", "d.vmdk", with<VmdkFile>(12, 0ul), Errc::invalid,
       "capacity is 0"},
      {"endless disk", "d.vmdk", with<VmdkFile>(12, ~0ul), Errc::corrupt,
       "grain tables"},
      {"grain size", "d.vmdk", with<VmdkFile>(20, 9u), Errc::corrupt,
       "grainSize"},
      {"descriptor outside", "d.vmdk", with<VmdkFile>(28, 1'000u),
       Errc::corrupt, "descriptor at sector 1000"},
      {"directory outside", "d.vmdk", with<VmdkFile>(56, 32u), Errc::corrupt,
       "grain directory"},
      {"table outside", "d.vmdk", with<VmdkFile>(VmdkFile::kDirectory, 32u),
       Errc::corrupt, "grain table 0"},
      {"table on the directory", "d.vmdk",
       with<VmdkFile>(VmdkFile::kDirectory, 3u), Errc::corrupt, "overlaps"},
      {"grain outside", "d.vmdk", grain(32), Errc::corrupt, "outside the file"},
      {"two grains in one place", "d.vmdk", grain(8), Errc::corrupt,
       "overlaps"},
      {"change tracking", "d.vmdk",
       described("changeTrackPath=\"d-ctk.vmdk\"\nRW 64 SPARSE \"d\"\n"),
       Errc::unsupported, "changeTrackPath"},
      {"stream without its end", "d.vmdk", changed<VmdkFile>([](auto& file) {
         file = VmdkFile::stream(true);
         file.resize(file.bytes().size() - 512);
       }),
       Errc::corrupt, "cut off"},
      {"marker of another grain", "d.vmdk", changed<VmdkFile>([](auto& file) {
         file = VmdkFile::stream();
         file.set32(VmdkFile::kData, 8);
       }),
       Errc::corrupt, "marker"},
      {"grain that does not unpack", "d.vmdk",
       changed<VmdkFile>([](VmdkFile& file) {
         file = VmdkFile::stream();
         file.set32(VmdkFile::kData + 100, 0x12345678);
       }),
       Errc::corrupt, "guest offset 0x0", "", true},
  };
}

RefusedFiles broken_vhd_files() {
  const auto entry = [](std::uint32_t sector) {
    return changed<VhdFile>([&](auto& file) { file.set_entry(0, sector); });
  };
  return {
      {"type", "d.vhd", with_footers(60, 5), Errc::unsupported,
       "disk_type is 5"},
      {"version", "d.vhd", with_footers(12, 0x20000), Errc::unsupported,
       "0x00020000"},
      {"no disk", "d.vhd",
       changed<VhdFile>([](VhdFile& file) { file.set_footers(48, 0ul); }),
       Errc::invalid, "size of the disk is 0"},
      {"too large", "d.vhd", changed<VhdFile>([](VhdFile& file) {
         file.set_footers(48, 2040 * kGiB + 512);
       }),
       Errc::corrupt, std::to_string(2040 * kGiB + 512)},
      {"block size", "d.vhd", changed<VhdFile>([](VhdFile& file) {
         file.set_be(VhdFile::kHeader + 32, 3u << 16);
       }),
       Errc::corrupt, "block_size is 196608"},
      {"header outside", "d.vhd",
       changed<VhdFile>([](VhdFile& file) { file.set_footers(16, ~0ul); }),
       Errc::corrupt, "outside the file"},
      {"table on the header", "d.vhd", changed<VhdFile>([](VhdFile& file) {
         file.set_be(VhdFile::kHeader + 16, 512ul);
       }),
       Errc::corrupt, "table at"},
      {"block outside", "d.vhd", entry(0xffff'fffe), Errc::corrupt,
       "outside the file"},
      {"two blocks in one place", "d.vhd", entry(VhdFile::kData / 512 + 1),
       Errc::corrupt, "overlaps the one at"},
      {"footers of two disks", "d.vhd",
       changed<VhdFile>([](VhdFile& file) { file.set_be(48, 65'536ul); }),
       Errc::corrupt, "two disks in one file"},
      {"cut off", "d.vhd", cut<VhdFile>(VhdFile::kFooter), Errc::corrupt,
       "footer at the end of the file"},
  };
}

RefusedFiles broken_vhdx_files() {
  const auto entry = [](std::uint64_t value) {
    return changed<VhdxFile>([&](auto& file) { file.set_entry(0, value); });
  };
  return {
      {"version", "d.vhdx", changed<VhdxFile>([](VhdxFile& file) {
         file.set_headers(66, std::uint16_t{9});
       }),
       Errc::unsupported, "version is 9"},
      {"unknown region", "d.vhdx", changed<VhdxFile>([](VhdxFile& file) {
         file.set_regions(48, std::uint8_t{0});
       }),
       Errc::unsupported, "required but not known"},
      {"unknown metadata", "d.vhdx", changed<VhdxFile>([](VhdxFile& file) {
         file.set_le(VhdxFile::kMetadata + 10, std::uint16_t{6});
         file.set_le(kItem + 5 * 32, std::uint8_t{1});
         file.set_le(kItem + 5 * 32 + 24, 4u);
       }),
       Errc::unsupported, "required but not known"},
      {"no disk", "d.vhdx", with<VhdxFile>(kVhdxSize, 0ul), Errc::invalid,
       "size is 0"},
      {"too large", "d.vhdx", with<VhdxFile>(kVhdxSize, 64 * kTiB + 512),
       Errc::corrupt, std::to_string(64 * kTiB + 512)},
      {"block size", "d.vhdx", with<VhdxFile>(VhdxFile::kItems, 3u << 20),
       Errc::corrupt, "block size is 3145728"},
      {"sector size", "d.vhdx", with<VhdxFile>(VhdxFile::kItems + 48, 1'024u),
       Errc::corrupt, "sector size is 1024"},
      {"region outside", "d.vhdx", changed<VhdxFile>([](VhdxFile& file) {
         file.set_regions(64, 6 * kMiB);
       }),
       Errc::corrupt, "8B7CA206"},
      {"log on another part", "d.vhdx", changed<VhdxFile>([](VhdxFile& file) {
         file.set_headers(68, static_cast<std::uint32_t>(2 * kMiB));
       }),
       Errc::corrupt, "overlaps another part"},
      {"block outside", "d.vhdx", entry((1ul << 40) | VhdxFile::kPresent),
       Errc::corrupt, "outside the file"},
      {"two blocks in one place", "d.vhdx",
       entry(VhdxFile::kData | VhdxFile::kPresent), Errc::corrupt,
       "overlaps another block or a table"},
      {"reserved bits", "d.vhdx", entry(8), Errc::corrupt, "reserved bits"},
      {"cut off", "d.vhdx", cut<VhdxFile>(5 * kMiB), Errc::corrupt,
       "outside the file"},
  };
}

RefusedFiles broken_vdi_files() {
  const auto entry = [](std::uint32_t block) {
    return changed<VdiFile>([&](auto& file) { file.set_map(5, block); });
  };
  return {
      {"version", "d.vdi", with<VdiFile>(0x44, 0x00010000u), Errc::unsupported,
       "version is 1.0"},
      {"type", "d.vdi", with<VdiFile>(0x4c, 5u), Errc::unsupported,
       "image_type is 5"},
      {"extra bytes", "d.vdi", with<VdiFile>(0x17c, 512u), Errc::unsupported,
       "block_extra"},
      {"block size", "d.vdi", with<VdiFile>(0x178, 5'000u), Errc::corrupt,
       "block_size"},
      {"no disk", "d.vdi", with<VdiFile>(0x170, 0ul), Errc::invalid, "no disk"},
      {"endless disk", "d.vdi", with<VdiFile>(0x170, ~0ul), Errc::corrupt,
       "reach less"},
      {"map outside", "d.vdi", with<VdiFile>(0x154, 0xffff'fe00u),
       Errc::corrupt, "outside the file"},
      {"data on the map", "d.vdi", with<VdiFile>(0x158, 0u), Errc::corrupt,
       "overlap the map"},
      {"block outside", "d.vdi", entry(3), Errc::corrupt, "map entry 5 is 3"},
      {"two blocks in one place", "d.vdi", entry(1), Errc::corrupt,
       "another entry has this block"},
      {"cut off", "d.vdi", cut<VdiFile>(3 * VdiFile::kBlock), Errc::corrupt,
       "outside the file"},
  };
}

}  // namespace platter::test
