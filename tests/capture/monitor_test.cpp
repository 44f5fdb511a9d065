// tests/capture/monitor_test.cpp: the monitor of a real qemu.
#include "platter/capture/monitor.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <boost/test/unit_test.hpp>

#include "instance_process.h"
#include "platter/base/error.h"
#include "platter/capture/guest_agent.h"
#include "platter/capture/instance.h"
#include "support/errors.h"

namespace platter::capture {
namespace {

using std::chrono::milliseconds;
using test::InstanceProcess;
using test::says;

constexpr const char* kUuid = "5f9c1b9e-3d5e-4a8e-9a39-1d2a3b4c5d6e";

// A socket that listens, and says nothing or what it is told to.
class Listener {
 public:
  explicit Listener(const Path& path)
      : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::ranges::copy(path.string(), address.sun_path);
    BOOST_REQUIRE_EQUAL(
        ::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address),
        0);
    BOOST_REQUIRE_EQUAL(::listen(socket_, 1), 0);
  }
  ~Listener() { ::close(socket_); }

  // To the first client.
  void say(const std::string& text) {
    const int client = ::accept(socket_, nullptr, nullptr);
    // Boost's checks are for one thread; who reads notices what is missing.
    [[maybe_unused]] const auto put = ::write(client, text.data(), text.size());
    ::close(client);
  }

 private:
  int socket_;
};

std::vector<std::string> disk(const std::string& id,
                              const std::string& more = "") {
  return {"-blockdev",
          "driver=null-co,read-zeroes=on,size=1048576,node-name=n" + id + more,
          "-device", "virtio-blk-pci,drive=n" + id + ",id=" + id};
}

