// tests/transfer/image_source_test.cpp
#include "platter/transfer/image_source.h"

#include <toml++/toml.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "platter/transfer/url_rules.h"
#include "support/errors.h"
#include "transfer/folders.h"

namespace platter::transfer {
namespace {

namespace data = boost::unit_test::data;
using test::has_code;
using test::says;

const std::string kHash(64, 'a');

ImageSource source_of(const std::string& file) {
  return {"x", "https://example.org/images/SHA256SUMS", file, {}};
}

// The name of the file that is meant; "none".
std::string newest(const std::string& file,
                   const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += kHash + "  " + name + "\n";
  const auto found = newest_file(source_of(file), Checksums::parse(text));
  if (!found) return "none";
  const std::string folder = "https://example.org/images/";
  BOOST_TEST(found->url.substr(0, folder.size()) == folder);
  BOOST_TEST(found->checksum.hex == kHash);
  return found->url.substr(folder.size());
}

BOOST_AUTO_TEST_SUITE(transfer_image_source)

BOOST_AUTO_TEST_CASE(a_plain_name_means_itself) {
  BOOST_TEST(newest("b.qcow2", {"a.qcow2", "b.qcow2", "bb.qcow2"}) ==
             "b.qcow2");
  BOOST_TEST(newest("c.qcow2", {"a.qcow2", "b.qcow2"}) == "none");
}

BOOST_AUTO_TEST_CASE(of_several_the_newest_is_meant) {
  BOOST_TEST(newest("a-*.qcow2", {"a-9.10.qcow2", "a-10.2.qcow2", "a-9.9.qcow2",
                                  "b-11.qcow2", "a-12.raw"}) == "a-10.2.qcow2");
  BOOST_TEST(
      newest("c-9-2*.qcow2", {"c-9-20240603.2.qcow2", "c-9-20240603.10.qcow2",
                              "c-9-20231231.99.qcow2", "c-9-latest.qcow2"}) ==
      "c-9-20240603.10.qcow2");
}

BOOST_AUTO_TEST_CASE(a_star_stands_for_anything_and_nothing) {
  BOOST_TEST(newest("a*b*c", {"abc"}) == "abc");
  BOOST_TEST(newest("a*b*c", {"axxbyybzc"}) == "axxbyybzc");
  BOOST_TEST(newest("a*b*c", {"axxc"}) == "none");
  BOOST_TEST(newest("*", {"x"}) == "x");
  BOOST_TEST(newest("a*", {"xa"}) == "none");
}

BOOST_AUTO_TEST_CASE(folders_in_the_checksum_file_are_not_followed) {
  BOOST_TEST(newest("a*.qcow2", {"../../a1.qcow2"}) == "a1.qcow2");
}

BOOST_AUTO_TEST_CASE(names_that_would_change_the_url_are_passed_over) {
  BOOST_TEST(newest("a*", {"a?b", "a#b", "a%2f", "a b", "a\\b", "a0"}) == "a0");
  BOOST_TEST(newest("a*", {"a?b"}) == "none");
}

BOOST_AUTO_TEST_CASE(a_lone_checksum_is_of_the_file_that_is_named) {
  const auto lone = Checksums::parse(kHash);
  BOOST_CHECK(newest_file(source_of("a.qcow2"), lone));
  BOOST_CHECK(!newest_file(source_of("a*.qcow2"), lone));
}

BOOST_AUTO_TEST_CASE(versions_are_in_order) {
  const std::vector<std::string> order = {
      "",    "1",     "2",      "10",           "a",
      "a-1", "a-1.2", "a-1.10", "a-20240101.2", "a-20240101.11",
      "b-0", "b-1"};
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t j = 0; j < order.size(); ++j) {
      BOOST_TEST(version_order(order[i], order[j]) == (i < j),
                 order[i] << " before " << order[j]);
    }
  }
  BOOST_CHECK(!version_order("a-007", "a-7"));
  BOOST_CHECK(!version_order("a-7", "a-007"));
  BOOST_CHECK(
      version_order("1" + std::string(40, '0'), "2" + std::string(40, '0')));
}

