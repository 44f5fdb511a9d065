// src/archive/tar.cpp
#include "tar.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <set>

#include "platter/base/integers.h"
#include "platter/block/sources.h"
#include "refusal.h"

namespace platter::archive {

namespace {

constexpr std::uint64_t kBlock = 512;
constexpr std::size_t kMostMembers = 1024;
constexpr std::size_t kBuffer = 64 * kKiB;

// What libarchive reads. Its calls are C: an exception waits until they have
// returned.
class Input {
 public:
  explicit Input(const block::ByteSource& file)
      : file_(file), buffer_(kBuffer) {}

  la_ssize_t read(const void** bytes) noexcept {
    try {
      const std::size_t length =
          std::min<std::uint64_t>(kBuffer, file_.size() - at_);
      file_.read(at_, MutableBytes(buffer_).first(length));
      at_ += length;
      *bytes = buffer_.data();
      return static_cast<la_ssize_t>(length);
    } catch (...) {
      failure_ = std::current_exception();
      return -1;
    }
  }
  la_int64_t skip(la_int64_t wanted) noexcept {
    const std::uint64_t length =
        std::min(static_cast<std::uint64_t>(wanted), file_.size() - at_);
    at_ += length;
    return static_cast<la_int64_t>(length);
  }
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  const block::ByteSource& file_;
  Bytes buffer_;
  std::uint64_t at_ = 0;
  std::exception_ptr failure_;
};

la_ssize_t read_input(struct archive*, void* input, const void** bytes) {
  return static_cast<Input*>(input)->read(bytes);
}
la_int64_t skip_input(struct archive*, void* input, la_int64_t wanted) {
  return static_cast<Input*>(input)->skip(wanted);
}

struct FreeReader {
  void operator()(struct archive* reader) const { archive_read_free(reader); }
};
using Reader = std::unique_ptr<struct archive, FreeReader>;

// Knows no format but tar and no compression.
Reader make_reader(Input& input) {
  Reader reader(archive_read_new());
  if (!reader) throw std::bad_alloc();
  archive_read_support_format_tar(reader.get());
  archive_read_set_read_callback(reader.get(), read_input);
  archive_read_set_skip_callback(reader.get(), skip_input);
  archive_read_set_callback_data(reader.get(), &input);
  archive_read_open1(reader.get());
  return reader;
}

std::string name_of(archive_entry* entry) {
  const char* name = archive_entry_pathname_utf8(entry);
  if (name == nullptr) name = archive_entry_pathname(entry);
  std::string_view text = name == nullptr ? "" : name;
  while (text.starts_with("./")) text.remove_prefix(2);
  return std::string(text);
}

bool lies_outside(std::string_view name) {
  if (name.empty() || name.starts_with('/')) return true;
  while (!name.empty()) {
    const std::size_t slash = std::min(name.find('/'), name.size());
    if (name.substr(0, slash) == "..") return true;
    name.remove_prefix(std::min(slash + 1, name.size()));
  }
  return false;
}

void check_plain(archive_entry* entry, const std::string& name) {
  if (lies_outside(name)) {
    refuse(Errc::invalid,
           "ova: {} is no name within the archive; make it anew with plain "
           "file names",
           shown(name));
  }
  const bool link = archive_entry_hardlink(entry) != nullptr;
  if (link || archive_entry_filetype(entry) != AE_IFREG) {
    refuse(Errc::invalid,
           "ova: {} is a link or a device; only plain files are taken",
           shown(name));
  }
  if (archive_entry_sparse_count(entry) > 0) {
    refuse(Errc::unsupported,
           "ova: {} is stored with its holes left out (tar --sparse), which is "
           "not read; make the archive anew without that",
           shown(name));
  }
}

// The entry that the reader just came to.
Member member_at(struct archive* reader, archive_entry* entry,
                 std::uint64_t end_of_file) {
  Member member;
  member.name = name_of(entry);
  check_plain(entry, member.name);
  member.offset = static_cast<std::uint64_t>(archive_filter_bytes(reader, 0));
  member.size = static_cast<std::uint64_t>(
      std::max<la_int64_t>(0, archive_entry_size(entry)));
  const auto end = checked_add(member.offset, member.size);
  if (!end || *end > end_of_file) {
    refuse(Errc::corrupt,
           "ova: {} has {} bytes from byte {} on, but the file ends at {}: it "
           "was cut off. Send the rest, or all of it again",
           shown(member.name), member.size, member.offset, end_of_file);
  }
  return member;
}

// What follows the members is zeros: an archive's end, or padding. Anything
// else would be read by one tool and not by another.
void check_end(const block::ByteSource& file,
               const std::vector<Member>& members) {
  std::uint64_t at = 0;
  if (!members.empty()) {
    const Member& last = members.back();
    at = std::min(round_up(last.offset + last.size, kBlock), file.size());
  }
  Bytes buffer(kBuffer);
  for (at = block::next_of_kind(file, at, block::ExtentKind::data);
       at < file.size();
       at = block::next_of_kind(file, at, block::ExtentKind::data)) {
    const auto part = MutableBytes(buffer).first(
        std::min<std::uint64_t>(kBuffer, file.size() - at));
    file.read(at, part);
    if (!all_zero(part)) {
      refuse(Errc::corrupt,
             "ova: after the archive's last file, from byte {} on, there is "
             "something else: the file was cut off, or two were joined. Send "
             "it again",
             at);
    }
    at += part.size();
  }
}

void check_once(const std::vector<Member>& members) {
  std::set<std::string_view> names;
  for (const Member& member : members) {
    if (names.insert(member.name).second) continue;
    refuse(Errc::invalid,
           "ova: {} is there twice; make the archive anew with one of them",
           shown(member.name));
  }
}

}  // namespace

std::optional<std::vector<Member>> members_of_tar(
    const block::ByteSource& file) {
  Input input(file);
  const Reader reader = make_reader(input);
  std::vector<Member> members;
  archive_entry* entry = nullptr;
  int result = archive_read_next_header(reader.get(), &entry);
  input.rethrow();
  if (result == ARCHIVE_FATAL) return std::nullopt;
  while (result == ARCHIVE_OK || result == ARCHIVE_WARN) {
    if (archive_entry_filetype(entry) != AE_IFDIR) {
      members.push_back(member_at(reader.get(), entry, file.size()));
    }
    if (members.size() > kMostMembers) {
      refuse(Errc::invalid, "ova: the archive has more than {} files",
             kMostMembers);
    }
    result = archive_read_next_header(reader.get(), &entry);
    input.rethrow();
  }
  if (result != ARCHIVE_EOF) {
    const char* why = archive_error_string(reader.get());
    refuse(Errc::corrupt, "ova: the archive is damaged ({}). Send it again",
           why == nullptr ? "no tar" : why);
  }
  check_once(members);
  check_end(file, members);
  return members;
}

block::SourcePtr source_of(const block::SourcePtr& file, const Member& member) {
  return block::slice(file, member.offset, member.size);
}

Bytes bytes_of(const block::SourcePtr& file, const Member& member,
               std::uint64_t longest) {
  if (member.size > longest) {
    refuse(Errc::too_large, "ova: {} has {} bytes; at most {} are read",
           shown(member.name), member.size, longest);
  }
  return block::read_all(*source_of(file, member));
}

}  // namespace platter::archive