std::vector<std::string> operator+(std::vector<std::string> left,
                                   const std::vector<std::string>& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Instance instance_with(const std::vector<std::string>& words) {
  InstanceProcess process(words);
  Monitor monitor(process.socket());
  return look_at(monitor);
}

BOOST_AUTO_TEST_SUITE(monitors)

BOOST_AUTO_TEST_CASE(commands_are_answered) {
  InstanceProcess process;
  Monitor monitor(process.socket());
  BOOST_TEST(monitor.execute("query-status")["status"] == "prelaunch");
  BOOST_TEST(monitor.execute("query-jobs").empty());
}

BOOST_AUTO_TEST_CASE(refusals_have_the_words_of_qemu) {
  InstanceProcess process;
  Monitor monitor(process.socket());
  BOOST_CHECK_EXCEPTION(monitor.execute("make-coffee"), Error,
                        says(Errc::unsupported, "make-coffee"));
  BOOST_CHECK_EXCEPTION(monitor.execute("job-cancel", {{"id", "none"}}), Error,
                        says(Errc::invalid, "Job not found"));
  BOOST_CHECK_EXCEPTION(monitor.execute("device_del", {{"id", "none"}}), Error,
                        says(Errc::not_found, "none"));
  // ... and the monitor goes on.
  BOOST_TEST(monitor.execute("query-status")["running"] == false);
}

BOOST_AUTO_TEST_CASE(events_are_waited_for) {
  InstanceProcess process;
  Monitor monitor(process.socket());
  BOOST_TEST(!monitor.wait_for_event("RESUME", milliseconds(10)));
  monitor.execute("cont");
  BOOST_TEST(monitor.wait_for_event("RESUME", milliseconds(5000)));
  BOOST_TEST(!monitor.wait_for_event("RESUME", milliseconds(10)));
}

BOOST_AUTO_TEST_CASE(descriptors_are_handed_over) {
  InstanceProcess process;
  Monitor monitor(process.socket());
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  monitor.give_descriptor("given", null);
  ::close(null);
  monitor.execute("closefd", {{"fdname", "given"}});
  BOOST_CHECK_THROW(monitor.execute("closefd", {{"fdname", "given"}}), Error);
}

BOOST_AUTO_TEST_CASE(a_machine_that_ends) {
  InstanceProcess process;
  Monitor monitor(process.socket());
  process.end();
  BOOST_CHECK_EXCEPTION(monitor.execute("query-status"), Error,
                        says(Errc::io, "gone"));
  BOOST_CHECK_EXCEPTION(Monitor{process.socket()}, Error,
                        says(Errc::not_found, "nobody listens"));
}

BOOST_AUTO_TEST_CASE(sockets_that_are_no_monitor) {
  const test::TemporaryFolder folder;
  const Path path = folder.path() / "socket";
  BOOST_CHECK_EXCEPTION(Monitor{path}, Error,
                        says(Errc::not_found, "there is no socket"));
  Listener listener(path);
  BOOST_CHECK_EXCEPTION(Monitor(path, milliseconds(50)), Error,
                        says(Errc::busy, "one client at a time"));
  BOOST_CHECK_EXCEPTION(GuestAgent(path, milliseconds(50)), Error,
                        says(Errc::busy, "does not answer"));
  const Path other = folder.path() / "other";
  Listener speaker(other);
  std::thread speaking([&] { speaker.say("{\"hello\": 1}\n"); });
  BOOST_CHECK_EXCEPTION(Monitor{other}, Error, says(Errc::invalid, "QMP"));
  speaking.join();
  BOOST_CHECK_EXCEPTION(Monitor{std::string(200, 'x')}, Error,
                        says(Errc::invalid, "too long"));
}

// A monitor serves one client; the second is told so.
BOOST_AUTO_TEST_CASE(a_monitor_that_is_taken) {
  InstanceProcess process;
  Monitor monitor(process.socket());
  BOOST_CHECK_EXCEPTION(Monitor(process.socket(), milliseconds(100)), Error,
                        says(Errc::busy, "one client at a time"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(instances)

BOOST_AUTO_TEST_CASE(what_it_says_of_itself) {
  const Instance instance = instance_with(
      disk("vd0") + std::vector<std::string>{"-name", "web-1", "-uuid", kUuid});
  BOOST_TEST(instance.name == "web-1");
  BOOST_TEST(instance.uuid == kUuid);
  BOOST_REQUIRE_EQUAL(instance.disks.size(), 1u);
  BOOST_TEST(instance.disks[0].size == kMiB);
  for (const char* name : {"", "vd0", "nvd0"}) {
    BOOST_TEST(choose_disk(instance, name).node == "nvd0");
  }
}

BOOST_AUTO_TEST_CASE(disks_that_are_not_meant) {
  const Instance none = instance_with({});
  BOOST_TEST(none.uuid == "");
  BOOST_CHECK_EXCEPTION(choose_disk(none, ""), Error,
                        says(Errc::not_found, "none"));
  const Instance many = instance_with(
      disk("vd0") + disk("vd1") + disk("seed", ",read-only=on") +
      std::vector<std::string>{
          "-blockdev",
          "driver=null-co,read-zeroes=on,size=1048576,node-name=iso,"
          "read-only=on",
          "-device", "ide-cd,drive=iso,id=cd"});
  BOOST_CHECK_EXCEPTION(choose_disk(many, ""), Error,
                        says(Errc::invalid, "vd0 (1 MiB), vd1 (1 MiB)"));
  BOOST_CHECK_EXCEPTION(choose_disk(many, "vd7"), Error,
                        says(Errc::not_found, "vd7"));
  BOOST_CHECK_EXCEPTION(choose_disk(many, "cd"), Error,
                        says(Errc::invalid, "CD-ROM"));
  BOOST_TEST(choose_disk(many, "vd1").node == "nvd1");
  BOOST_TEST(choose_disk(many, "seed").read_only);
}

// Of a machine whose devices and nodes got no names.
BOOST_AUTO_TEST_CASE(a_disk_of_the_old_way) {
  const Instance instance = instance_with(
      {"-drive",
       "if=virtio,format=raw,file.driver=null-co,file.size=1048576,"
       "file.read-zeroes=on"});
  const Disk& disk = choose_disk(instance, "virtio0");
  BOOST_TEST(disk.size == kMiB);
  BOOST_TEST(disk.node.starts_with("#block"));
  BOOST_TEST(&choose_disk(instance, "") == &disk);
}

// Seeds and discs are no disks of their own.
BOOST_AUTO_TEST_CASE(the_only_disk_that_is_written) {
  const Instance instance =
      instance_with(disk("seed", ",read-only=on") + disk("vd0"));
  BOOST_TEST(choose_disk(instance, "").device == "vd0");
}

BOOST_AUTO_TEST_CASE(the_way_to_the_agent) {
  InstanceProcess bare;
  Monitor without(bare.socket());
  BOOST_TEST(!find_agent(without));
  const test::TemporaryFolder folder;
  const std::string path = folder.path() / "agent";
  InstanceProcess process(
      {"-chardev", "socket,id=channel0,server=on,wait=off,path=" + path,
       "-device", "virtio-serial-pci", "-device",
       "virtserialport,chardev=channel0,name=org.qemu.guest_agent.0"});
  Monitor monitor(process.socket());
  BOOST_REQUIRE(find_agent(monitor).has_value());
  BOOST_TEST(find_agent(monitor)->string() == path);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::capture
