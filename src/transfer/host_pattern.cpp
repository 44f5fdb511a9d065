// src/transfer/host_pattern.cpp
#include <algorithm>

#include "host_name.h"
#include "platter/base/error.h"
#include "platter/transfer/url_rules.h"

namespace platter::transfer {

HostPattern HostPattern::parse(std::string_view text) {
  HostPattern pattern;
  pattern.network_ = Network::parse(text);
  if (pattern.network_) return pattern;
  std::string_view name = text;
  if (name == "*") {
    pattern.wild_ = true;
    return pattern;
  }
  if (name.starts_with("*.")) {
    pattern.wild_ = true;
    name.remove_prefix(2);
  }
  const auto host = host_name(name);
  if (!host) {
    throw Error(Errc::invalid,
                "\"" + std::string(text) +
                    "\" is no host: write a name, *.name, an address, or a "
                    "network such as 10.0.0.0/8");
  }
  pattern.name_ = *host;
  return pattern;
}

bool HostPattern::matches_name(std::string_view host) const {
  if (network_) return false;
  if (!wild_) return host == name_;
  return name_.empty() ||
         (host.size() > name_.size() && host.ends_with(name_) &&
          host[host.size() - name_.size() - 1] == '.');
}

bool HostPattern::matches(const Address& address) const {
  return network_ ? network_->contains(address) : wild_ && name_.empty();
}

}  // namespace platter::transfer
