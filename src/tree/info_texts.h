// src/tree/info_texts.h
//
// Remembers what was last worked out for files of info/.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>

namespace platter::tree {

// They may be large, and who looks at one looks at its size, and then reads it.
// Thread-safe.
class InfoTexts {
 public:
  using TextPtr = std::shared_ptr<const std::string>;

  // Bytes of all texts that are kept; the last one is kept in any case.
  static constexpr std::size_t kMost = 32 << 20;

  // The text of that stamp, or what `make` answers.
  TextPtr get(std::uint8_t file, const std::string& project,
              std::uint64_t stamp, const std::function<std::string()>& make) {
    {
      const std::scoped_lock lock(mutex_);
      for (auto at = texts_.begin(); at != texts_.end(); ++at) {
        if (at->file != file || at->project != project) continue;
        if (at->stamp != stamp) break;
        texts_.splice(texts_.begin(), texts_, at);
        return at->text;
      }
    }
    const auto text = std::make_shared<const std::string>(make());
    keep({file, project, stamp, text});
    return text;
  }

 private:
  struct Remembered {
    std::uint8_t file;
    std::string project;
    std::uint64_t stamp;
    TextPtr text;
  };

  void keep(Remembered one) {
    const std::scoped_lock lock(mutex_);
    texts_.remove_if([&](const Remembered& other) {
      return other.file == one.file && other.project == one.project;
    });
    texts_.push_front(std::move(one));
    std::size_t bytes = 0;
    for (const Remembered& kept : texts_) bytes += kept.text->size();
    while (bytes > kMost && texts_.size() > 1) {
      bytes -= texts_.back().text->size();
      texts_.pop_back();
    }
  }

  std::mutex mutex_;
  std::list<Remembered> texts_;  // the last used first
};

}  // namespace platter::tree
