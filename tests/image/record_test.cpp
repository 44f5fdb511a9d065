// tests/image/record_test.cpp: records, their bytes and their rules.
#include "platter/image/record.h"

#include <boost/test/unit_test.hpp>

#include "platter/base/error.h"
#include "random_record.h"
#include "support/errors.h"

namespace platter::image {
namespace {

using test::has_code;
using test::says;

// A field as docs/format/index.md has it.
std::string field(std::uint8_t number, const std::string& value) {
  return std::string{static_cast<char>(number),
                     0,
                     static_cast<char>(value.size()),
                     0,
                     0,
                     0} +
         value;
}
std::string eight(std::uint8_t value) {
  return std::string(1, static_cast<char>(value)) + std::string(7, '\0');
}

BOOST_AUTO_TEST_SUITE(image_record)

BOOST_AUTO_TEST_CASE(decoding_undoes_encoding) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    const Record record = test::random_record(seed);
    BOOST_REQUIRE(decode_record(encode_record(record)) == record);
  }
}

BOOST_AUTO_TEST_CASE(a_plain_record_has_the_bytes_of_the_document) {
  Record record;
  record.number = 5;
  record.project = "p";
  record.name = "n";
  record.tags = {"t"};
  record.uid = 7;

  BOOST_TEST(encode_record(record) ==
             field(1, eight(5)) + field(3, "p") + field(4, "\1") +
                 field(5, "n") + field(8, "\1") + field(21, "\1") +
                 field(27, std::string("\1\0\0\0t", 5)) +
                 field(41, std::string("\7\0\0\0", 4)));
}

BOOST_AUTO_TEST_CASE(unknown_fields_are_passed_over) {
  Record known_record;
  known_record.number = 7;
  known_record.name = "debian";
  const std::string known = encode_record(known_record);

  const Record record = decode_record(known + field(200, "of next year"));

  BOOST_TEST(record.name == "debian");
  BOOST_TEST(encode_record(record) == known);
}

BOOST_AUTO_TEST_CASE(what_is_cut_off_is_damaged_or_lacks_whole_fields) {
  const std::string bytes = encode_record(test::random_record(3));
  std::size_t refused = 0;
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    try {
      BOOST_REQUIRE_LT(
          encode_record(decode_record(bytes.substr(0, length))).size(),
          bytes.size());
    } catch (const Error& error) {
      BOOST_REQUIRE(error.code() == Errc::damaged);
      ++refused;
    }
  }
  BOOST_TEST(refused > bytes.size() - 40);
}

BOOST_AUTO_TEST_CASE(flipped_bytes_never_do_worse_than_damaged) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const std::string good = encode_record(test::random_record(seed));
    for (std::size_t at = 0; at < good.size(); ++at) {
      std::string bytes = good;
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << (at % 8)));
      try {
        decode_record(bytes);
      } catch (const Error& error) {
        BOOST_REQUIRE(error.code() == Errc::damaged);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(malformed_fields_are_damaged) {
  const std::string number = field(1, eight(1));
  const std::string cases[] = {
      "",                                               // no number
      field(1, eight(0)),                               // no image's number
      field(1, eight(0).replace(4, 1, "\x10")),         // 2^36
      field(1, "1234567"),                              // too short
      field(1, eight(1) + "9"),                         // too long
      number + number,                                  // twice
      number + field(5, "n") + field(3, "p"),           // not rising
      number + field(0, "zero"),                        // no field
      number + field(4, "\3"),                          // no such place
      number + field(8, std::string(1, '\0')),          // no such status
      number + field(10, "\2"),                         // neither yes nor no
      number + field(21, "\5"),                         // no such visibility
      number + field(27, std::string("\2\0\0\0t", 5)),  // text past the end
      number + field(27, std::string("\1\0\0\0b\1\0\0\0a", 10)),  // order
      number + field(26, std::string("\1\0\0\0k", 5)),            // no value
      number + field(30, std::string(53, '\0')),  // a guest, no original
  };
  for (const std::string& bytes : cases) {
    BOOST_CHECK_EXCEPTION(decode_record(bytes), Error, has_code(Errc::damaged));
  }
  BOOST_CHECK_EXCEPTION(decode_record(number + field(8, "\7")), Error,
                        says(Errc::damaged, "field 8"));
}

BOOST_AUTO_TEST_CASE(what_could_not_be_read_is_not_written) {
  BOOST_CHECK_EXCEPTION(encode_record({}), Error, has_code(Errc::invalid));
  Record half;
  half.number = 1;
  half.guest.emplace();
  BOOST_CHECK_EXCEPTION(encode_record(half), Error, has_code(Errc::invalid));
}

BOOST_AUTO_TEST_CASE(statuses_become_what_the_table_allows) {
  using enum Status;
  const Status all[] = {queued,      saving,      active,
                        deactivated, interrupted, error};
  const char* const table[] = {
      // qsadie
      "yyy.yy",  // queued
      "yyy.yy",  // saving
      ".yyy..",  // active
      "..yy..",  // deactivated
      "yyy.yy",  // interrupted
      "yyy.yy",  // error
  };
  for (int from = 0; from < 6; ++from) {
    for (int to = 0; to < 6; ++to) {
      BOOST_TEST(may_become(all[from], all[to]) == (table[from][to] == 'y'),
                 name_of(all[from]) << " to " << name_of(all[to]));
    }
  }
}

BOOST_AUTO_TEST_CASE(ids_are_random_uuids) {
  const ImageId id = ImageId::random();
  const std::string text = to_text(id);

  BOOST_TEST(text.size() == 36u);
  BOOST_TEST(text.find_first_not_of("0123456789abcdef-") == text.npos);
  for (const std::size_t dash : {8, 13, 18, 23}) BOOST_TEST(text[dash] == '-');
  BOOST_TEST(text[14] == '4');
  BOOST_TEST(std::string_view("89ab").find(text[19]) != std::string::npos);
  BOOST_CHECK(id != ImageId::random());
}

BOOST_AUTO_TEST_CASE(visibilities_have_names) {
  for (const std::string_view name :
       {"private", "shared", "community", "public"}) {
    const auto visibility = visibility_of(name);
    BOOST_REQUIRE(visibility);
    BOOST_TEST(name_of(*visibility) == name);
  }
  BOOST_CHECK(!visibility_of("secret"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::image
