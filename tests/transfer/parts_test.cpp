// tests/transfer/parts_test.cpp: what servers say in their headers, and what
// files are called after it.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "../../src/transfer/content_range.h"
#include "../../src/transfer/file_name.h"

namespace platter::transfer {
namespace {

namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(transfer_parts)

struct Named {
  const char* disposition;
  const char* path;
  const char* name;
};
std::ostream& operator<<(std::ostream& out, const Named& named) {
  return out << named.disposition << " " << named.path;
}

const Named kNamed[] = {
    {"", "/images/disk.qcow2", "disk.qcow2"},
    {"", "/images/my%20disk.qcow2", "my_disk.qcow2"},
    {"", "/images/", "download"},
    {"", "/", "download"},
    {"", "/a%2f..%2f.ssh", "ssh"},
    {"", "/...", "download"},
    {"", "/-rf", "rf"},
    {"", "/a%", "a_"},
    {"", "/a%zz%4", "a_zz_4"},
    {"attachment; filename=\"b.img\"", "/a", "b.img"},
    {"attachment;filename=b.img; x=y", "/a", "b.img"},
    {"attachment; FileName=\"b\\\"c.img\"", "/a", "b_c.img"},
    {"attachment; filename=\"../../etc/passwd\"", "/a", "passwd"},
    {"attachment; filename=\"C:\\\\x\\\\b.img\"", "/a", "b.img"},
    {"attachment; filename=\"\"", "/a", "a"},
    {"attachment; filename=\"..\"", "/a", "a"},
    {"attachment; filename=\"b.img", "/a", "b.img"},
    {"attachment; filename=\"b\"; filename*=UTF-8''c%20d.img", "/a", "c_d.img"},
    {"attachment; filename*=UTF-8'en'%2e%2e%2fe.img", "/a", "e.img"},
    {"attachment; filename*=UTF-8''b%00c", "/a", "b_c"},
    {"attachment; xfilename=b", "/a", "a"},
    {"filename=", "/a", "a"},
    {"attachment; filename=", "/a", "a"},
    {"attachment; filename=\"b\\", "/a", "a"},
};

BOOST_DATA_TEST_CASE(names_are_safe, data::make(kNamed), one) {
  Url url;
  url.path = one.path;
  BOOST_TEST(file_name(one.disposition, url) == one.name);
}

BOOST_AUTO_TEST_CASE(a_long_name_keeps_its_ending) {
  Url url;
  url.path = "/" + std::string(300, 'a') + ".qcow2";
  const std::string name = file_name("", url);
  BOOST_TEST(name.size() == 200u);
  BOOST_TEST(name.substr(194) == ".qcow2");
}

BOOST_AUTO_TEST_CASE(ranges_of_content) {
  const auto whole = ContentRange::parse("bytes 5-9/10");
  BOOST_REQUIRE(whole);
  BOOST_CHECK(whole->first == 5u && whole->last == 9 && whole->total == 10u);
  const auto open = ContentRange::parse("bytes 0-0/*");
  BOOST_REQUIRE(open);
  BOOST_CHECK(open->first == 0u && open->last == 0 && !open->total);
  const auto none = ContentRange::parse("bytes */10");
  BOOST_REQUIRE(none);
  BOOST_CHECK(!none->first && none->total == 10u);
}

const char* const kNoRanges[] = {"",
                                 "bytes",
                                 "bytes 5-9",
                                 "bytes 9-5/10",
                                 "bytes 5-/10",
                                 "bytes -5/10",
                                 "bytes 5-10/10",
                                 "items 5-9/10",
                                 "bytes 5-9/",
                                 "bytes 5-9/x",
                                 "bytes +5-9/10",
                                 "bytes=5-9/10",
                                 "bytes 5-99999999999999999999/*"};

BOOST_DATA_TEST_CASE(ranges_that_are_none, data::make(kNoRanges), text) {
  BOOST_CHECK(!ContentRange::parse(text));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::transfer
