// tests/service/service.h
//
// A whole service in a folder, from the index to uploads and images, that can
// be stopped without a word and started again, and what tests ask of it.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "laws/byte_source.h"
#include "laws/format.h"
#include "platter/block/sources.h"
#include "platter/service/captures.h"
#include "platter/service/images.h"
#include "platter/service/imports.h"
#include "platter/service/projects.h"
#include "platter/service/purges.h"
#include "platter/service/usage.h"
#include "support/folder.h"
#include "support/manual_clock.h"
#include "support/sparse.h"

namespace platter::test {

using access::Caller;
using image::Number;
using image::Place;
using image::RecordPtr;
using image::Status;
using service::DraftPtr;

// The groups of projects, which no host has. "default" is the store's own.
inline constexpr gid_t kProjectGroup = 4711;
inline constexpr gid_t kWebGroup = 4713;
inline constexpr gid_t kShopGroup = 4714;

// What an operator sets besides service::Options.
struct Rules {
  access::Policy policy = {};
  image::Quota quota = {};
  service::AuditOptions audit = {};
  service::Rate rate = {};
};

class TestService {
 public:
  // Where it keeps what it keeps, each time it starts.
  struct Places {
    std::function<std::unique_ptr<index::Index>()> index;
    std::function<std::unique_ptr<pack::Storage>()> packs;
    store::Options store = {};
  };
  // In its own folder.
  explicit TestService(service::Options options = {}, Rules rules = {})
      : options_(std::move(options)), rules_(std::move(rules)) {
    places_.index = [this] { return index::open(folder() / "index"); };
    places_.packs = [this] { return pack::local_storage(folder() / "packs"); };
    options_.staging = staging();
    start();
  }
  explicit TestService(Places places) : places_(std::move(places)) {
    options_.staging = staging();
    start();
  }

  // As a process that ends without a word; its drafts must be gone. The index
  // stays open unless told otherwise: opening it takes long.
  void stop() {
    tasks_.reset();  // which wait for what runs
    purges_.reset();
    captures_.reset();
    imports_.reset();
    projects_.reset();
    images_.reset();
    uploads_.reset();
    usage_.reset();
    ledger_.reset();
    quotas_.reset();
    audit_.reset();
    access_.reset();
    workers_.reset();
    media_groups_.reset();
    pointers_.reset();
    registry_.reset();
    catalogue_.reset();
    store_.reset();
  }
  void close_index() { index_.reset(); }
  void start() {
    if (!index_) index_ = places_.index();
    store_ = store::Store::open(*index_, places_.packs(), places_.store);
    catalogue_ = std::make_unique<image::Catalogue>(*index_, clock_);
    registry_ = std::make_unique<image::Projects>(*index_, clock_, "default");
    pointers_ = std::make_unique<image::Pointers>(*index_, *catalogue_, clock_);
    media_groups_ = std::make_unique<image::MediaGroups>(*index_);
    workers_ = std::make_unique<Workers>(2);
    start_service();
    uploads_->recover();
    tasks_->start();
  }
  void restart() {
    stop();
    start();
  }

  service::Uploads& uploads() { return *uploads_; }
  service::Images& images() { return *images_; }
  service::Projects& projects() { return *projects_; }
  service::Imports& imports() { return *imports_; }
  service::Captures& captures() { return *captures_; }
  service::Purges& purges() { return *purges_; }
  const service::Usage& usage() { return *usage_; }
  const image::Ledger& ledger() { return *ledger_; }
  task::Tasks& tasks() { return *tasks_; }
  service::Quotas& quotas() { return *quotas_; }
  service::Audit& audit() { return *audit_; }
  image::Catalogue& catalogue() { return *catalogue_; }
  image::Projects& registry() { return *registry_; }
  image::Pointers& pointers() { return *pointers_; }
  image::MediaGroups& media_groups() { return *media_groups_; }
  store::Store& store() { return *store_; }
  index::Index& index() { return *index_; }
  access::Access& access() { return *access_; }
  ManualClock& clock() { return clock_; }
  // May be changed while nobody asks.
  schema::Rules& rules() { return property_rules_; }
  Path staging() const { return folder_.path() / "staging"; }
  Path folder() const { return folder_.path(); }

  // The daemon's own user, who is admin; one of the project; and a stranger.
  Caller admin() const { return {geteuid(), getegid(), getpid()}; }
  Caller member() const { return {4711, kProjectGroup, 0}; }
  Caller stranger() const { return {4712, 4712, 0}; }
  // Of projects "web" and "shop", once add_projects() was called.
  Caller web() const { return {4713, kWebGroup, 0}; }
  Caller shop() const { return {4714, kShopGroup, 0}; }
  void add_projects() {
    registry_->create("web", "");
    registry_->create("shop", "");
  }

  Number create(const std::string& name) {
    return images_->create(admin(), "default", name)->number;
  }
  RecordPtr record(Number number) const { return catalogue_->find(number); }
  Status status(Number number) const { return record(number)->status; }
  RecordPtr named(const std::string& name, Place place = Place::images) {
    return catalogue_->find("default", place, name);
  }
  void set(Number number, const std::string& name, const std::string& value) {
    images_->set_properties(admin(), number, {{name, value}});
  }
  // The property protections that a file of this text makes.
  void protect(const std::string& text) {
    const Path file = folder() / "protections.json";
    write_whole(file, as_bytes(text));
    property_rules_.protections = schema::Protections::load(file);
  }

