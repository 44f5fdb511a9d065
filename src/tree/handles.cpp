// src/tree/handles.cpp
//
// What an open file does, for each kind of file there is.
#include <algorithm>
#include <atomic>
#include <cstring>

#include "image_files.h"
#include "platter/base/error.h"
#include "platter/base/log.h"
#include "platter/tree/handle.h"

namespace platter::tree {

void Handle::write(std::uint64_t, ByteView) {
  throw Error(Errc::read_only, "the file is open for reading only");
}

void Handle::resize(std::uint64_t) {
  throw Error(Errc::read_only, "the file is open for reading only");
}

void Handle::flush(const access::Caller&) {}

namespace {

// Absent past the end; a file's end counts as a hole.
std::optional<std::uint64_t> seek_in(const block::ByteSource& source,
                                     std::uint64_t offset,
                                     block::ExtentKind kind) {
  if (offset >= source.size()) return std::nullopt;
  const std::uint64_t found = block::next_of_kind(source, offset, kind);
  if (found == source.size() && kind == block::ExtentKind::data) {
    return std::nullopt;
  }
  return found;
}

// The image's own file or a view of it, being read.
class DownloadHandle final : public Handle {
 public:
  DownloadHandle(service::Images& images, service::Images::Download download,
                 block::SourcePtr source, bool sealed)
      : images_(images),
        download_(std::move(download)),
        source_(std::move(source)),
        sealed_(sealed) {}

  ~DownloadHandle() override {
    try {
      images_.note_download(download_, bytes_);
    } catch (const std::exception& problem) {
      log::warning("a download is not in the audit trail",
                   {{"why", problem.what()}});
    }
  }

  bool sealed() const noexcept override { return sealed_; }

  std::size_t read(std::uint64_t offset, MutableBytes out) override {
    if (offset >= source_->size()) return 0;
    const std::size_t length =
        std::min<std::uint64_t>(out.size(), source_->size() - offset);
    source_->read(offset, out.first(length));
    bytes_ += length;
    return length;
  }

  std::optional<std::uint64_t> seek(std::uint64_t offset,
                                    block::ExtentKind kind) override {
    return seek_in(*source_, offset, kind);
  }

 private:
  service::Images& images_;
  service::Images::Download download_;
  block::SourcePtr source_;
  bool sealed_;
  std::atomic<std::uint64_t> bytes_{0};
};

// A file that is being written.
class DraftHandle final : public Handle {
 public:
  DraftHandle(const Tree::Parts& parts, service::DraftPtr draft)
      : uploads_(parts.uploads),
        images_(parts.images),
        draft_(std::move(draft)) {}
  ~DraftHandle() override { uploads_.close(draft_); }

  std::size_t read(std::uint64_t offset, MutableBytes out) override {
    return draft_->read(offset, out);
  }
  void write(std::uint64_t offset, ByteView bytes) override {
    uploads_.write(*draft_, offset, bytes);
  }
  void resize(std::uint64_t size) override { uploads_.resize(*draft_, size); }
  void flush(const access::Caller& caller) override {
    const bool killed = access::is_dying_by_signal(caller.pid);
    if (uploads_.flush(draft_, killed)) {
      images_.note_upload(caller, draft_->number());
    }
  }
  void sync() override { draft_->sync(); }
  std::optional<std::uint64_t> seek(std::uint64_t offset,
                                    block::ExtentKind kind) override {
    return seek_in(*draft_->snapshot(), offset, kind);
  }

 private:
  service::Uploads& uploads_;
  service::Images& images_;
  service::DraftPtr draft_;
};

// The same, seen by somebody who only reads.
class DraftReader final : public Handle {
 public:
  explicit DraftReader(service::DraftPtr draft) : draft_(std::move(draft)) {}

  std::size_t read(std::uint64_t offset, MutableBytes out) override {
    return draft_->read(offset, out);
  }
  std::optional<std::uint64_t> seek(std::uint64_t offset,
                                    block::ExtentKind kind) override {
    return seek_in(*draft_->snapshot(), offset, kind);
  }

