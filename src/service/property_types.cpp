// src/service/property_types.cpp
//
// Source of the names and values: OpenStack Glance, "Useful image
// properties", and its metadata definitions.
#include "property_types.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <vector>

#include "platter/base/error.h"

namespace platter::service {

namespace {

enum class Kind { choice, boolean, number, uuid };

struct Type {
  Kind kind;
  std::vector<std::string_view> values = {};
};

const std::map<std::string_view, Type>& types() {
  using enum Kind;
  static const std::vector<std::string_view> kBuses = {
      "scsi", "virtio", "uml", "xen", "ide", "usb", "fdc", "sata", "lxc"};
  static const std::map<std::string_view, Type> kTypes = {
      {"architecture",
       {choice,
        {"aarch64", "alpha", "armv7l", "i686", "ia64", "m68k", "mips", "mips64",
         "mips64el", "mipsel", "ppc", "ppc64", "riscv64", "s390", "s390x",
         "sparc", "sparc64", "x86_64"}}},
      {"cloud_init", {boolean}},
      {"deprecated", {boolean}},
      {"hw_boot_menu", {boolean}},
      {"hw_cdrom_bus", {choice, kBuses}},
      {"hw_cpu_cores", {number}},
      {"hw_cpu_mode",
       {choice, {"none", "host-model", "host-passthrough", "custom"}}},
      {"hw_cpu_policy", {choice, {"shared", "dedicated", "mixed"}}},
      {"hw_cpu_sockets", {number}},
      {"hw_cpu_thread_policy", {choice, {"prefer", "isolate", "require"}}},
      {"hw_cpu_threads", {number}},
      {"hw_disk_bus", {choice, kBuses}},
      {"hw_firmware_stateless", {boolean}},
      {"hw_firmware_type", {choice, {"bios", "uefi"}}},
      {"hw_mem_encryption", {boolean}},
      {"hw_pmu", {boolean}},
      {"hw_pointer_model", {choice, {"usbtablet"}}},
      {"hw_qemu_guest_agent", {boolean}},
      {"hw_rescue_bus", {choice, {"scsi", "virtio", "ide", "usb"}}},
      {"hw_rescue_device", {choice, {"cdrom", "disk", "floppy"}}},
      {"hw_rng_model", {choice, {"virtio"}}},
      {"hw_scsi_model",
       {choice,
        {"auto", "buslogic", "ibmvscsi", "lsilogic", "lsisas1068", "lsisas1078",
         "virtio-scsi", "vmpvscsi"}}},
      {"hw_serial_port_count", {number}},
      {"hw_time_hpet", {boolean}},
      {"hw_tpm_model", {choice, {"tpm-tis", "tpm-crb"}}},
      {"hw_tpm_version", {choice, {"1.2", "2.0"}}},
      {"hw_vif_model",
       {choice,
        {"e1000", "e1000e", "igb", "lan9118", "ne2k_pci", "netfront", "pcnet",
         "rtl8139", "spapr-vlan", "virtio", "vmxnet3", "VirtualE1000",
         "VirtualE1000e", "VirtualPCNet32", "VirtualVmxnet",
         "VirtualVmxnet3"}}},
      {"hw_vif_multiqueue_enabled", {boolean}},
      {"hw_video_model",
       {choice,
        {"vga", "cirrus", "vmvga", "xen", "qxl", "virtio", "gop", "none",
         "bochs"}}},
      {"hw_video_ram", {number}},
      {"hw_virtio_packed_ring", {boolean}},
      {"hw_watchdog_action",
       {choice, {"disabled", "reset", "poweroff", "pause", "none"}}},
      {"img_config_drive", {choice, {"mandatory", "optional"}}},
      {"img_hide_hypervisor_id", {boolean}},
      {"instance_uuid", {uuid}},
      {"kernel_id", {uuid}},
      {"os_require_quiesce", {boolean}},
      {"os_secure_boot", {choice, {"required", "disabled", "optional"}}},
      {"os_shutdown_timeout", {number}},
      {"os_type", {choice, {"linux", "windows", "bsd"}}},
      {"ramdisk_id", {uuid}},
      {"vm_mode", {choice, {"hvm", "xen", "uml", "exe"}}},
      {"vmware_adaptertype",
       {choice, {"lsiLogic", "lsiLogicsas", "busLogic", "ide", "paraVirtual"}}},
      {"vmware_disktype",
       {choice, {"streamOptimized", "sparse", "preallocated"}}},
  };
  return kTypes;
}

[[noreturn]] void refuse(std::string_view name, std::string_view value,
                         const std::string& allowed) {
  throw Error(Errc::invalid, std::string(name) + " is " + allowed + "; \"" +
                                 std::string(value) + "\" is not");
}

std::string checked_choice(std::string_view name, std::string_view value,
                           const std::vector<std::string_view>& values) {
  if (std::ranges::count(values, value) > 0) return std::string(value);
  std::string allowed = "one of";
  for (const std::string_view one : values) allowed += ' ' + std::string(one);
  refuse(name, value, allowed);
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-'
             : !std::isxdigit(static_cast<unsigned char>(text[i]))) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool checked_bool(std::string_view name, std::string_view value) {
  std::string word(value);
  std::ranges::transform(word, word.begin(),
                         [](unsigned char c) { return std::tolower(c); });
  if (word == "true" || word == "1" || word == "yes") return true;
  if (word == "false" || word == "0" || word == "no") return false;
  refuse(name, value, "true or false (also 1, 0, yes, no)");
}

std::uint64_t checked_number(std::string_view name, std::string_view value) {
  std::uint64_t number = 0;
  const char* end = value.data() + value.size();
  const auto parsed = std::from_chars(value.data(), end, number);
  if (value.empty() || parsed.ec != std::errc() || parsed.ptr != end) {
    refuse(name, value, "a whole number from 0");
  }
  return number;
}

std::string checked_value(std::string_view name, std::string_view value) {
  const auto type = types().find(name);
  if (type == types().end()) return std::string(value);
  switch (type->second.kind) {
    case Kind::choice:
      return checked_choice(name, value, type->second.values);
    case Kind::boolean:
      return checked_bool(name, value) ? "true" : "false";
    case Kind::number:
      return std::to_string(checked_number(name, value));
    case Kind::uuid:
      if (!is_uuid(value)) refuse(name, value, "a UUID, 8-4-4-4-12 hex digits");
      return std::string(value);
  }
  return std::string(value);
}

}  // namespace platter::service