  // What the clock brings. Answers the images that left a folder, when they
  // have: to the trash, or for good.
  std::vector<Number> expire() {
    std::vector<Number> left;
    const auto expired = images_->expire();
    for (const auto& record : expired.moved) left.push_back(record->number);
    for (const auto& project : expired.projects) {
      std::vector<Number> trash;
      catalogue_->list(project, Place::trash, "", [&](const RecordPtr& record) {
        trash.push_back(record->number);
        return true;
      });
      purges_->begin(project);
      finish_purges();
      for (const Number number : trash) {
        if (!record(number)) left.push_back(number);
      }
    }
    return left;
  }
  void finish_purges() {
    const auto waits = [](const task::Task& task) {
      return task.kind == service::Purges::kName && !task.is_over();
    };
    while (std::ranges::any_of(tasks_->all(), waits)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  // Writes all of `file` to the draft, in pieces.
  void write(const DraftPtr& draft, ByteView file) {
    constexpr std::size_t kPiece = 256 * kKiB;
    for (std::size_t at = 0; at < file.size(); at += kPiece) {
      uploads_->write(*draft, at,
                      file.subspan(at, std::min(kPiece, file.size() - at)));
    }
  }
  // What `cp` does. Throws what the content is refused for.
  void upload(Number number, ByteView file) {
    const DraftPtr draft = uploads_->open(number, true);
    write(draft, file);
    flush_and_close(draft);
  }
  Number uploaded(const std::string& name, ByteView file) {
    const Number number = create(name);
    upload(number, file);
    return number;
  }
  void flush_and_close(const DraftPtr& draft, bool killed = false) {
    try {
      uploads_->flush(draft, killed);
    } catch (...) {
      uploads_->close(draft);
      throw;
    }
    uploads_->close(draft);
  }

  Bytes original(Number number) {
    return block::read_all(*images_->open_original(admin(), number));
  }
  // The image is whole, and its file is this.
  void check_active(Number number, ByteView file) {
    BOOST_REQUIRE(record(number));
    BOOST_REQUIRE_EQUAL(name_of(status(number)), name_of(Status::active));
    BOOST_REQUIRE(same_bytes(original(number), file));
  }
  void check_status(Number number, Status status) {
    BOOST_REQUIRE(record(number));
    BOOST_CHECK_EQUAL(name_of(this->status(number)), name_of(status));
  }

 private:
  void start_service() {
    access::Policy policy = rules_.policy;
    policy.owner = geteuid();
    policy.project_groups = {
        {"default", kProjectGroup}, {"web", kWebGroup}, {"shop", kShopGroup}};
    access_ = std::make_unique<access::Access>(policy, *registry_);
    audit_ = std::make_unique<service::Audit>(rules_.audit, clock_);
    quotas_ = std::make_unique<service::Quotas>(*catalogue_, *registry_,
                                                rules_.quota);
    ledger_ = std::make_unique<image::Ledger>(*index_, *catalogue_);
    usage_ = std::make_unique<service::Usage>(*ledger_, *registry_, clock_,
                                              rules_.rate);
    uploads_ = std::make_unique<service::Uploads>(
        service::Uploads::Parts{*store_, *catalogue_, *workers_, *quotas_,
                                clock_},
        options_);
    images_ = std::make_unique<service::Images>(
        service::Images::Parts{*store_, *catalogue_, *registry_, *pointers_,
                               *media_groups_, *uploads_, *quotas_, *audit_,
                               *access_, clock_, property_rules_},
        options_);
    projects_ = std::make_unique<service::Projects>(
        service::Projects::Parts{*catalogue_, *registry_, *pointers_,
                                 *media_groups_, *quotas_, *audit_, *access_});
    tasks_ = std::make_unique<task::Tasks>(*index_, clock_, task::Limits{});
    imports_ = std::make_unique<service::Imports>(
        service::Imports::Parts{*tasks_, *catalogue_, *uploads_, *images_,
                                *access_},
        transfer::FetchOptions{}, std::vector<transfer::ImageSource>{});
    captures_ = std::make_unique<service::Captures>(
        service::Captures::Parts{*tasks_, *catalogue_, *uploads_, *access_});
    purges_ = std::make_unique<service::Purges>(*tasks_, *catalogue_, *images_,
                                                clock_);
    tasks_->add_kind(service::Imports::kName, *imports_);
    tasks_->add_kind(service::Captures::kName, *captures_);
    tasks_->add_kind(service::Purges::kName, *purges_);
  }

  TemporaryFolder folder_;
  ManualClock clock_;
  service::Options options_;
  Rules rules_;
  schema::Rules property_rules_;
  Places places_;
  std::unique_ptr<index::Index> index_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<image::Catalogue> catalogue_;
  std::unique_ptr<image::Projects> registry_;
  std::unique_ptr<image::Pointers> pointers_;
  std::unique_ptr<image::MediaGroups> media_groups_;
  std::unique_ptr<Workers> workers_;
  std::unique_ptr<access::Access> access_;
  std::unique_ptr<service::Audit> audit_;
  std::unique_ptr<service::Quotas> quotas_;
  std::unique_ptr<service::Uploads> uploads_;
  std::unique_ptr<service::Images> images_;
  std::unique_ptr<service::Projects> projects_;
  std::unique_ptr<service::Imports> imports_;
  std::unique_ptr<service::Captures> captures_;
  std::unique_ptr<service::Purges> purges_;
  std::unique_ptr<image::Ledger> ledger_;
  std::unique_ptr<service::Usage> usage_;
  std::unique_ptr<task::Tasks> tasks_;
};

// A qcow2 file of that disk.
inline Bytes qcow2_file(const Bytes& disk) {
  return block::read_all(*format::make_view(
      format::Format::qcow2, std::make_shared<SparseMemory>(disk),
      some_identity()));
}

}  // namespace platter::test