 private:
  service::DraftPtr draft_;
};

std::size_t read_text(const std::string& text, std::uint64_t offset,
                      MutableBytes out) {
  if (offset >= text.size()) return 0;
  const std::size_t length = std::min(out.size(), text.size() - offset);
  std::memcpy(out.data(), text.data() + offset, length);
  return length;
}

// A text is data to its end.
std::optional<std::uint64_t> seek_in_text(const std::string& text,
                                          std::uint64_t offset,
                                          block::ExtentKind kind) {
  if (offset >= text.size()) return std::nullopt;
  return kind == block::ExtentKind::data ? offset : text.size();
}

class TextHandle final : public Handle {
 public:
  explicit TextHandle(std::shared_ptr<const std::string> text)
      : text_(std::move(text)) {}

  std::size_t read(std::uint64_t offset, MutableBytes out) override {
    return read_text(*text_, offset, out);
  }
  std::optional<std::uint64_t> seek(std::uint64_t offset,
                                    block::ExtentKind kind) override {
    return seek_in_text(*text_, offset, kind);
  }

 private:
  std::shared_ptr<const std::string> text_;
};

// An image.json being edited: what is written is kept aside, and becomes the
// image's properties when the editor closes the file.
class JsonHandle final : public Handle {
 public:
  static constexpr std::size_t kLimit = kMiB;

  JsonHandle(Context& context, image::Number number, std::string text)
      : context_(context), number_(number), text_(std::move(text)) {}

  std::size_t read(std::uint64_t offset, MutableBytes out) override {
    const std::scoped_lock lock(mutex_);
    return read_text(text_, offset, out);
  }
  std::optional<std::uint64_t> seek(std::uint64_t offset,
                                    block::ExtentKind kind) override {
    const std::scoped_lock lock(mutex_);
    return seek_in_text(text_, offset, kind);
  }

  void write(std::uint64_t offset, ByteView bytes) override {
    const std::scoped_lock lock(mutex_);
    check_size(offset + bytes.size());
    if (text_.size() < offset + bytes.size()) {
      text_.resize(offset + bytes.size());
    }
    std::memcpy(text_.data() + offset, bytes.data(), bytes.size());
    changed_ = true;
  }

  void resize(std::uint64_t size) override {
    const std::scoped_lock lock(mutex_);
    check_size(size);
    text_.resize(size);
    changed_ = true;
  }

  void flush(const access::Caller& caller) override {
    const std::scoped_lock lock(mutex_);
    // An editor empties the file before it writes.
    if (!changed_ || text_.empty()) return;
    changed_ = false;
    apply_json(context_, caller, number_, text_);
  }

 private:
  static void check_size(std::uint64_t size) {
    if (size > kLimit) {
      throw Error(Errc::too_large, "an image.json has at most 1 MiB");
    }
  }

  Context& context_;
  image::Number number_;
  std::mutex mutex_;  // guards what follows
  std::string text_;
  bool changed_ = false;
};

}  // namespace

std::unique_ptr<Handle> draft_handle(Context& context,
                                     service::DraftPtr draft) {
  return std::make_unique<DraftHandle>(context.parts, std::move(draft));
}

std::unique_ptr<Handle> draft_reader(service::DraftPtr draft) {
  return std::make_unique<DraftReader>(std::move(draft));
}

std::unique_ptr<Handle> download_handle(Context& context, const Caller& caller,
                                        const image::Record& record,
                                        NodeId file, block::SourcePtr source) {
  // A view seals its image by being opened.
  const bool sealed = record.sealed || file.kind() == NodeKind::view;
  return std::make_unique<DownloadHandle>(
      context.parts.images,
      service::Images::Download{caller, access::command_of(caller.pid),
                                record.number, name_of_file(record, file)},
      std::move(source), sealed);
}

std::unique_ptr<Handle> text_handle(std::string text) {
  return text_handle(std::make_shared<const std::string>(std::move(text)));
}

std::unique_ptr<Handle> text_handle(std::shared_ptr<const std::string> text) {
  return std::make_unique<TextHandle>(std::move(text));
}

std::unique_ptr<Handle> json_handle(Context& context, const Caller& caller,
                                    image::Number number, bool truncate) {
  std::string text;
  if (!truncate) {
    const image::RecordPtr record = context.image(caller, number);
    text = json_of(*context.parts.images.readable(caller, record));
  }
  return std::make_unique<JsonHandle>(context, number, std::move(text));
}

}  // namespace platter::tree
