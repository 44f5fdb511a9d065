// tests/support/signer.h
//
// Somebody who signs images, with the openssl command as the tool.
#pragma once

#include "platter/base/file.h"
#include "support/command.h"
#include "support/folder.h"

namespace platter::test {

class Signer {
 public:
  // `key`: what `openssl req -newkey` makes a key by; `name`: of the
  // certificate, NAME.pem in folder(), valid for `days` from now.
  explicit Signer(const std::string& name = "builder",
                  const std::string& key = "rsa:2048",
                  const std::string& days = "30")
      : name_(name) {
    run("openssl req -x509 -nodes -newkey " + key + " -keyout " + path("key") +
        " -out " + certificate().string() + " -subj /O=Example/CN=" + name +
        " -days " + days + " 2>/dev/null");
  }

  Path folder() const { return folder_.path(); }
  Path certificate() const { return path(name_ + ".pem"); }

  // The signature over `data` as it stands in a file.
  Bytes sign(ByteView data, const std::string& digest,
             const std::string& options = "") const {
    write_whole(path("data"), data);
    run("openssl dgst -" + digest + " -sign " + path("key") + " " + options +
        " -out " + path("signature") + " " + path("data"));
    return *read_whole(path("signature"), kMiB);
  }

  std::string to_base64(ByteView bytes) const {
    write_whole(path("bytes"), bytes);
    run("openssl base64 -A -in " + path("bytes") + " -out " + path("text"));
    return std::string(as_text(*read_whole(path("text"), kMiB)));
  }

  static constexpr const char* kPss =
      "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:max";

 private:
  std::string path(const std::string& name) const {
    return (folder_.path() / name).string();
  }

  TemporaryFolder folder_;
  std::string name_;
};

}  // namespace platter::test
