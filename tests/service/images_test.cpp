// tests/service/images_test.cpp: what people do with images, by whom it is
// allowed, and what the clock does then.
#include "platter/service/images.h"

#include "service.h"
#include "support/errors.h"

namespace platter::service {
namespace {

using format::Format;
using format::View;
using image::Number;
using test::Caller;
using test::has_code;
using test::Place;
using test::says;
using test::Status;
using namespace std::chrono_literals;

struct Fixture : test::TestService {
  // Removes the image, and answers the name it has in the trash.
  std::string removed(Number number) {
    images().remove(admin(), number);
    return record(number)->name;
  }
  using Numbers = std::vector<Number>;

  Bytes disk = test::random_disk(300 * kKiB, 1);
};

BOOST_FIXTURE_TEST_SUITE(service_images, Fixture)

BOOST_AUTO_TEST_CASE(an_image_is_created_once) {
  const auto record = images().create(member(), "default", "x");
  BOOST_TEST(record->name == "x");
  BOOST_TEST(record->project == "default");
  BOOST_CHECK(record->status == Status::queued);
  BOOST_CHECK(record->created_at == clock().now());
  BOOST_CHECK_EXCEPTION(create("x"), Error, has_code(Errc::exists));
  BOOST_CHECK_EXCEPTION(create("x.raw"), Error, has_code(Errc::invalid));
  BOOST_CHECK_EXCEPTION(images().create(stranger(), "default", "y"), Error,
                        has_code(Errc::denied));
}

BOOST_AUTO_TEST_CASE(renaming) {
  const auto number = uploaded("before", disk);
  const auto other = uploaded("other", disk);
  images().rename(member(), number, "after", false);
  BOOST_CHECK(!named("before"));
  BOOST_TEST(named("after")->number == number);
  images().rename(admin(), number, "after", false);
  for (const bool replace : {false, true}) {
    BOOST_CHECK_EXCEPTION(images().rename(admin(), number, "other", replace),
                          Error, says(Errc::exists, "\"other\""));
  }
  BOOST_CHECK_EXCEPTION(images().rename(admin(), number, ".x", false), Error,
                        has_code(Errc::invalid));
  check_active(number, disk);
  check_active(other, disk);
}

BOOST_AUTO_TEST_CASE(an_empty_image_makes_room) {
  const auto number = uploaded("x", disk);
  const auto place = create("place");
  BOOST_CHECK_EXCEPTION(images().rename(admin(), number, "place", false), Error,
                        has_code(Errc::exists));
  images().rename(admin(), number, "place", true);
  BOOST_TEST(named("place")->number == number);
  BOOST_CHECK(record(place)->place == Place::trash);

  const auto guarded = create("guarded");
  set(guarded, "protected", "true");
  BOOST_CHECK_EXCEPTION(images().rename(admin(), number, "guarded", true),
                        Error, has_code(Errc::forbidden));
  BOOST_TEST(named("guarded")->number == guarded);
}

BOOST_AUTO_TEST_CASE(removed_images_keep_all_but_their_place) {
  const auto number = uploaded("x", disk);
  set(number, "os_distro", "debian");
  const auto before = record(number);
  images().remove(member(), number);
  const auto record = this->record(number);
  BOOST_CHECK(!named("x"));
  BOOST_TEST(named("x", Place::trash)->number == number);
  BOOST_CHECK(record->id == before->id);
  BOOST_CHECK(record->properties == before->properties);
  BOOST_TEST(record->deleted_by == access::user_name(member().uid));
  BOOST_CHECK(record->deleted_at == clock().now());
  BOOST_CHECK(record->expires_at == clock().now() + 30 * 24h);
  BOOST_TEST(record->sealed);
  check_active(number, disk);
}

BOOST_AUTO_TEST_CASE(the_trash_finds_a_name) {
  BOOST_TEST(removed(create("x")) == "x");
  BOOST_TEST(removed(create("x")) == "x.1");
  BOOST_TEST(removed(create("x.1")) == "x.1.1");
  BOOST_TEST(removed(create("x")) == "x.2");
}

BOOST_AUTO_TEST_CASE(restoring) {
  const auto number = uploaded("x", disk);
  const auto id = record(number)->id;
  images().remove(admin(), number);
  const auto taken = create("x");
  BOOST_CHECK_EXCEPTION(images().restore(admin(), number, "x"), Error,
                        has_code(Errc::exists));
  BOOST_CHECK_EXCEPTION(images().restore(admin(), number, "x.raw"), Error,
                        has_code(Errc::invalid));
  images().restore(member(), number, "y");
  BOOST_TEST(named("y")->number == number);
  BOOST_TEST(named("x")->number == taken);
  BOOST_CHECK(record(number)->id == id);
  BOOST_CHECK(!record(number)->deleted_at && !record(number)->expires_at);
  BOOST_TEST(record(number)->deleted_by == "");
  check_active(number, disk);
}

BOOST_AUTO_TEST_CASE(purging) {
  const auto number = uploaded("x", disk);
  const auto other = uploaded("other", disk);
  BOOST_CHECK_EXCEPTION(images().purge(admin(), number), Error,
                        has_code(Errc::forbidden));
  images().remove(admin(), number);
  images().purge(admin(), number);
  BOOST_CHECK(!record(number));
  BOOST_CHECK(!named("x", Place::trash));
  BOOST_CHECK_EXCEPTION(images().open_original(admin(), number), Error,
                        has_code(Errc::not_found));
  // What it shared with others is theirs.
  check_active(other, disk);
}

BOOST_AUTO_TEST_CASE(protected_images_stay) {
  const auto number = uploaded("x", disk);
  set(number, "protected", "true");
  BOOST_CHECK_EXCEPTION(images().remove(admin(), number), Error,
                        says(Errc::forbidden, "user.protected"));
  BOOST_CHECK_EXCEPTION(images().hide_file(admin(), number, "disk.raw"), Error,
                        has_code(Errc::forbidden));
  BOOST_TEST(named("x")->number == number);
  BOOST_TEST(record(number)->hidden_files.empty());
  set(number, "protected", "false");
  images().remove(admin(), number);
  BOOST_CHECK(!named("x"));
}

BOOST_AUTO_TEST_CASE(removing_an_upload_ends_it) {
  const auto number = create("x");
  const auto draft = uploads().open(number, false);
  write(draft, disk);
  images().remove(admin(), number);
  BOOST_CHECK_EXCEPTION(uploads().write(*draft, 0, disk), Error,
                        has_code(Errc::not_found));
  flush_and_close(draft);
  check_status(number, Status::queued);
  BOOST_TEST(std::filesystem::is_empty(staging()));
  images().restore(admin(), number, "x");
  upload(number, disk);
  check_active(number, disk);
}

BOOST_AUTO_TEST_CASE(removing_a_second_upload_keeps_the_first) {
  const auto number = uploaded("x", disk);
  const auto draft = uploads().open(number, false);
  uploads().write(*draft, 0, to_bytes("second"));
  images().remove(admin(), number);
  flush_and_close(draft);
  check_active(number, disk);
}

BOOST_AUTO_TEST_CASE(properties_are_set_all_or_none) {
  const auto number = create("x");
  const auto before = record(number);
  BOOST_CHECK_EXCEPTION(
      images().set_properties(
          member(), number,
          {{"description", "text"}, {"tag.lts", ""}, {"min_ram", "much"}}),
      Error, has_code(Errc::invalid));
  BOOST_CHECK(*record(number) == *before);
  images().set_properties(member(), number,
                          {{"description", "text"}, {"min_ram", "512"}});
  images().set_properties(member(), number,
                          {{"description", std::nullopt}, {"tag.lts", ""}});
  BOOST_TEST(record(number)->properties.empty());
  BOOST_TEST(record(number)->min_ram == 512);
  BOOST_TEST(record(number)->tags.count("lts") == 1);
}

BOOST_AUTO_TEST_CASE(acts_of_administrators) {
  const auto number = uploaded("x", disk);
  using Set = std::pair<std::string, std::string>;
  for (const auto& [name, value] :
       {Set{"visibility", "public"}, Set{"visibility", "community"},
        Set{"status", "deactivated"}}) {
    BOOST_CHECK_EXCEPTION(
        images().set_properties(member(), number, {{name, value}}), Error,
        has_code(Errc::forbidden));
  }
  images().set_properties(member(), number, {{"visibility", "shared"}});
  set(number, "visibility", "public");
  // To say what is so already is no act, nor to copy a status along.
  images().set_properties(member(), create("copy"), {{"status", "active"}});
  images().set_properties(member(), number,
                          {{"visibility", "public"}, {"status", "active"}});
}

BOOST_AUTO_TEST_CASE(deactivated_data_is_for_administrators) {
  const auto number = uploaded("x", disk);
  BOOST_TEST(images().open_original(member(), number)->size() == disk.size());
  set(number, "status", "deactivated");
  BOOST_CHECK_EXCEPTION(images().open_original(member(), number), Error,
                        says(Errc::denied, "deactivated"));
  BOOST_CHECK_EXCEPTION(images().open_view(member(), number, View::qcow2),
                        Error, has_code(Errc::denied));
  BOOST_TEST(test::same_bytes(original(number), disk));
  // The trash does not bring it back to life.
  images().remove(admin(), number);
  images().restore(admin(), number, "x");
  check_status(number, Status::deactivated);
  set(number, "status", "active");
  BOOST_TEST(images().open_original(member(), number)->size() == disk.size());
}

BOOST_AUTO_TEST_CASE(strangers_see_nothing) {
  const auto number = uploaded("x", disk);
  const auto before = record(number);
  const Caller who = stranger();
  const auto refused = [&](const std::function<void()>& act) {
    BOOST_CHECK_EXCEPTION(act(), Error, has_code(Errc::not_found));
  };
  refused([&] { images().rename(who, number, "y", false); });
  refused([&] { images().remove(who, number); });
  refused([&] { images().restore(who, number, "y"); });
  refused([&] { images().purge(who, number); });
  refused([&] { images().hide_file(who, number, "disk.raw"); });
  refused([&] { images().show_file(who, number, "disk.raw"); });
  refused([&] { images().set_file_name(who, number, "y.raw"); });
  refused([&] { images().set_properties(who, number, {{"a", "b"}}); });
  refused([&] { images().set_modified(who, number, {1}); });
  refused([&] { images().open_original(who, number); });
  refused([&] { images().open_view(who, number, View::raw); });
  BOOST_CHECK(*record(number) == *before);
}

BOOST_AUTO_TEST_CASE(views_show_the_disk_and_seal_it) {
  const auto number = uploaded("x", test::qcow2_file(disk));
  images().open_original(admin(), number);
  BOOST_TEST(!record(number)->sealed);
  const auto raw = images().open_view(member(), number, View::raw);
  BOOST_TEST(test::same_bytes(block::read_all(*raw), disk));
  BOOST_TEST(record(number)->sealed);
  const auto qcow2 = images().open_view(member(), number, View::qcow2);
  const auto guest = format::open_guest(Format::qcow2, qcow2);
  BOOST_TEST(test::same_bytes(block::read_all(*guest), disk));
  BOOST_CHECK(images().open_view(member(), number, View::raw) == raw);
  BOOST_CHECK_EXCEPTION(images().open_view(admin(), create("y"), View::raw),
                        Error, has_code(Errc::not_found));
}

BOOST_AUTO_TEST_CASE(the_trash_is_emptied_in_time) {
  const auto early = uploaded("early", disk);
  const auto late = uploaded("late", disk);
  images().remove(admin(), early);
  BOOST_CHECK(expire() == Numbers{});
  clock().advance(24h);
  images().remove(admin(), late);
  clock().advance(29 * 24h - 1s);
  BOOST_CHECK(expire() == Numbers{});
  clock().advance(1s);
  BOOST_CHECK(expire() == Numbers{early});
  BOOST_CHECK(!record(early));
  BOOST_CHECK(record(late));
  clock().advance(24h);
  BOOST_CHECK(expire() == Numbers{late});
}

BOOST_AUTO_TEST_CASE(interrupted_uploads_wait_a_day) {
  const auto number = create("x");
  const auto draft = uploads().open(number, false);
  write(draft, disk);
  flush_and_close(draft, true);
  BOOST_CHECK(expire() == Numbers{});
  clock().advance(24h - 1s);
  BOOST_CHECK(expire() == Numbers{});
  clock().advance(2s);
  BOOST_CHECK(expire() == Numbers{number});
  BOOST_CHECK(record(number)->place == Place::trash);
  BOOST_TEST(std::filesystem::is_empty(staging()));
}

BOOST_AUTO_TEST_CASE(an_image_without_its_file_waits_a_minute) {
  const auto number = uploaded("x", disk);
  const auto other = uploaded("other", disk);
  BOOST_CHECK(expire() == Numbers{});
  images().hide_file(admin(), number, "disk.raw");
  images().hide_file(admin(), other, "disk.qcow2");
  clock().advance(59s);
  BOOST_CHECK(expire() == Numbers{});
  clock().advance(2s);
  BOOST_CHECK(expire() == Numbers{number});
  BOOST_CHECK(record(number)->place == Place::trash);
  BOOST_TEST(record(number)->hidden_files.empty());
  check_active(number, disk);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_shown_again_in_time_stays) {
  const auto number = uploaded("x", disk);
  images().hide_file(admin(), number, "disk.raw");
  clock().advance(30s);
  images().show_file(admin(), number, "disk.raw");
  clock().advance(1h);
  BOOST_CHECK(expire() == Numbers{});
  BOOST_TEST(named("x")->number == number);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::service
