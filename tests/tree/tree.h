// tests/tree/tree.h
//
// A tree over a whole service, asked by paths instead of nodes.
#pragma once

#include "../service/service.h"
#include "platter/tree/tree.h"
#include "support/errors.h"

namespace platter::test {

using tree::Attributes;
using tree::Handle;
using tree::NodeId;
using tree::NodeKind;
using tree::NodeType;
using tree::OpenMode;

using Names = std::vector<std::string>;

class TestTree : public TestService {
 public:
  explicit TestTree(service::Options options = {}, Rules rules = {})
      : TestService(std::move(options), std::move(rules)) {
    grow();
  }

  tree::Tree& tree() { return *tree_; }
  service::Journal& journal() { return *journal_; }
  metrics::Figures& figures() { return figures_; }
  metrics::Health& health() { return health_; }
  void restart_all() {
    tree_.reset();
    restart();
    grow();
  }
  // All projects from here on: "web" and "shop" besides the store's own.
  void be_host() {
    add_projects();
    host_ = true;
    grow();
  }
  void list_only(std::optional<std::vector<format::Format>> formats) {
    listed_ = std::move(formats);
    grow();
  }

  // Somebody who made no image's folder; see maker().
  Caller user() const { return {geteuid(), getegid(), 0}; }
  // The program that makes folders: what it looks up is hidden at times.
  Caller maker() const { return admin(); }

  std::optional<Attributes> find(const std::string& path) {
    return find(user(), path);
  }
  std::optional<Attributes> find(const Caller& caller,
                                 const std::string& path) {
    if (path.empty()) return tree_->attributes(caller, tree::kRoot);
    if (path.back() == '/')
      return find(caller, path.substr(0, path.size() - 1));
    const auto [folder, name] = split(path);
    return tree_->lookup(caller, at(folder), name);
  }
  NodeId at(const std::string& path) {
    const auto found = find(path);
    BOOST_REQUIRE_MESSAGE(found, "there is no " << path);
    return found->id;
  }
  bool exists(const std::string& path) { return find(path).has_value(); }
  Names ls(const std::string& path) { return ls(user(), path); }
  Names ls(const Caller& caller, const std::string& path) {
    Names names;
    for (const auto& child : tree_->list(caller, at(path))) {
      names.push_back(child.name);
    }
    return names;
  }
  // As one word for each, for BOOST_TEST: "a b c".
  std::string names(const std::string& path) {
    std::string text;
    for (const std::string& name : ls(path)) {
      text += (text.empty() ? "" : " ") + name;
    }
    return text;
  }
  void ln(const std::string& target, const std::string& path) {
    ln(user(), target, path);
  }
  void ln(const Caller& caller, const std::string& target,
          const std::string& path) {
    const auto [folder, name] = split(path);
    tree_->make_link(caller, at(folder), name, target);
  }
  std::string readlink(const std::string& path) {
    return tree_->read_link(user(), at(path));
  }
  // The node that a path means when its last name is a link.
  NodeId followed(const std::string& path) {
    const Path link(path);
    return at((link.parent_path() / readlink(path)).lexically_normal());
  }

