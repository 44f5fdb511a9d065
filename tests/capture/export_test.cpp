// tests/capture/export_test.cpp: a file that a qemu writes a disk into, by
// qemu-img and by clients that keep to no protocol.
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>

#include "instance_process.h"
#include "platter/base/integers.h"
#include "platter/capture/block_export.h"
#include "platter/capture/stopped_disk.h"
#include "support/command.h"
#include "support/errors.h"
#include "support/file_limit.h"
#include "support/folder.h"

namespace platter::capture {
namespace {

using test::run;
using test::says;

constexpr std::uint64_t kDisk = 4 * kMiB;
constexpr std::uint64_t kOption = 0x49484156454f5054;

// A client that says what it likes.
class Client {
 public:
  explicit Client(BlockExport& server) : socket_(::dup(server.client())) {
    server.hand_over();
    receive(18);
  }
  ~Client() { ::close(socket_); }

  template <typename... Numbers>
  void send(Numbers... numbers) {
    (send_one(numbers), ...);
  }
  void send(const Bytes& bytes) {
    ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  // Less than asked for when the server hangs up.
  Bytes receive(std::size_t size) {
    Bytes bytes(size);
    const ssize_t got =
        ::recv(socket_, bytes.data(), bytes.size(), MSG_WAITALL);
    bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return bytes;
  }

  void begin() {
    send(std::uint32_t{3}, kOption, std::uint32_t{1}, std::uint32_t{0});
    const Bytes description = receive(10);
    BOOST_REQUIRE_EQUAL(description.size(), 10u);
    BOOST_TEST(load_be<std::uint64_t>(description) == kDisk);
  }
  void request(std::uint16_t command, std::uint64_t offset,
               std::uint32_t length) {
    send(std::uint32_t{0x25609513}, std::uint16_t{0}, command, std::uint64_t{7},
         offset, length);
  }
  // The error of the answer.
  std::uint32_t answer() {
    const Bytes bytes = receive(16);
    BOOST_REQUIRE_EQUAL(bytes.size(), 16u);
    BOOST_TEST(load_be<std::uint64_t>(bytes, 8) == 7u);
    return load_be<std::uint32_t>(bytes, 4);
  }

 private:
  template <typename T>
  void send_one(T number) {
    std::array<std::byte, sizeof(T)> bytes;
    store_be(bytes, 0, number);
    send(Bytes(bytes.begin(), bytes.end()));
  }

  int socket_;
};

struct Fixture {
  Fixture() { target.resize(kDisk); }

  std::string operator/(const std::string& name) const {
    return folder.path() / name;
  }

