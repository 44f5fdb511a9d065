// tests/tree/host.h
//
// A host mount with two projects besides the store's own.
#pragma once

#include "tree.h"

namespace platter::test {

struct Host : TestTree {
  explicit Host(Rules rules = {}) : TestTree({}, std::move(rules)) {
    be_host();
  }

  // An image with this little disk; `path` has no ending.
  void image(const Caller& caller, const std::string& path) {
    send(caller, path + ".raw", disk);
  }
  // Of "web", seen by everybody.
  void publish(const std::string& name) {
    image(web(), "projects/web/images/" + name);
    set_attribute("projects/web/images/" + name, "user.visibility", "public");
  }
  // Of "web", offered to "shop".
  void offer(const std::string& name) {
    const std::string path = "projects/web/images/" + name;
    image(web(), path);
    set_attribute(web(), path, "user.visibility", "shared");
    set_attribute(web(), path, "user.member.shop", "pending");
  }

  Bytes disk = random_disk(64 * kKiB, 1);
};

}  // namespace platter::test