  void mkdir(const std::string& path) { mkdir(maker(), path); }
  void mkdir(const Caller& caller, const std::string& path) {
    const auto [folder, name] = split(path);
    tree_->make_folder(caller, at(folder), name);
  }
  // Opens a file to be written from its start, making it when missing.
  std::unique_ptr<Handle> open_new(const std::string& path) {
    return open_new(user(), path);
  }
  std::unique_ptr<Handle> open_new(const Caller& caller,
                                   const std::string& path) {
    const auto [folder, name] = split(path);
    const auto there = find(caller, path);
    if (there) return tree_->open(caller, there->id, {true, true});
    return std::move(tree_->create(caller, at(folder), name).handle);
  }
  // What `cp` does. Throws what it would be told.
  void send(const std::string& path, ByteView file) {
    send(user(), path, file);
  }
  void send(const Caller& caller, const std::string& path, ByteView file) {
    const auto handle = open_new(caller, path);
    put(*handle, file);
    handle->flush(caller);
  }
  void put(Handle& handle, ByteView file) {
    constexpr std::size_t kPiece = 128 * kKiB;
    for (std::size_t at = 0; at < file.size(); at += kPiece) {
      handle.write(at, file.subspan(at, std::min(kPiece, file.size() - at)));
    }
  }
  Bytes cat(const std::string& path) { return cat(user(), path); }
  Bytes cat(const Caller& caller, const std::string& path) {
    const auto handle = tree_->open(caller, at(path), {});
    Bytes bytes(tree_->attributes(caller, at(path)).size + 100);
    bytes.resize(handle->read(0, bytes));
    return bytes;
  }
  std::string text(const std::string& path) {
    return std::string(as_text(cat(path)));
  }

  void mv(const std::string& from, const std::string& to,
          bool replace = false) {
    mv(user(), from, to, replace);
  }
  void mv(const Caller& caller, const std::string& from, const std::string& to,
          bool replace = false) {
    const auto [old_folder, old_name] = split(from);
    const auto [folder, name] = split(to);
    tree_->rename(caller, {at(old_folder), old_name}, {at(folder), name},
                  replace);
  }
  void rm(const std::string& path) {
    const auto [folder, name] = split(path);
    tree_->remove_file(user(), at(folder), name);
  }
  void rmdir(const std::string& path) { rmdir(user(), path); }
  void rmdir(const Caller& caller, const std::string& path) {
    const auto [folder, name] = split(path);
    tree_->remove_folder(caller, at(folder), name);
  }
  std::string attribute(const std::string& path, const std::string& name) {
    return attribute(user(), path, name);
  }
  std::string attribute(const Caller& caller, const std::string& path,
                        const std::string& name) {
    return tree_->get_attribute(caller, at(path), name);
  }
  void set_attribute(const std::string& path, const std::string& name,
                     const std::string& value) {
    set_attribute(user(), path, name, value);
  }
  void set_attribute(const Caller& caller, const std::string& path,
                     const std::string& name, const std::string& value) {
    tree_->set_attribute(caller, at(path), name, value);
  }
  // What the kernel is told of after a tick.
  std::set<tree::Stale> stale() {
    std::set<tree::Stale> told;
    tree_->tick();
    finish_purges();
    tree_->tell_stale([&](const tree::Stale& stale) { told.insert(stale); });
    return told;
  }
  // "folder/name" for each name of it.
  Names tick() {
    Names gone;
    for (const auto& [folder, name] : stale()) {
      if (name.empty()) continue;
      gone.push_back((folder == NodeId::of(NodeKind::trash)    ? "trash/"
                      : folder == NodeId::of(NodeKind::images) ? "images/"
                                                               : "?/") +
                     name);
    }
    return gone;
  }

 private:
  // A path's last name and what is before it.
  static std::pair<std::string, std::string> split(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos) return {"", path};
    return {path.substr(0, slash), path.substr(slash + 1)};
  }

  void grow() {
    tree_.reset();
    journal_ = std::make_unique<service::Journal>();
    tree_ = std::make_unique<tree::Tree>(
        tree::Tree::Parts{images(),    projects(), uploads(),  imports(),
                          captures(),  purges(),   tasks(),    *journal_,
                          audit(),     quotas(),   usage(),    ledger(),
                          catalogue(), registry(), pointers(), media_groups(),
                          store(),     access(),   clock(),    figures_,
                          health_},
        tree::Options{folder(), "default", host_, 1000, 1001, listed_});
  }

  metrics::Figures figures_;
  metrics::Health health_;
  bool host_ = false;
  std::optional<std::vector<format::Format>> listed_{
      {format::Format::raw, format::Format::qcow2}};
  std::unique_ptr<service::Journal> journal_;
  std::unique_ptr<tree::Tree> tree_;
};

}  // namespace platter::test
