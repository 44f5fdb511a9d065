// tests/cli/inspect_test.cpp: `platter inspect`, from its words to its exit
// status and what it prints.
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "platter/base/file.h"
#include "platter/cli/command_line.h"
#include "platter/json/json.h"
#include "support/folder.h"
#include "support/qcow2_file.h"

namespace platter::cli {
namespace {

struct Fixture {
  std::string file(const std::string& name, const Bytes& bytes) {
    const Path path = folder.path() / name;
    write_whole(path, bytes);
    return path;
  }

  // Runs `platter inspect` with these words. Answers the exit status; what it
  // printed is in `printed`.
  int inspect(std::vector<std::string> words) {
    words.insert(words.begin(), {"platter", "inspect"});
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    const File out = File::open(folder.path() / "out", File::Mode::create);
    ::ftruncate(out.descriptor(), 0);
    std::fflush(stdout);
    const int saved = ::dup(STDOUT_FILENO);
    ::dup2(out.descriptor(), STDOUT_FILENO);
    const int status = run(static_cast<int>(argv.size()), argv.data());
    std::fflush(stdout);
    ::dup2(saved, STDOUT_FILENO);
    ::close(saved);
    printed = as_text(*read_whole(out.path(), kMiB));
    return status;
  }

  static Bytes overlay() {
    test::Qcow2File file;
    file.set64(8, 200);
    return file.bytes();
  }
  static Bytes half() {
    test::Qcow2File file;
    file.resize(2'700);
    return file.bytes();
  }

  test::TemporaryFolder folder;
  Bytes whole = test::Qcow2File().bytes();
  std::string printed;
};

BOOST_FIXTURE_TEST_SUITE(cli_inspect, Fixture)

BOOST_AUTO_TEST_CASE(the_exit_status_tells_what_is_wrong) {
  BOOST_TEST(inspect({file("a.qcow2", whole)}) == 0);
  BOOST_TEST(inspect({file("b.qcow2", overlay())}) == 4);
  BOOST_TEST(inspect({file("c.qcow2", half())}) == 26);
  BOOST_TEST(inspect({file("d.vmdk", whole)}) == 4);
  BOOST_TEST(inspect({file("e.img", {})}) == 4);
  BOOST_TEST(inspect({(folder.path() / "none").string()}) == 3);
  BOOST_TEST(inspect({folder.path().string()}) == 1);
  BOOST_TEST(inspect({}) == 2);
  BOOST_TEST(inspect({"--xml", file("a.qcow2", whole)}) == 2);
}

BOOST_AUTO_TEST_CASE(several_files_and_the_first_that_is_refused) {
  const std::string good = file("a.qcow2", whole);
  const std::string bad = file("b.qcow2", half());
  const std::string other = file("c.qcow2", overlay());
  BOOST_TEST(inspect({good, bad, other, good}) == 26);
  BOOST_TEST(inspect({other, bad}) == 4);
  BOOST_TEST(inspect({good, "/none", bad}) == 3);
  for (const std::string& path : {good, bad}) {
    BOOST_TEST(printed.find(path + "\n") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(as_text) {
  const std::string path = file("a.qcow2", whole);
  inspect({path});
  BOOST_TEST(printed == path +
                            "\n  format        qcow2, version 3\n"
                            "  virtual size  4096 bytes (4 KiB)\n"
                            "  file size     4096 bytes (4 KiB)\n"
                            "  allocated     1536 bytes (1.5 KiB)\n"
                            "  features      clusters of 512 bytes\n"
                            "  upload        would be taken\n");
  inspect({file("b.qcow2", overlay())});
  BOOST_TEST(printed.find("  upload        would be refused: qcow2: "
                          "backing_file_offset is 0xc8") != std::string::npos);
  BOOST_TEST(printed.find("allocated") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(as_json) {
  const std::string path = file("a.qcow2", whole);
  BOOST_TEST(inspect({"--json", path}) == 0);
  const auto said = json::parse_object(printed, "what was printed");
  BOOST_TEST(said.at("file") == path);
  BOOST_TEST(said.at("format") == "qcow2");
  BOOST_TEST(said.at("variant") == "version 3");
  BOOST_TEST(said.at("virtual_size") == 4'096);
  BOOST_TEST(said.at("file_size") == 4'096);
  BOOST_TEST(said.at("allocated") == 1'536);
  BOOST_TEST(said.at("features").dump() == "[\"clusters of 512 bytes\"]");
  for (const auto* name : {"encryption", "wrapper", "refused"}) {
    BOOST_TEST(said.at(name).is_null());
  }
  BOOST_TEST(inspect({file("c.qcow2", half()), "--json"}) == 26);
  const auto refused =
      json::parse_object(printed, "what was printed").at("refused");
  BOOST_TEST(refused.at("error") == "corrupt");
  BOOST_TEST(refused.at("reason").get<std::string>().find(
                 "outside the file of 2700 bytes") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::cli
