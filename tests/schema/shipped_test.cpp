// tests/schema/shipped_test.cpp: the namespaces that come with the program:
// for every property, values that it takes and one that it does not.
#include <algorithm>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "platter/json/json.h"
#include "platter/schema/schema.h"
#include "support/errors.h"

namespace platter::schema {
namespace {

namespace data = boost::unit_test::data;
using test::says;

const Schema& shipped() {
  static const Schema kSchema = Schema::load({});
  return kSchema;
}

struct Row {
  std::string name;
  // Parted by blanks; each is kept as it is written.
  std::string good;
  std::string bad;  // "": any text is taken
};
std::ostream& operator<<(std::ostream& out, const Row& one) {
  return out << one.name;
}

const std::string kUuid = "6f1c0a52-0000-4000-8000-0123456789ab";
const std::string kBuses = "scsi virtio uml xen ide usb fdc sata lxc";
const std::string kTruths = "true false";

// In the order of "Useful image properties" of OpenStack, then SCS and ours.
const std::vector<Row> kRows = {
    {"architecture",
     "aarch64 alpha armv7l cris i686 ia64 lm32 m68k microblaze microblazeel "
     "mips mipsel mips64 mips64el openrisc parisc parisc64 ppc ppc64 ppcemb "
     "riscv64 s390 s390x sh4 sh4eb sparc sparc64 unicore32 x86_64 xtensa "
     "xtensaeb",
     "amd64"},
    {"hypervisor_type",
     "baremetal hyperv ironic kvm lxc powervm qemu uml vmware vz xen", "bhyve"},
    {"vm_mode", "hvm xen uml exe", "pv"},
    {"os_type", "linux windows bsd", "Linux"},
    {"os_distro",
     "arch centos debian fedora freebsd gentoo mandrake mandriva mes msdos "
     "netbsd netware openbsd opensolaris opensuse rocky rhel sled ubuntu "
     "windows almalinux",
     ""},
    {"os_version", "12 24.04", ""},
    {"os_admin_user", "root", ""},
    {"os_secure_boot", "required disabled optional", "yes"},
    {"os_shutdown_timeout", "0 60", "-1"},
    {"os_command_line", "quiet", ""},
    {"os_require_quiesce", kTruths, "maybe"},
    {"description", "text", ""},
    {"kernel_id", kUuid, "vmlinuz"},
    {"ramdisk_id", kUuid, "initrd"},
    {"instance_uuid", kUuid, "web-1"},
    {"rootfs_uuid", "any", ""},
    {"img_config_drive", "mandatory optional", "true"},
    {"img_type", "whole-disk partition", "disk"},
    {"img_hide_hypervisor_id", kTruths, "maybe"},
    {"hw_disk_bus", kBuses, "sataa"},
    {"hw_cdrom_bus", kBuses, "nvme"},
    {"hw_scsi_model", "virtio-scsi lsilogic", "scsi"},
    {"hw_vif_model",
     "e1000 e1000e ne2k_pci netfront pcnet rtl8139 spapr-vlan virtio vmxnet3 "
     "igb VirtualE1000 VirtualE1000e VirtualPCNet32 VirtualVmxnet "
     "VirtualVmxnet3",
     "e100"},
    {"hw_vif_multiqueue_enabled", kTruths, "2"},
    {"hw_firmware_type", "bios uefi", "efi"},
    {"hw_firmware_stateless", kTruths, "maybe"},
    {"hw_machine_type", "q35 pc virt hyperv-gen1 hyperv-gen2", ""},
    {"hw_cpu_sockets", "1 64", "one"},
    {"hw_cpu_cores", "1 64", "1.5"},
    {"hw_cpu_threads", "1 2", "-2"},
    {"hw_cpu_max_sockets", "1 64", "all"},
    {"hw_cpu_max_cores", "1 64", "all"},
    {"hw_cpu_max_threads", "1 64", "all"},
    {"hw_cpu_policy", "shared dedicated mixed", "pinned"},
    {"hw_cpu_thread_policy", "prefer isolate require", "avoid"},
    {"hw_cpu_mode", "none host-model host-passthrough custom", "host"},
    {"hw_mem_page_size", "small large any 2MB", ""},
    {"hw_mem_encryption", kTruths, "maybe"},
    {"hw_mem_encryption_model", "amd-sev amd-sev-es amd-sev-snp", "tdx"},
    {"hw_video_model", "vga cirrus vmvga xen qxl virtio gop none bochs",
     "voodoo"},
    {"hw_video_ram", "0 64", "64MB"},
    {"hw_watchdog_action", "disabled reset poweroff pause none", "bark"},
    {"hw_qemu_guest_agent", kTruths, "maybe"},
    {"hw_rng_model", "virtio", "dice"},
    {"hw_pointer_model", "usbtablet", "mouse"},
    {"hw_pmu", kTruths, "maybe"},
    {"hw_time_hpet", kTruths, "maybe"},
    {"hw_boot_menu", kTruths, "maybe"},
    {"hw_virtio_packed_ring", kTruths, "maybe"},
    {"hw_serial_port_count", "0 4", "-1"},
    {"hw_rescue_bus", "scsi virtio ide usb", "sata"},
    {"hw_rescue_device", "cdrom disk floppy", "tape"},
    {"hw_tpm_model", "tpm-tis tpm-crb", "tpm"},
    {"hw_tpm_version", "1.2 2.0", "2"},
    {"hw_numa_nodes", "1 2", "0"},
    {"hw_numa_cpus.0", "0,1 0-3,^2", "all"},
    {"hw_numa_cpus.12", "4", ":"},
    {"hw_numa_mem.1", "512", "1GB"},
    {"vmware_adaptertype", "lsiLogic lsiLogicsas busLogic ide paraVirtual",
     "lsilogic"},
    {"vmware_disktype", "streamOptimized sparse preallocated", "thin"},
    {"vmware_ostype", "debian12_64Guest otherGuest windows9Server64Guest",
     "debian"},
    {"img_linked_clone", kTruths, "maybe"},
    {"trait:HW_CPU_X86_AVX2", "required", "forbidden"},
    {"cinder_encryption_key_id", kUuid, "key"},
    {"cinder_encryption_key_deletion_policy", "on_image_deletion do_not_delete",
     "never"},
    {"cinder_img_volume_type", "fast", ""},
    {"replace_frequency",
     "yearly quarterly monthly weekly daily critical_bug never", "often"},
    {"uuid_validity", "none last-3 2027-06-30 notice forever", "last-"},
    {"provided_until", "2027-06-30 none notice", "2027-13-30"},
    {"maintained_until", "2027-06-30", "none"},
    {"image_source", "https://example.org/x private", ""},
    {"image_description", "text", ""},
    {"image_build_date", "2026-11-28 2026-11-28T07:03:28Z", "yesterday"},
    {"image_original_user", "debian", ""},
    {"patchlevel", "7", ""},
    {"hotfix_hours", "0 24", "soon"},
    {"license_included", kTruths, "maybe"},
    {"license_required", kTruths, "maybe"},
    {"subscription_included", kTruths, "maybe"},
    {"subscription_required", kTruths, "maybe"},
    {"deprecated", kTruths, "maybe"},
    {"replacement", "debian-13", ""},
    {"cloud_init", kTruths, "maybe"},
    {"media_group", "Debian", ""},
};

BOOST_AUTO_TEST_SUITE(schema_shipped)

BOOST_DATA_TEST_CASE(every_property, data::make(kRows), row) {
  std::istringstream words(row.good);
  for (std::string word; words >> word;) {
    BOOST_TEST(shipped().check(row.name, word) == word);
  }
  if (row.bad.empty()) {
    BOOST_TEST(shipped().check(row.name, "any text") == "any text");
    return;
  }
  BOOST_CHECK_EXCEPTION(shipped().check(row.name, row.bad), Error,
                        says(Errc::invalid, row.name + " is "));
  BOOST_CHECK_EXCEPTION(shipped().check(row.name, row.bad), Error,
                        says(Errc::invalid, "\"" + row.bad + "\" is not"));
}

// The table above forgets none, and defines none that is not there: with
// other names refused, a name is known or not.
BOOST_AUTO_TEST_CASE(every_property_is_in_the_table) {
  Options options;
  options.refuse_unknown = true;
  const Schema strict = Schema::load(options);
  const auto is_known = [&](const std::string& name) {
    try {
      strict.check(name, "");
    } catch (const Error& error) {
      return !says(Errc::invalid, "no schema defines")(error);
    }
    return true;
  };
  for (const Row& row : kRows) BOOST_TEST(is_known(row.name), row.name);
  BOOST_TEST(!is_known("no_such_name"));
  std::size_t count = 0;
  for (const Namespace& one : shipped().namespaces()) {
    const auto document = json::parse_object(one.text, one.name);
    for (const auto& [name, definition] : document["properties"].items()) {
      const std::string stem = name.substr(0, name.find_last_not_of("*#") + 1);
      BOOST_TEST(std::ranges::any_of(kRows,
                                     [&](const Row& row) {
                                       return stem == name
                                                  ? row.name == name
                                                  : row.name.starts_with(stem);
                                     }),
                 name);
      ++count;
    }
  }
  // hw_numa_cpus. has two rows.
  BOOST_TEST(count + 1 == kRows.size());
}

BOOST_AUTO_TEST_CASE(namespaces_say_what_they_are_for) {
  BOOST_TEST(shipped().namespaces().size() == 18u);
  for (const Namespace& one : shipped().namespaces()) {
    const auto document = json::parse_object(one.text, one.name);
    for (const char* member : {"display_name", "description"}) {
      BOOST_TEST(document.contains(member), one.name << " " << member);
    }
    for (const auto& [name, definition] : document["properties"].items()) {
      BOOST_TEST(definition.contains("title"), name);
      BOOST_TEST(definition.contains("description"), name);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::schema
