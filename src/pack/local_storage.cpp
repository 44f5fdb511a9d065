// src/pack/local_storage.cpp: packs as files of one folder.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "platter/base/digest.h"
#include "platter/base/error.h"
#include "platter/base/integers.h"
#include "platter/pack/storage.h"

namespace platter::pack {

namespace {

constexpr std::string_view kSuffix = ".pack";

std::string file_name(PackId id) {
  std::array<std::byte, 8> bytes;
  store_be<std::uint64_t>(bytes, 0, id);
  return to_hex(bytes) + std::string(kSuffix);
}

// nullopt for a file that is no pack of ours.
std::optional<PackId> pack_id(const std::string& name) {
  const auto bytes = from_hex(
      name.substr(0, name.size() - std::min(name.size(), kSuffix.size())));
  if (!bytes || bytes->size() != 8) return std::nullopt;
  const PackId id = load_be<std::uint64_t>(*bytes);
  return file_name(id) == name ? std::optional(id) : std::nullopt;
}

class LocalPackFile final : public PackFile {
 public:
  explicit LocalPackFile(File file) : file_(std::move(file)) {}

  std::uint64_t size() const override { return file_.size(); }

  void read(std::uint64_t offset, MutableBytes out) const override {
    const std::size_t got = file_.read_some(offset, out);
    if (got == out.size()) return;
    throw Error(Errc::damaged,
                file_.path().string() + " ends at " +
                    std::to_string(offset + got) + "; bytes up to " +
                    std::to_string(offset + out.size()) + " were expected");
  }

  void write(std::uint64_t offset, ByteView bytes) override {
    file_.write(offset, bytes);
  }
  void resize(std::uint64_t size) override { file_.resize(size); }
  void sync() override { file_.sync(); }

 private:
  File file_;
};

class LocalStorage final : public Storage {
 public:
  explicit LocalStorage(const Path& folder) : folder_(folder) {
    make_folders(folder_);
  }

  std::vector<PackId> list() const override {
    std::vector<PackId> ids;
    std::error_code failure;
    std::filesystem::directory_iterator entry(folder_, failure);
    for (; !failure && entry != std::filesystem::directory_iterator();
         entry.increment(failure)) {
      if (const auto id = pack_id(entry->path().filename().string())) {
        ids.push_back(*id);
      }
    }
    if (failure) {
      throw system_error(failure.value(), "list " + folder_.string());
    }
    std::ranges::sort(ids);
    return ids;
  }

  std::unique_ptr<PackFile> create(PackId id) override {
    File file = File::open(path_of(id), File::Mode::create_new);
    sync_folder(folder_);
    return std::make_unique<LocalPackFile>(std::move(file));
  }

  std::unique_ptr<PackFile> open(PackId id) const override {
    return std::make_unique<LocalPackFile>(
        File::open(path_of(id), File::Mode::write));
  }

  void remove(PackId id) override {
    const Path path = path_of(id);
    if (::unlink(path.c_str()) != 0) {
      throw system_error(errno, "remove " + path.string());
    }
    sync_folder(folder_);
  }

 private:
  Path path_of(PackId id) const { return folder_ / file_name(id); }

  Path folder_;
};

}  // namespace

std::unique_ptr<Storage> local_storage(const Path& folder) {
  return std::make_unique<LocalStorage>(folder);
}

}  // namespace platter::pack
