// tests/tree/shape_test.cpp: what there is, under which names, and what stat
// shows of it.
#include "tree.h"

namespace platter::tree {
namespace {

using format::Format;
using format::View;
using test::has_code;
using test::Names;
using namespace std::chrono_literals;

struct Fixture : test::TestTree {
  Bytes disk = test::random_disk(300 * kKiB, 1);
  Bytes qcow2 = test::qcow2_file(disk);
};

BOOST_FIXTURE_TEST_SUITE(tree_shape, Fixture)

BOOST_AUTO_TEST_CASE(the_mount_itself) {
  BOOST_TEST(ls("") == (Names{"catalog", "images", "info", "README", "trash"}),
             boost::test_tools::per_element());
  BOOST_TEST(names("info") ==
             "catalog.html errors events.jsonl health metrics quota.csv "
             "usage.csv usage.json operator schema tasks usage");
  BOOST_TEST(ls("images").empty());
  BOOST_TEST(ls("trash").empty());
  BOOST_TEST(!exists("volumes"));
  BOOST_CHECK(at("") == kRoot);
  BOOST_TEST(text("README").find("images/") != std::string::npos);
  BOOST_TEST(text("info/errors") == "");
  BOOST_CHECK_EXCEPTION(tree().list(user(), at("README")), Error,
                        has_code(Errc::invalid));
}

BOOST_AUTO_TEST_CASE(an_image_is_a_folder) {
  mkdir("images/x");
  BOOST_TEST(ls("images") == Names{"x"}, boost::test_tools::per_element());
  // `cp -r` takes what is there already for a mistake.
  BOOST_TEST(ls("images/x").empty());
  BOOST_TEST(!exists("images/x/image.json"));
  BOOST_TEST(!exists("images/x/disk.raw"));
}

BOOST_AUTO_TEST_CASE(a_whole_image_has_its_files) {
  send("images/x.qcow2", qcow2);
  BOOST_TEST(ls("images/x") == (Names{"disk.qcow2", "disk.raw", "image.json"}),
             boost::test_tools::per_element());
  BOOST_TEST(test::same_bytes(cat("images/x/disk.qcow2"), qcow2));
  BOOST_TEST(test::same_bytes(cat("images/x/disk.raw"), disk));
  BOOST_TEST(!exists("images/x/disk.floppy"));
  BOOST_TEST(!exists("images/x/x.raw"));
  // Names that the sending tool used keep resolving, unlisted.
  BOOST_CHECK(at("images/x.qcow2") == at("images/x/disk.qcow2"));
  BOOST_CHECK(at("images/x/x.qcow2") == at("images/x/disk.qcow2"));
  BOOST_TEST(ls("images") == Names{"x"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(listed_formats_are_chosen) {
  send("images/x.qcow2", qcow2);
  list_only(std::nullopt);
  BOOST_TEST(ls("images/x") == (Names{"disk.qcow2", "image.json"}),
             boost::test_tools::per_element());
  BOOST_TEST(test::same_bytes(cat("images/x/disk.raw"), disk));
}

BOOST_AUTO_TEST_CASE(every_format_resolves_and_holds_the_disk) {
  send("images/x.raw", disk);
  for (const Format format : format::kFormats) {
    const std::string path = "images/x/disk." + std::string(name_of(format));
    if (!format::can_hold(format, disk.size())) {
      BOOST_TEST(!exists(path));
      continue;
    }
    const Bytes file = cat(path);
    BOOST_TEST(find(path)->size == file.size());
    BOOST_CHECK(tree().attributes(user(), at(path)).type == NodeType::file);
    const auto guest = format::open_guest(format, block::memory_source(file));
    BOOST_TEST(block::same_content(*guest, *block::memory_source(disk)));
  }
}

BOOST_AUTO_TEST_CASE(views_that_are_found_by_name_only) {
  list_only({{std::begin(format::kFormats), std::end(format::kFormats)}});
  send("images/x.raw", disk);
  const auto raw = block::memory_source(disk);
  for (const auto& [name, format] :
       {std::pair("images/x/disk.azure.vhd", Format::vhd),
        std::pair("images/x/disk.stream.vmdk", Format::vmdk)}) {
    const Bytes file = cat(name);
    BOOST_TEST(find(name)->size == file.size());
    const auto guest = format::open_guest(format, block::memory_source(file));
    BOOST_TEST(block::same_content(*guest, *raw));
  }
  BOOST_TEST(find("images/x/disk.azure.vhd")->size == kMiB + 512);
  BOOST_TEST(ls("images/x").size() == std::size(format::kFormats) + 1);
  const std::string formats = "qcow2 raw vdi vhd vhdx vmdk";
  BOOST_TEST(attribute("images/x", "user.formats") == formats);
  BOOST_TEST(text("images/x/image.json").find("azure") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_file_sent_by_such_a_name_keeps_it) {
  send("images/x.raw", disk);
  const Bytes stream = cat("images/x/disk.stream.vmdk");
  mkdir("images/y");
  send("images/y/disk.stream.vmdk", stream);
  BOOST_CHECK(at("images/y/disk.stream.vmdk") == at("images/y/disk.vmdk"));
  BOOST_TEST(test::same_bytes(cat("images/y/disk.stream.vmdk"), stream));
}

BOOST_AUTO_TEST_CASE(what_stat_shows_of_folders) {
  mkdir("images/x");
  for (const char* path :
       {"", "images", "trash", "info", "info/schema", "images/x"}) {
    const Attributes folder = *find(path);
    BOOST_CHECK(folder.type == NodeType::folder);
    BOOST_TEST(folder.links == 2);
    BOOST_TEST(folder.uid == 1000);
    BOOST_TEST(folder.gid == 1001);
  }
  BOOST_TEST(find("images")->permissions == 02770);
  BOOST_TEST(find("images/x")->permissions == 02770);
  BOOST_TEST(find("info")->permissions == 0755);
  BOOST_TEST(find("info/schema")->permissions == 0755);
  BOOST_TEST(find("info/operator")->permissions == 0700);
  BOOST_TEST(find("info/operator")->admin_permissions == 05);
}

BOOST_AUTO_TEST_CASE(what_stat_shows_of_files) {
  send("images/x.qcow2", qcow2);
  for (const char* path :
       {"README", "info/errors", "info/schema/OS__Compute__TPM.json",
        "images/x/disk.qcow2", "images/x/disk.raw", "images/x/image.json"}) {
    const Attributes file = *find(path);
    BOOST_CHECK(file.type == NodeType::file);
    BOOST_TEST_CONTEXT(path) { BOOST_TEST(file.size == cat(path).size()); }
    // Tools take a file without blocks for one that is all zeros.
    BOOST_TEST((file.size == 0 || file.allocated > 0));
  }
  BOOST_TEST(find("README")->permissions == 0444);
  BOOST_TEST(find("images/x/disk.raw")->permissions == 0660);
  BOOST_TEST(find("images/x/disk.qcow2")->allocated >= 64 * kKiB);
  BOOST_TEST(find("images/x/disk.raw")->allocated == kPageSize);
}

BOOST_AUTO_TEST_CASE(times) {
  send("images/x.qcow2", qcow2);
  const Timestamp sent = clock().now();
  clock().advance(1h);
  set_attribute("images/x", "user.description", "text");
  for (const char* name : {"disk.qcow2", "disk.raw"}) {
    const Attributes file = *find("images/x/" + std::string(name));
    BOOST_CHECK(file.modified == sent);
    BOOST_CHECK(file.changed >= clock().now());
  }
  tree().change(user(), at("images/x/disk.qcow2"), {{}, Timestamp{5}}, nullptr);
  BOOST_CHECK(find("images/x/disk.raw")->modified == Timestamp{5});
  // Modes and owners are accepted and mean nothing.
  tree().change(user(), at("images/x"), {}, nullptr);
}

BOOST_AUTO_TEST_CASE(folders_change_when_their_names_do) {
  const Timestamp before = find("images")->modified;
  clock().advance(1s);
  mkdir("images/x");
  const Timestamp made = find("images")->modified;
  BOOST_CHECK(made > before);
  clock().advance(1s);
  rmdir("images/x");
  BOOST_CHECK(find("images")->modified > made);
}

// The kernel may believe only what no one changes behind its back.
BOOST_AUTO_TEST_CASE(lifetimes) {
  send("images/x.qcow2", qcow2);
  BOOST_CHECK(find("images/x/disk.qcow2")->lifetime == 0ms);
  BOOST_CHECK(find("images/x/disk.qcow2")->name_lifetime == 0ms);
  clock().advance(10s);
  tick();
  BOOST_CHECK(find("images/x/disk.qcow2")->lifetime > 1s);
  BOOST_CHECK(find("images/x.qcow2")->name_lifetime == 0ms);
  BOOST_CHECK(find("images/x/image.json")->lifetime == 0ms);
  BOOST_CHECK(find("info/errors")->lifetime == 0ms);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_being_sent) {
  mkdir("images/x");
  const auto handle = open_new("images/x/disk.raw");
  BOOST_TEST(ls("images/x") == Names{"disk.raw"},
             boost::test_tools::per_element());
  handle->write(0, ByteView(disk).first(100 * kKiB));
  BOOST_TEST(find("images/x/disk.raw")->size == 100 * kKiB);
  BOOST_TEST(find("images/x/disk.raw")->allocated > 0);
  BOOST_TEST(test::same_bytes(cat("images/x/disk.raw"),
                              ByteView(disk).first(100 * kKiB)));
  BOOST_TEST(!exists("images/x/disk.qcow2"));
  BOOST_TEST(!exists("images/x/image.json"));
  put(*handle, disk);
  handle->flush(user());
  BOOST_TEST(ls("images/x") == (Names{"disk.raw", "disk.qcow2", "image.json"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_original_has_the_lowest_inode) {
  send("images/x.qcow2", qcow2);
  send("images/y.raw", disk);
  for (const std::string folder : {"images/x", "images/y"}) {
    const auto children = tree().list(user(), at(folder));
    BOOST_TEST(attribute(folder, "user.disk_format") ==
               children[0].name.substr(5));
    for (std::size_t n = 1; n < children.size(); ++n) {
      BOOST_CHECK(children[0].id < children[n].id);
    }
  }
}

BOOST_AUTO_TEST_CASE(inodes_stay_over_restarts_and_moves) {
  send("images/x.qcow2", qcow2);
  send("images/gone.raw", disk);
  rmdir("images/gone");
  const Names paths = {"",
                       "README",
                       "images",
                       "trash",
                       "info",
                       "info/errors",
                       "info/schema",
                       "info/schema/OS__Cinder__Volume.json",
                       "info/schema/OS__Compute__TPM.json",
                       "images/x",
                       "images/x/disk.qcow2",
                       "images/x/disk.raw",
                       "images/x/image.json",
                       "trash/gone",
                       "trash/gone/disk.raw",
                       "trash/gone/disk.qcow2"};
  std::map<NodeId, std::string> ids;
  for (const std::string& path : paths) ids.emplace(at(path), path);
  BOOST_TEST(ids.size() == paths.size());
  restart_all();
  for (const auto& [id, path] : ids) {
    BOOST_CHECK(at(path) == id);
    BOOST_CHECK(tree().attributes(user(), id).id == id);
  }
  const NodeId folder = at("images/x");
  mv("images/x", "images/y");
  BOOST_CHECK(at("images/y") == folder);
  mv("images/y", "trash/y");
  BOOST_CHECK(at("trash/y") == folder);
}

BOOST_AUTO_TEST_CASE(node_ids_say_what_they_name) {
  const image::Number number = (image::Number{1} << 48) - 1;
  BOOST_CHECK(NodeId::of(NodeKind::json, number).kind() == NodeKind::json);
  BOOST_TEST(NodeId::of(NodeKind::json, number).number() == number);
  for (const View one : format::views()) {
    const NodeId view = NodeId::of_view(number, one);
    BOOST_CHECK(view.kind() == NodeKind::view);
    BOOST_CHECK(view.view() == one);
    BOOST_TEST(view.number() == number);
  }
  // What kernels and NFS clients have kept.
  BOOST_TEST(NodeId::of_view(1, View::vdi).value == 0x125);
  BOOST_TEST(NodeId::of_view(1, View::azure_vhd).value == 0x130);
  BOOST_TEST(NodeId::of_view(1, View::stream_vmdk).value == 0x131);
  BOOST_TEST(kRoot.value == 1);
}

BOOST_AUTO_TEST_CASE(node_ids_hold_a_project_and_a_number) {
  const image::ProjectNumber project = image::kMaxProjects - 1;
  const image::Number number = (image::Number{1} << 36) - 1;
  for (const NodeKind kind :
       {NodeKind::group, NodeKind::facet, NodeKind::latest,
        NodeKind::entry_public, NodeKind::entry_community,
        NodeKind::entry_shared, NodeKind::entry_offered, NodeKind::entry_json,
        NodeKind::link_by_id, NodeKind::link_by_os, NodeKind::link_by_tag,
        NodeKind::link_in_group}) {
    const NodeId node = NodeId::in_project(kind, project, number);
    BOOST_CHECK(node.kind() == kind);
    BOOST_TEST(node.project() == project);
    BOOST_TEST(node.inner() == number);
    BOOST_TEST(!node.is_of_tree());
    BOOST_TEST(!node.is_of_image());
  }
  for (const NodeKind kind :
       {NodeKind::root, NodeKind::errors, NodeKind::offered, NodeKind::by_tag,
        NodeKind::events}) {
    BOOST_TEST(NodeId::of(kind, project).is_of_tree());
    BOOST_TEST(NodeId::of(kind, project).project() == project);
  }
  for (const NodeKind kind :
       {NodeKind::folder, NodeKind::original, NodeKind::json}) {
    BOOST_TEST(NodeId::of(kind, number).is_of_image());
  }
  BOOST_TEST(NodeId::of_view(number, View::stream_vmdk).is_of_image());
  BOOST_TEST(NodeId::of_part(number, 3).is_of_image());
  BOOST_TEST(!NodeId::of(NodeKind::pointer, number).is_of_image());
  // What kernels and NFS clients have kept.
  BOOST_TEST(NodeId::in_project(NodeKind::entry_public, 1, 2).value ==
             0x100000000234);
  BOOST_TEST(NodeId::of(NodeKind::catalog, 3).value == 0x308);
}

BOOST_AUTO_TEST_CASE(nodes_that_are_gone) {
  mkdir("images/x");
  const NodeId id = at("images/x");
  rmdir("images/x");
  rmdir("trash/x");
  BOOST_CHECK_EXCEPTION(tree().attributes(user(), id), Error,
                        has_code(Errc::not_found));
  BOOST_CHECK_EXCEPTION(tree().list(user(), id), Error,
                        has_code(Errc::not_found));
  BOOST_CHECK_EXCEPTION(tree().lookup(user(), id, "disk.raw"), Error,
                        has_code(Errc::not_found));
}

BOOST_AUTO_TEST_CASE(strangers_reach_nothing_by_its_number) {
  send("images/x.qcow2", qcow2);
  const NodeId folder = at("images/x");
  const NodeId file = at("images/x/disk.raw");
  const auto refused = [&](const std::function<void()>& act) {
    BOOST_CHECK_EXCEPTION(act(), Error, has_code(Errc::not_found));
  };
  refused([&] { tree().attributes(stranger(), folder); });
  refused([&] { tree().list(stranger(), folder); });
  refused([&] { tree().open(stranger(), file, {}); });
  refused([&] { tree().get_attribute(stranger(), folder, "user.id"); });
  refused([&] { tree().attribute_names(stranger(), folder); });
  refused([&] { tree().set_attribute(stranger(), folder, "user.a", "b"); });
}

BOOST_AUTO_TEST_CASE(what_df_shows) {
  mkdir("images/x");
  mkdir("images/y");
  rmdir("images/y");
  const Usage usage = tree().usage(user(), kRoot);
  BOOST_TEST(usage.images == 1);
  BOOST_TEST(usage.total > 0);
  BOOST_TEST(usage.free <= usage.total);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::tree
