// tests/cli/configuration_test.cpp
#include "platter/cli/configuration.h"

#include <boost/test/unit_test.hpp>

#include "support/errors.h"
#include "support/folder.h"

namespace platter::cli {

namespace {

// A configuration file that is gone after the test.
class ConfigFile {
 public:
  explicit ConfigFile(std::string_view text) {
    write_whole(path(), as_bytes(text));
  }
  Path path() const { return folder_.path() / "config.toml"; }

 private:
  test::TemporaryFolder folder_;
};

Config read(std::string_view text) {
  const ConfigFile file(text);
  Configuration configuration;
  configuration.read_file(file.path());
  return configuration.config();
}

auto refuses(const std::string& words) {
  return test::says(Errc::invalid, words);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(configuration)

BOOST_AUTO_TEST_CASE(a_file_sets_what_it_names_and_nothing_else) {
  const Config config = read(R"(
[store]
cache = "256 MiB"
compression = -3
[images]
hash = "sha512"
settle = 0
trash_ttl = "7d"
max_image_size = "2T"
max_unpack_ratio = 50
[mount]
formats = ["qcow2"]
allow_other = true
[access]
admin_group = "wheel"
groups = { web = "team", shop = "sales" }
[log]
level = "debug"
)");
  BOOST_CHECK_EQUAL(config.store.cache, 256 * kMiB);
  BOOST_CHECK_EQUAL(config.store.compression, -3);
  BOOST_CHECK_EQUAL(config.store.index_cache, StoreConfig{}.index_cache);
  BOOST_CHECK(config.images.hash == HashAlgorithm::sha512);
  BOOST_CHECK_EQUAL(config.images.settle.count(), 0);
  BOOST_CHECK_EQUAL(config.images.trash_ttl.count(), 7 * 24 * 3600);
  BOOST_CHECK_EQUAL(config.images.max_image_size, 2 * kTiB);
  BOOST_CHECK_EQUAL(config.images.max_unpack_ratio, 50);
  BOOST_REQUIRE(config.mount.formats);
  BOOST_CHECK(*config.mount.formats == std::vector{format::Format::qcow2});
  BOOST_CHECK(config.mount.allow_other);
  BOOST_CHECK_EQUAL(config.access.admin_group, "wheel");
  BOOST_CHECK_EQUAL(config.access.groups.at("web"), "team");
  BOOST_CHECK_EQUAL(config.access.groups.at("shop"), "sales");
  BOOST_CHECK(config.log.level == log::Level::debug);
}

BOOST_AUTO_TEST_CASE(groups_may_be_a_table_of_their_own) {
  const Config config = read("[access.groups]\nweb = \"team\"\n");
  BOOST_CHECK_EQUAL(config.access.groups.at("web"), "team");
}

BOOST_AUTO_TEST_CASE(projects_have_rights_limits_and_a_trail) {
  const Config config = read(R"(
[mount]
projects = true
[projects]
auto = false
[policy]
publicize = "owner"
communitize = "admin"
deactivate = "owner"
accept = "admin"
default_visibility = "community"
[quotas]
images = 20
bytes = "500GiB"
uploads = "unlimited"
image_size = "2T"
properties = "unlimited"
members = 0
[audit]
rotate = "1MiB"
keep = 0
)");
  using access::Who;
  using image::Limit;
  BOOST_CHECK(config.mount.projects);
  BOOST_CHECK(!config.projects.auto_projects);
  BOOST_CHECK(config.policy.publicize == Who::member);
  BOOST_CHECK(config.policy.communitize == Who::admin);
  BOOST_CHECK(config.policy.deactivate == Who::member);
  BOOST_CHECK(config.policy.accept == Who::admin);
  BOOST_CHECK(config.policy.default_visibility == image::Visibility::community);
  const image::Quota expected{{Limit::images, 20},
                              {Limit::bytes, 500 * kGiB},
                              {Limit::uploads, image::kUnlimited},
                              {Limit::image_size, 2 * kTiB},
                              {Limit::properties, image::kUnlimited},
                              {Limit::members, 0}};
  BOOST_CHECK(config.quotas == expected);
  BOOST_CHECK_EQUAL(config.audit.rotate, kMiB);
  BOOST_CHECK_EQUAL(config.audit.keep, 0u);
}

BOOST_AUTO_TEST_CASE(projects_are_not_limited_but_for_what_is_listed) {
  const Config config = read("");
  const image::Quota expected{{image::Limit::properties, 128},
                              {image::Limit::members, 128}};
  BOOST_CHECK(config.quotas == expected);
  BOOST_CHECK(config.policy.publicize == access::Who::admin);
  BOOST_CHECK(config.policy.accept == access::Who::member);
  BOOST_CHECK(!config.mount.projects);
  BOOST_CHECK(config.projects.auto_projects);
}

// What `platter config` prints is read back as it is.
BOOST_AUTO_TEST_CASE(every_setting_shows_what_it_takes) {
  Config config = read(
      "[quotas]\nbytes = \"10GiB\"\nimages = 3\n[policy]\n"
      "accept = \"admin\"\npublicize = \"owner\"\n");
  std::string text;
  std::string_view table;
  for (const Setting& setting : settings()) {
    if (setting.table != table) {
      text += "[" + std::string(setting.table) + "]\n";
      table = setting.table;
    }
    text += std::string(setting.key) + " = " + setting.show(config) + "\n";
  }
  const Config again = read(text);
  for (const Setting& setting : settings()) {
    BOOST_CHECK_EQUAL(setting.show(again), setting.show(config));
  }
}

BOOST_AUTO_TEST_CASE(an_error_names_line_key_and_what_is_allowed) {
  BOOST_CHECK_EXCEPTION(read("[images]\n\nhash = \"md5\"\n"), Error,
                        refuses("config.toml:3: images.hash is \"md5\"; "
                                "sha224, sha256, sha384 or sha512 is allowed"));
  BOOST_CHECK_EXCEPTION(read("[store]\ncach = 1\n"), Error,
                        refuses("config.toml:2: there is no setting \"cach\" "
                                "in [store]; there are cache, index_cache"));
  BOOST_CHECK_EXCEPTION(read("[stores]\ncache = 1\n"), Error,
                        refuses("no table [stores]; there are [store]"));
  BOOST_CHECK_EXCEPTION(read("cache = 1\n"), Error, refuses("config.toml:1"));
  BOOST_CHECK_EXCEPTION(read("[store]\n= 1\n"), Error,
                        refuses("config.toml:2"));
  BOOST_CHECK_EXCEPTION(read("[store]\ncache = 2026-01-01\n"), Error,
                        refuses("store.cache"));
  BOOST_CHECK_EXCEPTION(read("[mount]\nformats = [[\"raw\"]]\n"), Error,
                        refuses("mount.formats"));
}

BOOST_AUTO_TEST_CASE(values_out_of_their_bounds_are_refused) {
  for (const char* text : {"[store]\ncache = 64",
                           "[store]\ncache = \"-1\"",
                           "[store]\ncache = \"64 bananas\"",
                           "[store]\ncompression = 20",
                           "[store]\ncache = \"99999999999999TiB\"",
                           "[mount]\nthreads = 0",
                           "[mount]\nformats = []",
                           "[mount]\nformats = \"floppy\"",
                           "[mount]\nallow_other = \"perhaps\"",
                           "[images]\nsettle = \"5 weeks\"",
                           "[images]\ntrash_ttl = \"999999999999d\"",
                           "[log]\nlevel = \"loud\"",
                           "[access]\ngroups = { web = \"\" }",
                           "[quotas]\nimages = \"10GiB\"",
                           "[quotas]\nbytes = \"much\"",
                           "[policy]\npublicize = \"member\"",
                           "[policy]\naccept = \"owner\"",
                           "[audit]\nrotate = \"1KiB\"",
                           "[policy]\ndefault_visibility = \"secret\"",
                           "[audit]\nkeep = 1001"}) {
    BOOST_CHECK_EXCEPTION(read(text), Error, refuses("is allowed"));
  }
}

BOOST_AUTO_TEST_CASE(later_layers_win_and_are_named) {
  const ConfigFile file("[store]\ncache = \"16MiB\"\n[log]\nlevel = \"error\"");
  Configuration configuration;
  configuration.read_file(file.path());
  const char* const environment[] = {"HOME=/", "PLATTER=x",
                                     "PLATTER_STORE_CACHE=32MiB",
                                     "PLATTER_MOUNT_THREADS=3", nullptr};
  configuration.read_environment(environment);
  configuration.read_options({{"threads", "4"}});
  BOOST_CHECK_EQUAL(configuration.config().store.cache, 32 * kMiB);
  BOOST_CHECK_EQUAL(configuration.config().mount.threads, 4u);
  const auto origin = [&](std::string_view option) {
    return configuration.origin_of(*setting_of_option(option));
  };
  BOOST_CHECK_EQUAL(origin("log_level"), file.path().string() + ":4");
  BOOST_CHECK_EQUAL(origin("cache"), "PLATTER_STORE_CACHE");
  BOOST_CHECK_EQUAL(origin("threads"), "-o threads");
  BOOST_CHECK_EQUAL(origin("settle"), "default");
}

BOOST_AUTO_TEST_CASE(a_bad_variable_is_refused_by_name) {
  Configuration configuration;
  const char* const environment[] = {"PLATTER_STORE_CACHE=much", nullptr};
  BOOST_CHECK_EXCEPTION(configuration.read_environment(environment), Error,
                        refuses("PLATTER_STORE_CACHE: store.cache is "
                                "\"much\""));
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_said_to_be_missing) {
  Configuration configuration;
  BOOST_CHECK_EXCEPTION(configuration.read_file("/nowhere/config.toml"), Error,
                        test::says(Errc::not_found, "/nowhere/config.toml"));
}

BOOST_AUTO_TEST_CASE(files_count_in_their_order) {
  const test::TemporaryFolder folder;
  const Path system = folder.path() / "etc";
  const Path user = folder.path() / "home";
  make_folders(system / "config.d");
  make_folders(user);
  BOOST_CHECK(config_files(system, user).empty());
  for (const Path& file :
       {user / "config.toml", system / "config.d/20.toml",
        system / "config.d/10.toml", system / "config.d/30.toml.bak",
        system / "config.toml"}) {
    write_whole(file, {});
  }
  const std::vector<Path> expected = {
      system / "config.toml", system / "config.d/10.toml",
      system / "config.d/20.toml", user / "config.toml"};
  BOOST_TEST(config_files(system, user) == expected,
             boost::test_tools::per_element());
}

// What `platter config` prints is a file that says the same.
BOOST_AUTO_TEST_CASE(every_setting_reads_what_it_shows) {
  Config changed;
  for (const Assignment& value :
       std::vector<Assignment>{{"cache", "65MiB"},
                               {"compression", "-7"},
                               {"settle", "90"},
                               {"formats", "raw"},
                               {"groups", "a=b:c=d"},
                               {"allow_other", "yes"},
                               {"admin_group", "a \\\"b\""},
                               {"log_level", "warning"}}) {
    BOOST_REQUIRE(setting_of_option(value.option)->set(changed, value.value));
  }
  for (const Config& config : {Config{}, changed}) {
    std::string text;
    for (const Setting& setting : settings()) {
      text += "[" + std::string(setting.table) + "]\n" +
              std::string(setting.key) + " = " + setting.show(config) + "\n";
      const Config again = read(text);
      BOOST_CHECK_EQUAL(setting.show(again), setting.show(config));
      text.clear();
    }
  }
}

BOOST_AUTO_TEST_CASE(no_two_settings_share_a_name) {
  for (const Setting& setting : settings()) {
    BOOST_CHECK_EQUAL(setting_of_option(setting.option), &setting);
    BOOST_CHECK_EQUAL(setting_of_key(setting.table, setting.key), &setting);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace platter::cli
