// src/tree/info_texts.h
//
// Remembers what was last worked out for each file of info/.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace platter::tree {

// Of each file one text, whichever project asked last: they may be large, and
// who looks at one looks at its size, and then reads it. Thread-safe.
class InfoTexts {
 public:
  using TextPtr = std::shared_ptr<const std::string>;

  // The text of that stamp, or what `make` answers.
  TextPtr get(std::uint8_t file, const std::string& project,
              std::uint64_t stamp, const std::function<std::string()>& make) {
    {
      const std::scoped_lock lock(mutex_);
      const auto found = texts_.find(file);
      if (found != texts_.end() && found->second.project == project &&
          found->second.stamp == stamp) {
        return found->second.text;
      }
    }
    const auto text = std::make_shared<const std::string>(make());
    const std::scoped_lock lock(mutex_);
    texts_[file] = {project, stamp, text};
    return text;
  }

 private:
  struct Remembered {
    std::string project;
    std::uint64_t stamp = 0;
    TextPtr text;
  };

  std::mutex mutex_;
  std::map<std::uint8_t, Remembered> texts_;
};

}  // namespace platter::tree
