// tests/service/properties_test.cpp: what each property takes, and what it
// then says.
#include "platter/service/properties.h"

#include <algorithm>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "support/errors.h"

namespace platter::service {
namespace {

namespace data = boost::unit_test::data;
using image::Record;
using image::Status;
using test::has_code;
using test::says;

const std::string kSha256(64, 'a');
const std::string kSha512(128, 'b');

Record queued() {
  Record record;
  record.number = 1;
  record.id = image::ImageId::random();
  record.project = "default";
  record.name = "x";
  record.created_at = record.updated_at = {1'700'000'000'000'000'000};
  return record;
}

// Whole, and still open to its owner.
Record active() {
  Record record = queued();
  record.status = Status::active;
  record.guest = image::DiskMap{1024, {}};
  record.original = image::Original{700, {}, {}};
  record.disk_format = "raw";
  record.container_format = "bare";
  record.file_name = "x.img";
  record.os_hash_algo = "sha256";
  record.os_hash_value = kSha256;
  record.stored_size = 4096;
  record.view_sizes = {{"azure.vhd", 7}, {"qcow2", 5}, {"raw", 1024}};
  return record;
}

Record sealed() {
  Record record = active();
  record.sealed = true;
  return record;
}

// As the shipped schema has it.
void set_property(Record& record, std::string_view name,
                  std::string_view value) {
  static const auto kSchema = schema::Schema::load({});
  service::set_property(record, kSchema, name, value);
}

struct Value {
  std::string name;
  std::string value;
  std::string kept;      // what it reads as then; or, if it is refused:
  std::string why = {};  // why
};
std::ostream& operator<<(std::ostream& out, const Value& one) {
  return out << one.name << '=' << one.value;
}

// Sets it; what it reads as is taken again and changes nothing.
void check_taken(Record record, const Value& one) {
  set_property(record, one.name, one.value);
  BOOST_REQUIRE(property(record, one.name));
  BOOST_TEST(*property(record, one.name) == one.kept);
  const auto names = property_names(record);
  BOOST_TEST(std::ranges::count(names, one.name) == 1);
  const Record before = record;
  set_property(record, one.name, one.kept);
  BOOST_CHECK(record == before);
}

void check_refused(Record record, const Value& one, Errc code) {
  BOOST_CHECK_EXCEPTION(set_property(record, one.name, one.value), Error,
                        says(code, one.why));
}

BOOST_AUTO_TEST_SUITE(service_properties)

const std::vector<Value> kTaken = {
    {"disk_format", "qcow2", "qcow2"},
    {"disk_format", "raw", "raw"},
    {"container_format", "bare", "bare"},
    {"os_hash_algo", "sha512", "sha512"},
    {"os_hash_value", kSha256, kSha256},
    {"os_hash_value", std::string(128, 'B'), kSha512},
    {"owner", "default", "default"},
    {"visibility", "private", "private"},
    {"visibility", "shared", "shared"},
    {"visibility", "community", "community"},
    {"visibility", "public", "public"},
    {"protected", "true", "true"},
    {"protected", "YES", "true"},
    {"protected", "1", "true"},
    {"protected", "False", "false"},
    {"os_hidden", "no", "false"},
    {"os_hidden", "0", "false"},
    {"os_hidden", "yes", "true"},
    {"min_disk", "0", "0"},
    {"min_disk", "10", "10"},
    {"min_ram", "0512", "512"},
    {"min_ram", "18446744073709551615", "18446744073709551615"},
    {"status", "queued", "queued"},
    {"description",
     "\xc3\x9c"
     "berall, any text\n",
     "\xc3\x9c"
     "berall, any text\n"},
    {"description", "", ""},
    {"my_own key", "=", "="},
    {"tag.lts", "", ""},
    {"tag.lts", "ignored", ""},
    {"member.other", "pending", "pending"},
    {"member.other", "accepted", "accepted"},
    {"member.other", "rejected", "rejected"},
    {"hw_disk_bus", "virtio", "virtio"},
    {"hw_qemu_guest_agent", "Yes", "true"},
    {"hw_cpu_cores", "08", "8"},
    {"os_type", "linux", "linux"},
    {"kernel_id", "6f1c0a52-0000-4000-8000-0123456789ab",
     "6f1c0a52-0000-4000-8000-0123456789ab"},
};

BOOST_DATA_TEST_CASE(values_that_are_taken, data::make(kTaken), one) {
  check_taken(queued(), one);
}

const std::vector<Value> kRefused = {
    {"disk_format", "floppy", "", "disk_format is one of raw qcow2"},
    {"container_format", "ovf", "", "one of bare compressed ova"},
    {"os_hash_algo", "md5", "", "one of sha224 sha256 sha384 sha512"},
    {"os_hash_value", "abc", "", "64 (sha256)"},
    {"os_hash_value", std::string(64, 'g'), "", "64 (sha256)"},
    {"os_hash_value", std::string(40, 'a'), "", "64 (sha256)"},
    {"visibility", "everyone", "", "private shared community public"},
    {"protected", "maybe", "", "protected is true or false"},
    {"os_hidden", "", "", "os_hidden is true or false"},
    {"min_disk", "many", "", "min_disk"},
    {"min_disk", "", "", "whole number"},
    {"min_disk", "10 ", "", "whole number"},
    {"min_disk", "1.5", "", "whole number"},
    {"min_ram", "-5", "", "\"-5\" is not"},
    {"min_ram", "18446744073709551616", "", "min_ram"},
    {"status", "killed", "", "active or deactivated"},
    {"member.other", "friend", "", "pending accepted rejected"},
    {"hw_disk_bus", "sataa", "", "sata lxc; \"sataa\" is not"},
    {"hw_cpu_cores", "x", "", "hw_cpu_cores"},
    {"hw_qemu_guest_agent", "perhaps", "", "hw_qemu_guest_agent"},
    {"kernel_id", "6f1c0a52", "", "UUID"},
    {"", "x", "", "1 to 250 bytes"},
    {std::string(251, 'x'), "x", "", "1 to 250 bytes"},
    {"tag.", "", "", "tag."},
    {"name", "x", "", "rename the image's folder"},
    {"tags", "x", "", "user.tag.<t>"},
    {"members", "x", "", "user.member.<project>"},
    {"member.", "pending", "", "member."},
};

BOOST_DATA_TEST_CASE(values_that_are_refused, data::make(kRefused), one) {
  check_refused(queued(), one, Errc::invalid);
}

BOOST_AUTO_TEST_CASE(an_image_is_given_to_no_other_project) {
  // Images::set_properties() gives an image away; here it stays.
  Record given = queued();
  const Record before = given;
  set_property(given, "owner", "other");
  BOOST_CHECK(given == before);
}

const char* const kComputed[] = {
    "id",           "created_at",    "updated_at",  "size",
    "virtual_size", "formats",       "stored_size", "file_name",
    "checksum",     "status_reason", "deleted_at",  "expires_at"};

BOOST_DATA_TEST_CASE(computed_names_are_nobodys, data::make(kComputed), name) {
  for (const Record& before : {queued(), active()}) {
    Record record = before;
    set_property(record, name, "another");
    BOOST_CHECK(record == before);
  }
  Record record = sealed();
  check_refused(record, {name, "another", "", "worked out"}, Errc::forbidden);
  if (const auto value = property(record, name)) {
    set_property(record, name, *value);
    BOOST_CHECK_EXCEPTION(reset_property(record, name), Error,
                          has_code(Errc::forbidden));
  } else {
    BOOST_CHECK_EXCEPTION(reset_property(record, name), Error,
                          has_code(Errc::no_data));
  }
  BOOST_CHECK(record.number == 1);
}

BOOST_AUTO_TEST_CASE(what_a_whole_image_says) {
  const Record record = sealed();
  BOOST_TEST(*property(record, "id") == to_text(record.id));
  BOOST_TEST(*property(record, "created_at") == "2023-11-14T22:13:20Z");
  BOOST_TEST(*property(record, "status") == "active");
  BOOST_TEST(*property(record, "size") == "700");
  BOOST_TEST(*property(record, "virtual_size") == "1024");
  BOOST_TEST(*property(record, "formats") == "qcow2 raw");
  BOOST_TEST(*property(record, "stored_size") == "4096");
  BOOST_TEST(*property(record, "owner") == "default");
  BOOST_TEST(*property(record, "file_name") == "x.img");
  BOOST_CHECK(!property(record, "status_reason"));
  BOOST_CHECK(!property(record, "deleted_at"));
  BOOST_CHECK(!property(queued(), "size"));
  BOOST_CHECK(!property(queued(), "os_hash_value"));
  BOOST_TEST(is_for_admins("stored_size"));
  BOOST_TEST(!is_for_admins("size"));
}

const Value kFound[] = {{"disk_format", "qcow2", ""},
                        {"container_format", "ovf", ""},
                        {"os_hash_algo", "sha512", ""},
                        {"os_hash_value", kSha512, ""}};

// What was found in the data stands; saying the same is no mistake.
BOOST_DATA_TEST_CASE(what_was_found_is_fixed, data::make(kFound), one) {
  Record record = sealed();
  check_refused(record, one, Errc::forbidden);
  set_property(record, one.name, *property(record, one.name));
  BOOST_CHECK_EXCEPTION(reset_property(record, one.name), Error,
                        has_code(Errc::forbidden));
}

BOOST_AUTO_TEST_CASE(declarations) {
  Record record = queued();
  set_property(record, "os_hash_value", kSha512);
  BOOST_TEST(record.hash_declared);
  BOOST_TEST(record.os_hash_algo == "sha512");
  set_property(record, "disk_format", "raw");
  BOOST_TEST(record.format_declared);
  reset_property(record, "os_hash_value");
  reset_property(record, "disk_format");
  BOOST_CHECK(record == [&] {
    Record blank = queued();
    blank.id = record.id;
    return blank;
  }());
}

const Value kDefaults[] = {{"visibility", "shared", "private"},
                           {"protected", "true", "false"},
                           {"os_hidden", "true", "false"},
                           {"min_disk", "5", "0"},
                           {"min_ram", "5", "0"}};

BOOST_DATA_TEST_CASE(core_properties_have_defaults, data::make(kDefaults),
                     one) {
  Record record = queued();
  BOOST_TEST(*property(record, one.name) == one.kept);
  set_property(record, one.name, one.value);
  reset_property(record, one.name);
  BOOST_TEST(*property(record, one.name) == one.kept);
}

BOOST_AUTO_TEST_CASE(free_properties_go) {
  Record record = queued();
  for (const char* name : {"description", "tag.lts", "member.other"}) {
    BOOST_CHECK_EXCEPTION(reset_property(record, name), Error,
                          has_code(Errc::no_data));
    set_property(record, name, "pending");
    reset_property(record, name);
    BOOST_CHECK(!property(record, name));
  }
  for (const char* name : {"id", "owner", "status"}) {
    BOOST_CHECK_EXCEPTION(reset_property(record, name), Error,
                          has_code(Errc::forbidden));
  }
}

BOOST_AUTO_TEST_CASE(status_is_switched_by_hand) {
  Record record = active();
  set_property(record, "status", "deactivated");
  BOOST_TEST(*property(record, "status") == "deactivated");
  BOOST_TEST(record.sealed);
  set_property(record, "status", "active");
  BOOST_TEST(*property(record, "status") == "active");
  record.status = Status::queued;
  check_refused(record, {"status", "deactivated", "", "cannot become"},
                Errc::invalid);
}

// Tools copy it along with the other attributes.
BOOST_AUTO_TEST_CASE(a_status_is_not_copied) {
  for (const Status status : {Status::queued, Status::saving, Status::error}) {
    Record record = queued();
    record.status = status;
    const Record before = record;
    set_property(record, "status", "active");
    set_property(record, "status", "deactivated");
    BOOST_CHECK(record == before);
  }
}

BOOST_AUTO_TEST_CASE(what_others_see_is_sealed) {
  Record record = active();
  set_property(record, "visibility", "private");
  BOOST_TEST(!record.sealed);
  set_property(record, "visibility", "shared");
  BOOST_TEST(record.sealed);
  // What is being written is not whole yet.
  Record writing = active();
  writing.status = Status::saving;
  set_property(writing, "visibility", "shared");
  BOOST_TEST(!writing.sealed);
}

BOOST_AUTO_TEST_CASE(other_projects_see_less) {
  for (const char* name :
       {"id", "status", "description", "tag.lts", "owner", "member.web"}) {
    BOOST_TEST(is_shown_to("web", name), name);
  }
  for (const char* name : {"member.shop", "member.", "stored_size",
                           "deleted_at", "deleted_by", "expires_at"}) {
    BOOST_TEST(!is_shown_to("web", name), name);
  }
}

// One more than the limit is too many, but those that are there may still be
// changed.
BOOST_AUTO_TEST_CASE(tags_have_a_limit) {
  Record record = queued();
  for (std::size_t n = 0; n < kMaxTags; ++n) {
    set_property(record, "tag." + std::to_string(n), "");
  }
  Record more = record;
  BOOST_CHECK_EXCEPTION(set_property(more, "tag.more", ""), Error,
                        says(Errc::quota, "at most 128"));
  set_property(record, "tag.0", "");
  reset_property(record, "tag.0");
  set_property(record, "tag.more", "");
}

BOOST_AUTO_TEST_CASE(the_names_can_always_be_listed) {
  Record record = queued();
  const auto long_name = [](const std::string& prefix, int number) {
    std::string name = prefix + std::to_string(number);
    return name + std::string(kMaxPropertyName - name.size(), 'x');
  };
  const auto fill = [&] {
    for (int n = 0; n < 128; ++n) {
      set_property(record, long_name("own", n), "x");
      set_property(record, long_name("tag.", n), "");
      set_property(record, long_name("member.", n), "pending");
    }
  };
  BOOST_CHECK_EXCEPTION(fill(), Error, says(Errc::no_space, "shorter names"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::service
