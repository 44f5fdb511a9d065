// src/pack/pack.cpp: one pack: opening, appending, sealing, reading.
#include "platter/pack/pack.h"

#include <algorithm>
#include <array>
#include <utility>

#include "frame.h"
#include "layout.h"
#include "platter/base/clock.h"
#include "platter/base/error.h"
#include "platter/base/integers.h"
#include "recover.h"

namespace platter::pack {

namespace {

std::optional<PackHeader> read_header(const PackFile& file) {
  if (file.size() < PackHeader::kSize) return std::nullopt;
  std::array<std::byte, PackHeader::kSize> bytes;
  file.read(0, bytes);
  return PackHeader::decode(bytes);
}

// nullopt as well for a footer of another pack or one that lies about where
// it stands.
std::optional<Footer> read_footer(const PackFile& file, PackId id) {
  const std::uint64_t size = file.size();
  if (size < PackHeader::kSize + Footer::kSize) return std::nullopt;
  std::array<std::byte, Footer::kSize> bytes;
  file.read(size - Footer::kSize, bytes);
  const auto footer = Footer::decode(bytes);
  if (!footer || footer->id != id) return std::nullopt;
  const std::uint64_t table_size =
      std::uint64_t{footer->slots} * Footer::kEntry;
  if (checked_add(footer->table_offset, table_size) != size - Footer::kSize) {
    return std::nullopt;
  }
  return footer;
}

std::optional<std::vector<Place>> read_table(const PackFile& file,
                                             const Footer& footer) {
  Bytes table(std::size_t{footer.slots} * Footer::kEntry);
  file.read(footer.table_offset, table);
  if (hash64(table) != footer.table_check) return std::nullopt;
  return decode_table(table, footer.table_offset);
}

std::uint64_t random_salt() {
  std::array<std::byte, 8> bytes;
  fill_random(bytes);
  return load_le<std::uint64_t>(bytes);
}

// Room for one frame, kept by the thread so that a read allocates only what
// it returns.
MutableBytes scratch(std::size_t length) {
  constexpr std::size_t kKept = 256 * kKiB;
  thread_local Bytes bytes;
  if (bytes.size() < length || bytes.size() > kKept) {
    bytes = Bytes(std::max(length, kKept));
  }
  return MutableBytes(bytes).first(length);
}

}  // namespace

bool has_footer(const PackFile& file, PackId id) {
  return read_footer(file, id).has_value();
}

Pack::Pack(std::unique_ptr<PackFile> file, PackId id, std::uint64_t salt)
    : file_(std::move(file)), id_(id), salt_(salt) {}

std::unique_ptr<Pack> Pack::create(std::unique_ptr<PackFile> file, PackId id) {
  const PackHeader header{.id = id,
                          .salt = random_salt(),
                          .created = SystemClock().now().nanoseconds};
  file->write(0, header.encode());
  file->sync();
  std::unique_ptr<Pack> pack(new Pack(std::move(file), id, header.salt));
  pack->end_ = PackHeader::kSize;
  return pack;
}

std::unique_ptr<Pack> Pack::open(std::unique_ptr<PackFile> file, PackId id) {
  const auto footer = read_footer(*file, id);
  const auto header = read_header(*file);
  if (!header && !footer && file->size() <= PackHeader::kSize) {
    return create(std::move(file), id);
  }
  if (header ? header->id != id : !footer) {
    throw Error(Errc::damaged,
                "pack " + std::to_string(id) + ": its header is " +
                    (header ? "that of pack " + std::to_string(header->id)
                            : std::string("damaged")));
  }
  const std::uint64_t salt = header ? header->salt : footer->salt;
  std::unique_ptr<Pack> pack(new Pack(std::move(file), id, salt));
  // A trailer goes behind every byte there is, readable or not.
  pack->end_ = round_up(pack->file_->size(), kAlignment);
  if (footer) {
    if (auto places = read_table(*pack->file_, *footer)) {
      pack->places_ = std::move(*places);
      pack->sealed_ = true;
      return pack;
    }
  }
  pack->places_ = recover_places(*pack->file_, id, salt);
  return pack;
}

bool Pack::sealed() const {
  const std::shared_lock lock(mutex_);
  return sealed_;
}

std::uint64_t Pack::size() const {
  const std::shared_lock lock(mutex_);
  return end_;
}

Slot Pack::slot_count() const {
  const std::shared_lock lock(mutex_);
  return static_cast<Slot>(places_.size());
}

void Pack::write_at_end(ByteView bytes) {
  try {
    file_->write(end_, bytes);
  } catch (const Error&) {
    try {
      file_->resize(end_);
    } catch (const Error&) {
      // What stays there is no whole frame, and is written over next time.
    }
    throw;
  }
}

Slot Pack::append(Sealed chunk) {
  // Readers go on while one appender writes: mutex_ is taken only to publish.
  const std::lock_guard appending(append_mutex_);
  if (sealed_ || chunk.frame.size() > kPackLimit - end_) {
    throw Error(Errc::invalid, "pack " + std::to_string(id_) +
                                   " is sealed or full; append to another");
  }
  const Slot slot = static_cast<Slot>(places_.size());
  FrameHeader::place(chunk.frame, slot, id_, salt_);
  write_at_end(chunk.frame);
  const std::lock_guard lock(mutex_);
  places_.push_back({static_cast<std::uint32_t>(end_),
                     static_cast<std::uint32_t>(chunk.frame.size())});
  end_ += chunk.frame.size();
  return slot;
}

void Pack::sync() { file_->sync(); }

void Pack::seal() {
  const std::lock_guard appending(append_mutex_);
  if (sealed_) return;
  // Frames first: a footer promises what its table names.
  file_->sync();
  const Bytes trailer = encode_trailer(places_, end_, id_, salt_);
  write_at_end(trailer);
  file_->sync();
  const std::lock_guard lock(mutex_);
  end_ += trailer.size();
  sealed_ = true;
}

std::string Pack::name_of(Slot slot) const {
  return "pack " + std::to_string(id_) + " slot " + std::to_string(slot);
}

std::optional<Place> Pack::place_of(Slot slot) const {
  const std::shared_lock lock(mutex_);
  if (slot >= places_.size() || places_[slot].offset == 0) return std::nullopt;
  return places_[slot];
}

Content Pack::read(Slot slot) const {
  const auto place = place_of(slot);
  if (!place) {
    throw Error(Errc::damaged, name_of(slot) +
                                   " is lost: the pack has no "
                                   "such frame");
  }
  const MutableBytes frame = scratch(place->length);
  file_->read(place->offset, frame);
  const auto header = FrameHeader::decode(frame, id_, salt_);
  if (!header || header->slot != slot ||
      header->stored_length() != place->length) {
    throw Error(Errc::damaged, name_of(slot) + ": its frame header is damaged");
  }
  auto plain = decode_payload(
      *header,
      ByteView(frame).subspan(FrameHeader::kSize, header->payload_length));
  if (!plain) {
    throw Error(Errc::damaged, name_of(slot) + ": its bytes are damaged");
  }
  return {{.kind = header->kind,
           .plain_length = header->plain_length,
           .stored_length = place->length,
           .hash = header->hash},
          std::move(*plain)};
}

std::optional<FrameInfo> Pack::info(Slot slot) const {
  const auto place = place_of(slot);
  if (!place) return std::nullopt;
  std::array<std::byte, FrameHeader::kSize> bytes;
  file_->read(place->offset, bytes);
  const auto header = FrameHeader::decode(bytes, id_, salt_);
  if (!header || header->slot != slot ||
      header->stored_length() != place->length) {
    throw Error(Errc::damaged, name_of(slot) + ": its frame header is damaged");
  }
  return FrameInfo{.kind = header->kind,
                   .plain_length = header->plain_length,
                   .stored_length = place->length,
                   .hash = header->hash};
}

}  // namespace platter::pack