  test::TemporaryFolder folder;
  File target = File::open(folder.path() / "target", File::Mode::create_new);
  const std::function<File&()> open_target = [this]() -> File& {
    return target;
  };
};

const Watch kNobody{[](std::uint64_t, std::uint64_t) {}, [] { return false; }};

BOOST_FIXTURE_TEST_SUITE(exports, Fixture)

BOOST_AUTO_TEST_CASE(what_is_written_is_there) {
  BlockExport server;
  server.serve(target);
  {
    Client client(server);
    client.begin();
    client.request(1, 4096, 5);
    client.send(to_bytes("hello"));
    BOOST_TEST(client.answer() == 0u);
    client.request(0, 4095, 6);
    BOOST_TEST(client.answer() == 0u);
    BOOST_TEST(as_text(client.receive(6)) == std::string_view("\0hello", 6));
    client.request(6, 4097, 3);
    BOOST_TEST(client.answer() == 0u);
    client.request(3, 0, 0);
    BOOST_TEST(client.answer() == 0u);
  }
  server.finish();
  Bytes bytes(7);
  target.read(4095, bytes);
  BOOST_TEST(as_text(bytes) == std::string_view("\0h\0\0\0o\0", 7));
}

BOOST_AUTO_TEST_CASE(zeros_stay_holes) {
  BlockExport server;
  server.serve(target);
  {
    Client client(server);
    client.begin();
    client.request(1, 0, kMiB);
    client.send(Bytes(kMiB));
    BOOST_TEST(client.answer() == 0u);
    client.request(6, 0, kDisk);
    BOOST_TEST(client.answer() == 0u);
  }
  server.finish();
  BOOST_TEST(target.allocated() == 0u);
}

BOOST_AUTO_TEST_CASE(no_request_leaves_the_disk) {
  BlockExport server;
  server.serve(target);
  {
    Client client(server);
    client.begin();
    client.request(6, kDisk, 1);
    BOOST_TEST(client.answer() == 22u);
    client.request(6, ~std::uint64_t{0}, 2);
    BOOST_TEST(client.answer() == 22u);
    client.request(1, kDisk - 2, 5);
    client.send(to_bytes("hello"));
    BOOST_TEST(client.answer() == 22u);
    client.request(99, 0, 1);
    BOOST_TEST(client.answer() == 22u);
  }
  server.finish();
  BOOST_TEST(target.size() == kDisk);
  BOOST_TEST(target.allocated() == 0u);
}

BOOST_AUTO_TEST_CASE(nonsense_is_no_data) {
  const auto break_it = [&](auto speak) {
    BlockExport server;
    server.serve(target);
    Client client(server);
    speak(client);
    BOOST_TEST(client.receive(1).empty());
    BOOST_CHECK_EXCEPTION(server.finish(), Error, says(Errc::invalid, "NBD"));
  };
  break_it([](Client& client) {
    client.send(std::uint32_t{3}, std::uint64_t{1}, std::uint64_t{2});
  });
  break_it([](Client& client) {
    client.send(std::uint32_t{3}, kOption, std::uint32_t{7},
                std::uint32_t{1 << 30});
  });
  break_it([](Client& client) {
    client.begin();
    client.send(Bytes(28, std::byte{0xff}));
  });
  break_it([](Client& client) {
    client.begin();
    client.request(1, 0, 1u << 30);
  });
}

BOOST_AUTO_TEST_CASE(who_hangs_up_is_gone) {
  for (const std::size_t bytes : {0u, 3u, 20u}) {
    BlockExport server;
    server.serve(target);
    {
      Client client(server);
      client.send(Bytes(bytes));
    }
    // Three bytes are no flags yet; twenty hold no option.
    if (bytes < 12) {
      BOOST_CHECK_NO_THROW(server.finish());
    } else {
      BOOST_CHECK_THROW(server.finish(), Error);
    }
  }
}

// What would become of the guest's own writes, if its qemu were told?
BOOST_AUTO_TEST_CASE(a_file_that_takes_no_more) {
  const test::FileLimit limit(kMiB);
  BlockExport server;
  server.serve(target);
  Client client(server);
  client.begin();
  BOOST_TEST(!server.failure());
  for (const std::uint64_t place : {2 * kMiB, std::uint64_t{0}}) {
    client.request(1, place, 5);
    client.send(to_bytes("hello"));
    BOOST_TEST(client.answer() == 0u);
  }
  BOOST_TEST(server.failure().has_value());
  client.request(0, 0, 5);
  BOOST_TEST(client.answer() == 5u);
  server.disconnect();
  BOOST_CHECK_EXCEPTION(server.finish(), Error,
                        says(Errc::io, target.path().string()));
  BOOST_TEST(target.allocated() == 0u);
}

BOOST_AUTO_TEST_CASE(disconnecting_ends_a_client) {
  BlockExport server;
  server.serve(target);
  Client client(server);
  client.begin();
  server.disconnect();
  BOOST_TEST(client.receive(1).empty());
  BOOST_CHECK_NO_THROW(server.finish());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(stopped_disks, Fixture)

// The law of a copy: the disk that qemu-img reads out of the chain.
BOOST_AUTO_TEST_CASE(a_chain_is_one_disk) {
  run("cd " + folder.path().string() +
      " && qemu-img create -q -f qcow2 a 4M"
      " && qemu-io -c 'write -P 1 0 3M' a"
      " && qemu-img create -q -f qcow2 -F qcow2 -b a b"
      " && qemu-io -c 'write -P 2 1M 64k' -c 'write -z 2M 512k' b"
      " && qemu-img create -q -f qcow2 -F qcow2 -b b c"
      " && qemu-io -c 'write -P 3 3500k 4k' c");
  const StoppedDisk disk{*this / "c", ""};
  BOOST_TEST(size_of(disk) == kDisk);
  std::uint64_t last = 0;
  copy_stopped_disk(disk, open_target,
                    {[&](std::uint64_t done, std::uint64_t total) {
                       BOOST_TEST(done <= total);
                       last = done;
                     },
                     [] { return false; }});
  BOOST_TEST(last == kDisk);
  run("qemu-img compare -f qcow2 -F raw " + *this / "c" + " " +
      *this / "target");
  BOOST_TEST(target.allocated() < 3 * kMiB);
}

BOOST_AUTO_TEST_CASE(disks_that_are_refused) {
  BOOST_CHECK_EXCEPTION(size_of({*this / "none", ""}), Error,
                        says(Errc::not_found, "none"));
  run("cd " + folder.path().string() +
      " && qemu-img create -q -f qcow2 base 1M"
      " && qemu-img create -q -f qcow2 -F qcow2 -b base top && rm base");
  BOOST_CHECK_EXCEPTION(
      copy_stopped_disk({*this / "top", ""}, open_target, kNobody), Error,
      says(Errc::invalid, "base"));
  BOOST_CHECK_EXCEPTION(size_of({*this / "top", "vdi"}), Error,
                        says(Errc::invalid, "qemu-img cannot read"));
}

// To qemu-img "nbd:..." is an address; to us it is a file.
BOOST_AUTO_TEST_CASE(a_name_is_a_file) {
  run("cd " + folder.path().string() +
      " && qemu-img create -q -f raw ./x 1M"
      " && mv x nbd:unix:x");
  BOOST_TEST(size_of({*this / "nbd:unix:x", "raw"}) == kMiB);
}

// No file is opened for a copy that cannot begin.
BOOST_AUTO_TEST_CASE(a_disk_in_use) {
  const Path path = *this / "disk";
  run("qemu-img create -q -f qcow2 " + path.string() + " 1M");
  const test::InstanceProcess instance(
      {"-drive", "if=virtio,file=" + path.string()});
  bool opened = false;
  BOOST_CHECK_EXCEPTION(copy_stopped_disk(
                            {path, ""},
                            [&]() -> File& {
                              opened = true;
                              return target;
                            },
                            kNobody),
                        Error, says(Errc::busy, "--qmp"));
  BOOST_TEST(!opened);
}

BOOST_AUTO_TEST_CASE(a_copy_that_is_cancelled) {
  run("qemu-img create -q -f raw " + *this / "disk" + " 4M");
  BOOST_CHECK_EXCEPTION(
      copy_stopped_disk({*this / "disk", "raw"}, open_target,
                        {kNobody.progress, [] { return true; }}),
      Error, says(Errc::io, "cancelled"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::capture
