// tests/service/refused_files.cpp
#include "refused_files.h"

#include <libdeflate.h>

#include "support/changed_file.h"
#include "support/iso_file.h"
#include "support/qcow2_file.h"
#include "support/vdi_file.h"
#include "support/vhd_file.h"
#include "support/vhdx_file.h"
#include "support/vmdk_file.h"
#include "support/wrapped_files.h"

namespace platter::test {

using namespace std::string_view_literals;

namespace {

Bytes marked(std::uint64_t offset, std::string_view mark) {
  Bytes bytes = random_bytes(64 * kKiB, 1);
  std::ranges::copy(as_bytes(mark),
                    bytes.begin() + static_cast<std::ptrdiff_t>(offset));
  return bytes;
}

// A GPT whose backup lies in that sector, as UEFI's specification has it.
Bytes partitioned(std::uint64_t backup, std::uint64_t size) {
  Bytes disk(size);
  const auto header = MutableBytes(disk).subspan(512, 92);
  std::ranges::copy(as_bytes("EFI PART"), header.begin());
  store_le(header, 12, std::uint32_t{92});
  store_le(header, 24, std::uint64_t{1});
  store_le(header, 32, backup);
  store_le(header, 16, libdeflate_crc32(0, header.data(), header.size()));
  return disk;
}

Bytes machine(const std::string& ovf, const std::string& name, ByteView disk) {
  return TarFolder().add("vm.ovf", ovf).add(name, disk).tar();
}

}  // namespace

RefusedFiles files_that_need_others() {
  const std::string extent = "RW 64 SPARSE \"d.vmdk\"\n";
  return {
      {"qcow2 with a backing file", "d.qcow2",
       changed<Qcow2File>([](Qcow2File& file) {
         file.set64(8, 200);
         file.set32(16, 11);
         file.set(200, as_bytes("/etc/passwd"));
       }),
       Errc::invalid, "backing_file_offset is 0xc8"},
      {"qcow2 with a data file", "d.qcow2", with<Qcow2File>(72, 4ul),
       Errc::invalid, "data file"},
      {"qcow2 that names a data file", "d.qcow2",
       changed<Qcow2File>([](Qcow2File& file) {
         file.set32(112, 0x44415441);
         file.set32(116, 8);
       }),
       Errc::invalid, "data file"},
      {"differencing vhd", "d.vhd", with_footers(60, 4), Errc::invalid,
       "disk_type is 4 (differencing)"},
      {"vhd with a parent locator", "d.vhd",
       changed<VhdFile>([](VhdFile& file) {
         file.write(VhdFile::kHeader + 576, as_bytes("W2ku"));
       }),
       Errc::invalid, "parent locators"},
      {"vhdx with a parent", "d.vhdx", with<VhdxFile>(VhdxFile::kItems + 4, 2u),
       Errc::invalid, "HasParent"},
      {"vhdx with blocks of a parent", "d.vhdx",
       changed<VhdxFile>([](auto& file) { file.set_entry(3, 7); }),
       Errc::invalid, "differencing"},
      {"differencing vdi", "d.vdi", with<VdiFile>(0x4c, 4u), Errc::invalid,
       "differencing"},
      {"undo vdi", "d.vdi", with<VdiFile>(0x4c, 3u), Errc::invalid, "undo"},
      {"vdi with a link", "d.vdi", with<VdiFile>(0x1a8, 1u), Errc::invalid,
       "uuid_link"},
      {"vdi with a parent", "d.vdi", with<VdiFile>(0x1b8, 1u), Errc::invalid,
       "uuid_parent"},
      {"vmdk with a parent", "d.vmdk",
       described("parentCID=12345678\n" + extent), Errc::invalid,
       "parentCID is 12345678"},
      {"vmdk that hints at a parent", "d.vmdk",
       described("parentFileNameHint=\"/etc/passwd\"\n" + extent),
       Errc::invalid, "/etc/passwd"},
      {"vmdk whose extent is a path", "d.vmdk",
       described("RW 64 SPARSE \"/etc/passwd\"\n"), Errc::invalid,
       "a path to another file"},
      {"vmdk whose extent is a path upwards", "d.vmdk",
       described("RW 64 SPARSE \"../d.vmdk\"\n"), Errc::invalid,
       "a path to another file"},
      {"vmdk with a flat extent", "d.vmdk",
       described("RW 64 FLAT \"/etc/passwd\" 0\n"), Errc::invalid,
       "another file"},
      {"vmdk of several extents", "d.vmdk",
       described(extent + "RW 64 SPARSE \"e.vmdk\"\n"), Errc::invalid,
       "several extents"},
      {"vmdk that is a piece of one", "d.vmdk", with<VmdkFile>(28, 0ul),
       Errc::invalid, "one of several"},
      {"machine of a delta", "d.ova",
       machine(ovf_of({{"d.vmdk", "", "ovf:parentRef='other'"}}), "d.vmdk",
               VmdkFile().bytes()),
       Errc::invalid, "ovf:parentRef"},
      {"machine whose disk is elsewhere", "d.ova",
       machine(ovf_of({{"file:///etc/passwd"}}), "d.vmdk", VmdkFile().bytes()),
       Errc::corrupt, "\"file:///etc/passwd\" is not in the archive"},
  };
}

RefusedFiles broken_raw_and_iso_files() {
  return {
      {"raw that lacks the end of its partition table", "d.raw",
       partitioned(20'000, kMiB), Errc::corrupt,
       "its backup in sector 20000 of 512 bytes"},
      {"iso that was cut off", "d.iso", changed<IsoFile>([](IsoFile& file) {
         file.set_blocks(IsoFile::kBlocks + 151);
       }),
       Errc::corrupt, "volume space size is 191 blocks"},
  };
}

RefusedFiles foreign_files() {
  const auto foreign = [](const std::string& title, std::string_view mark,
                          const std::string& words, std::uint64_t at = 0) {
    return RefusedFile{title, "d.img", marked(at, mark), Errc::unsupported,
                       words};
  };
  return {
      foreign("qcow", "QFI\xfb\0\0\0\1"sv, "qcow "),
      foreign("QED", "QED\0"sv, "QED"),
      foreign("COWD", "COWD", "COWD"),
      foreign("seSparse", "\xbe\xba\xfe\xca\0\0\0\0"sv, "seSparse"),
      foreign("Parallels", "WithoutFreeSpace", "Parallels"),
      foreign("Parallels, expanding", "WithouFreSpacExt", "Parallels"),
      foreign("Bochs", "Bochs Virtual HD Image", "Bochs"),
      foreign("cloop", "#!/bin/sh\n#V2.0 Format\nmodprobe cloop", "cloop"),
      foreign("DMG", "koly\0\0\0\4\0\0\2\0"sv, "DMG", 64 * kKiB - 512),
  };
}

RefusedFiles contradictory_files() {
  const Bytes qcow2 = Qcow2File().bytes();
  const Bytes noise = marked(0, "noise");
  Bytes two = block::read_all(VhdFile());
  std::ranges::copy(as_bytes("QFI\xfb\0\0\0\3"sv), two.begin());
  Bytes three = marked(64 * kKiB - 512, "koly\0\0\0\4\0\0\2\0"sv);
  std::ranges::copy(as_bytes("QFI\xfb\0\0\0\3"sv), three.begin());
  Bytes gz = packed(archive::Wrapper::gz, noise);
  const Bytes vhd = block::read_all(VhdFile());
  gz.resize(round_up(gz.size(), 512));
  gz.insert(gz.end(), vhd.end() - 512, vhd.end());
  return {
      {"a name of another format", "d.vmdk", qcow2, Errc::invalid,
       "\"d.vmdk\" holds a qcow2 disk"},
      {"a raw disk with a format's name", "d.qcow2", noise, Errc::invalid,
       "\"d.qcow2\" holds a raw disk"},
      {"a declaration of another format", "d.img", qcow2, Errc::invalid,
       "disk_format was set to vdi", "vdi"},
      {"a format declared of a raw disk", "d.img", noise, Errc::invalid,
       "disk_format was set to qcow2", "qcow2"},
      {"a plain disk with a wrapper's name", "d.raw.gz", noise, Errc::invalid,
       "holds a plain disk"},
      {"qcow2 and vhd at once", "d.img", two, Errc::invalid,
       "at once, qcow2 and vhd"},
      {"qcow2 and DMG at once", "d.img", three, Errc::invalid,
       "at once, qcow2 and DMG"},
      {"gz and vhd at once", "d.img", gz, Errc::invalid,
       "is a gz file and a vhd disk at once"},
  };
}

RefusedFiles broken_wrappers() {
  using archive::Wrapper;
  const Bytes disk = random_bytes(64 * kKiB, 1);
  Bytes short_gz = packed(Wrapper::gz, disk);
  short_gz.resize(short_gz.size() / 2);
  const Bytes twice = packed(Wrapper::xz, packed(Wrapper::gz, disk));
  Bytes thrice = disk;
  for (int n = 0; n < 20; ++n) thrice = packed(Wrapper::gz, thrice);
  const Bytes bomb = piped(
      "head -c 16M /dev/zero | tr '\\0' x | gzip -9 -c >part; "
      "for n in $(seq 32); do cat part; done; rm part",
      {});
  const Bytes vmdk = VmdkFile().bytes();
  return {
      {"bomb", "d.raw.gz", bomb, Errc::too_large, "max_"},
      {"one in another", "d.raw.xz", twice, Errc::unsupported,
       "holds a gz file"},
      {"twenty, one in the other", "d.raw.gz", thrice, Errc::unsupported,
       "holds a gz file"},
      {"cut off", "d.raw.gz", short_gz, Errc::corrupt, "cut off"},
      {"nothing in it", "d.raw.xz", packed(Wrapper::xz, {}), Errc::invalid,
       "nothing in the file"},
      {"a broken disk in it", "d.qcow2.zst",
       packed(Wrapper::zst, with<Qcow2File>(72, 2ul)), Errc::corrupt,
       "corrupt bit"},
      {"a disk of another file in it", "d.vdi.bz2",
       packed(Wrapper::bz2, with<VdiFile>(0x1a8, 1u)), Errc::invalid,
       "uuid_link"},
      {"machine of two disks", "d.ova",
       TarFolder()
           .add("vm.ovf", ovf_of({{"one.vmdk"}, {"two.vmdk"}}))
           .add("one.vmdk", vmdk)
           .add("two.vmdk", vmdk)
           .tar(),
       Errc::invalid, "2 disks: \"one.vmdk\", \"two.vmdk\""},
      {"machine without a disk", "d.ova", machine(ovf_of({}), "x", vmdk),
       Errc::invalid, "names no disk"},
      {"machine in a machine", "d.ova",
       machine(ovf_of({{"e.ova"}}), "e.ova",
               machine(ovf_of({{"d.vmdk"}}), "d.vmdk", vmdk)),
       Errc::unsupported, "holds a ova file"},
      {"machine with a link", "d.ova",
       TarFolder()
           .add("vm.ovf", ovf_of({{"d.vmdk"}}))
           .add_made("d.vmdk", "ln -s /etc/passwd d.vmdk")
           .tar(),
       Errc::invalid, "is a link or a device"},
  };
}

}  // namespace platter::test
