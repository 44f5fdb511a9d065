// tests/service/disk_set.h
//
// A service, and a set to send to it: a descriptor and two parts.
#pragma once

#include "service.h"
#include "support/errors.h"
#include "support/vmdk_set.h"

namespace platter::test {

inline constexpr const char* kDescriptor = "d.vmdk";

struct DiskSetService : TestService {
  DiskSetService() : TestService(options()) {
    const std::string sectors = std::to_string(kPart / 512);
    text = set_descriptor("twoGbMaxExtentFlat",
                          "RW " + sectors + " FLAT \"d-f001.vmdk\" 0\n" +
                              "RW 8 ZERO\n"
                              "RW " +
                              sectors + " FLAT \"d-f002.vmdk\" 0\n");
    files = {{kDescriptor, to_bytes(text)},
             {"d-f001.vmdk", random_disk(kPart, 1)},
             {"d-f002.vmdk", random_disk(kPart, 2)}};
  }
  static service::Options options() {
    service::Options options;
    options.max_image_size = 64 * kMiB;
    return options;
  }

  DraftPtr open_file(Number number, const std::string& name,
                     bool truncate = true) {
    if (name != kDescriptor) return uploads().open_part(number, name, truncate);
    images().set_file_name(admin(), number, name);
    return uploads().open(number, truncate);
  }
  void send(Number number, const std::string& name, ByteView bytes) {
    const auto draft = open_file(number, name);
    write(draft, bytes);
    flush_and_close(draft);
  }
  void send(Number number, const std::string& name) {
    send(number, name, files.at(name));
  }
  void send_all(Number number) {
    for (const auto& [name, bytes] : files) send(number, name, bytes);
  }

  Bytes part(Number number, const std::string& name) {
    const auto& parts = record(number)->parts;
    const auto found = std::ranges::find(parts, name, &image::Part::name);
    BOOST_REQUIRE(found != parts.end());
    return block::read_all(*images().open_part(
        admin(), number, static_cast<std::size_t>(found - parts.begin())));
  }
  Bytes disk() const {
    Bytes disk = files.at("d-f001.vmdk");
    disk.resize(kPart + 8 * 512);
    const Bytes& second = files.at("d-f002.vmdk");
    disk.insert(disk.end(), second.begin(), second.end());
    return disk;
  }
  // The image is the set, and gives back all its files.
  void check_set(Number number) {
    check_active(number, files.at(kDescriptor));
    for (const auto& [name, bytes] : files) {
      if (name == kDescriptor) continue;
      BOOST_TEST(same_bytes(part(number, name), bytes));
    }
    const auto raw = images().open_view(member(), number, format::View::raw);
    BOOST_TEST(same_bytes(block::read_all(*raw), disk()));
    BOOST_TEST(record(number)->arrived.empty());
  }
  void check_waits(Number number, const std::string& words) {
    check_status(number, Status::saving);
    BOOST_TEST(service::is_waiting(*record(number)));
    BOOST_TEST_CONTEXT(record(number)->status_reason) {
      BOOST_TEST(record(number)->status_reason.find(words) !=
                 std::string::npos);
    }
  }
  static constexpr std::uint64_t kPart = 200 * kKiB;
  std::string text;
  std::map<std::string, Bytes> files;
};

}  // namespace platter::test
