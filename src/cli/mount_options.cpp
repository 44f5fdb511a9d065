// src/cli/mount_options.cpp
#include "platter/cli/mount_options.h"

#include <algorithm>
#include <array>

#include "platter/base/error.h"

namespace platter::cli {

namespace {

// For the kernel, which takes them as they are.
constexpr std::array kKernel = {"ro",      "noexec", "nosuid",  "nodev",
                                "noatime", "sync",   "dirsync", "nodiratime"};

// What mount(8), fstab and systemd pass on and nobody else understands, and
// what is so anyway.
constexpr std::array kDropped = {
    "rw",       "defaults",   "auto",     "noauto",     "user",
    "nouser",   "users",      "owner",    "group",      "nofail",
    "_netdev",  "exec",       "suid",     "dev",        "async",
    "atime",    "diratime",   "relatime", "norelatime", "strictatime",
    "lazytime", "nolazytime", "loud",     "silent",     "default_permissions"};

// ... with what follows them.
constexpr std::array kDroppedPrefixes = {"x-", "X-",
                                         "comment=", "user=", "subtype="};

bool is_dropped(std::string_view option) {
  return std::ranges::find(kDropped, option) != kDropped.end() ||
         std::ranges::any_of(kDroppedPrefixes, [&](std::string_view prefix) {
           return option.starts_with(prefix);
         });
}

void add_setting(MountOptions& options, std::string_view option) {
  const std::size_t equals = std::min(option.find('='), option.size());
  const std::string name(option.substr(0, equals));
  const Setting* setting = setting_of_option(name);
  if (setting == nullptr) {
    throw Error(Errc::invalid, "-o " + std::string(option) +
                                   ": there is no such option; platter(1) "
                                   "lists those that there are");
  }
  if (equals < option.size()) {
    options.settings.push_back({name, std::string(option.substr(equals + 1))});
  } else if (setting->is_flag) {
    options.settings.push_back({name, "true"});
  } else {
    throw Error(Errc::invalid, "-o " + name + " needs a value: -o " + name +
                                   "=..., where ... is " +
                                   std::string(setting->allowed));
  }
}

void add_option(MountOptions& options, std::string_view option) {
  constexpr std::string_view kSource = "fsname=";
  if (std::ranges::find(kKernel, option) != kKernel.end()) {
    options.kernel.emplace_back(option);
  } else if (option.starts_with(kSource)) {
    options.source = option.substr(kSource.size());
  } else if (!option.empty() && !is_dropped(option)) {
    add_setting(options, option);
  }
}

// Reads single-letter flags, also several in one word, and -o, -t and -N with
// the word after them.
class HelperParser {
 public:
  explicit HelperParser(const std::vector<std::string>& words)
      : words_(words) {}

  HelperCall parse() {
    std::vector<std::string> names;
    while (at_ < words_.size()) {
      const std::string& word = words_[at_++];
      if (word.size() > 1 && word.front() == '-') {
        read_flags(word.substr(1));
      } else {
        names.push_back(word);
      }
    }
    if (names.size() != 2) {
      throw Error(Errc::invalid,
                  "usage: mount.platter SOURCE TARGET [-o LIST]");
    }
    call_.source = names[0];
    call_.target = names[1];
    return std::move(call_);
  }

 private:
  void read_flags(const std::string& flags) {
    for (std::size_t i = 0; i < flags.size(); ++i) {
      const char flag = flags[i];
      if (flag == 'o' || flag == 't' || flag == 'N') {
        const std::string rest = flags.substr(i + 1);
        const std::string value = rest.empty() ? next_word(flag) : rest;
        if (flag == 'o') add_mount_options(call_.options, value);
        return;
      }
      read_flag(flag);
    }
  }

  void read_flag(char flag) {
    if (flag == 'f') {
      call_.fake = true;
    } else if (flag == 'v') {
      call_.verbose = true;
    } else if (flag != 's' && flag != 'n' && flag != 'w') {
      throw Error(Errc::invalid,
                  std::string("-") + flag + " is no option of a mount helper");
    }
  }

  const std::string& next_word(char flag) {
    if (at_ == words_.size()) {
      throw Error(Errc::invalid, std::string("-") + flag + " needs a value");
    }
    return words_[at_++];
  }

  const std::vector<std::string>& words_;
  std::size_t at_ = 0;
  HelperCall call_;
};

}  // namespace

void add_mount_options(MountOptions& options, std::string_view list) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    add_option(options, list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

HelperCall parse_helper_call(const std::vector<std::string>& arguments) {
  return HelperParser(arguments).parse();
}

}  // namespace platter::cli