BOOST_AUTO_TEST_CASE(sources_that_cannot_be_used_say_why) {
  ImageSource good = source_of("a*.qcow2");
  BOOST_CHECK_NO_THROW(check_source(good));
  for (const auto& name : {"", ".x", "a/b", "a b"}) {
    ImageSource bad = good;
    bad.name = name;
    BOOST_CHECK_EXCEPTION(check_source(bad), Error, has_code(Errc::invalid));
  }
  for (const auto& file : {"", "a/b", "a?b", "a b"}) {
    ImageSource bad = good;
    bad.file = file;
    BOOST_CHECK_EXCEPTION(check_source(bad), Error,
                          says(Errc::invalid, "file"));
  }
  for (const auto& url : {"", "example.org", "https://example.org/images/"}) {
    ImageSource bad = good;
    bad.checksums = url;
    BOOST_CHECK_EXCEPTION(check_source(bad), Error,
                          says(Errc::invalid, "\"x\""));
  }
}

// What publishers write, shortened.
BOOST_AUTO_TEST_CASE(files_as_publishers_write_them) {
  const auto pick = [](const std::string& name, const std::string& text) {
    const auto all =
        toml::parse_file(std::string(kShareFolder) + "/sources/sources.toml");
    const auto* const table = all[name].as_table();
    BOOST_REQUIRE(table);
    const ImageSource source{name,
                             (*table)["checksums"].value_or<std::string>(""),
                             (*table)["file"].value_or<std::string>(""),
                             {}};
    const auto found = newest_file(source, Checksums::parse(text));
    return found ? found->url : "none";
  };
  const std::string sha512(128, 'b');
  BOOST_TEST(
      pick("debian-12", sha512 + "  debian-12-generic-amd64.qcow2\n" + sha512 +
                            "  debian-12-genericcloud-amd64.qcow2\n" + sha512 +
                            "  debian-12-genericcloud-amd64.raw\n") ==
      "https://cloud.debian.org/images/cloud/bookworm/latest/"
      "debian-12-genericcloud-amd64.qcow2");
  BOOST_TEST(pick("ubuntu-24.04",
                  kHash + " *ubuntu-24.04-server-cloudimg-amd64.img\n" + kHash +
                      " *ubuntu-24.04-server-cloudimg-amd64.tar.gz\n") ==
             "https://cloud-images.ubuntu.com/releases/noble/release/"
             "ubuntu-24.04-server-cloudimg-amd64.img");
  BOOST_TEST(
      pick("centos-stream-9",
           "# CentOS-Stream-GenericCloud-9-20250331.0.x86_64.qcow2: 1 bytes\n"
           "SHA256 (CentOS-Stream-GenericCloud-9-20250331.0.x86_64.qcow2) = " +
               kHash +
               "\nSHA256 (CentOS-Stream-GenericCloud-9-20241231.0.x86_64.qcow2)"
               " = " +
               kHash + "\n") ==
      "https://cloud.centos.org/centos/9-stream/x86_64/images/"
      "CentOS-Stream-GenericCloud-9-20250331.0.x86_64.qcow2");
  BOOST_TEST(
      pick("fedora-43",
           "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
           "SHA256 (Fedora-Cloud-Base-Generic-43-1.6.x86_64.qcow2) = " +
               kHash + "\n-----BEGIN PGP SIGNATURE-----\n") ==
      "https://download.fedoraproject.org/pub/fedora/linux/releases/43/Cloud/"
      "x86_64/images/Fedora-Cloud-Base-Generic-43-1.6.x86_64.qcow2");
}

BOOST_AUTO_TEST_CASE(the_shipped_list_can_be_used) {
  const auto all =
      toml::parse_file(std::string(kShareFolder) + "/sources/sources.toml");
  BOOST_TEST(all.size() >= 20u);
  for (const auto& [key, value] : all) {
    BOOST_TEST_CONTEXT(key.str()) {
      BOOST_REQUIRE(value.is_table());
      const auto& table = *value.as_table();
      BOOST_TEST(table.size() == 3u);
      const ImageSource source{std::string(key.str()),
                               table["checksums"].value_or<std::string>(""),
                               table["file"].value_or<std::string>(""),
                               {}};
      BOOST_CHECK_NO_THROW(check_source(source));
      BOOST_CHECK_NO_THROW(check_url(Rules(), source.checksums));
      BOOST_TEST(source.checksums.substr(0, 8) == "https://");
      for (const char* const name : {"os_type", "os_distro", "os_version"}) {
        BOOST_CHECK(table["properties"][name].is_string());
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::transfer
