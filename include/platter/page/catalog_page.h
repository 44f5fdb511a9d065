// include/platter/page/catalog_page.h
//
// The catalogue as one HTML file that needs nothing else: the images in it as
// JSON, and a style and a script that show them. Knows nothing of where they
// come from. docs/catalog-page.md says what is seen.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platter/base/clock.h"

namespace platter::page {

// What an image is called and said to be. Empty texts are not shown.
struct Image {
  std::string name;  // as whoever looks finds it: "debian-12", "debian-12@web"
  std::string id;
  std::string owner;
  std::string source;  // "own", "public", "community", "shared"
  std::string state;   // "active"
  std::string reason;  // why it is in that state, a sentence
  std::string visibility;
  std::string format;     // "qcow2"
  std::string container;  // "bare", "ova"
  std::string os_type;
  std::string os_distro;
  std::string os_version;
  std::string description;
  std::string replacement;  // the image that comes in its place: name or id
  std::vector<std::string> tags;
  bool deprecated = false;
  bool hidden = false;
  std::uint64_t size = 0;  // bytes, uploaded
  std::uint64_t virtual_size = 0;
  std::uint64_t stored_size = 0;  // told to operators only
  Timestamp created_at;
};

// A version pointer.
struct Pointer {
  std::string name;
  std::string owner;
  std::string target;
};

// What there was at a moment.
struct Point {
  Timestamp at;
  std::uint64_t images = 0;
  std::uint64_t bytes = 0;  // uploaded
};

// What the store holds, in bytes.
struct Space {
  std::uint64_t logical = 0;     // data of all disks, without holes
  std::uint64_t compressed = 0;  // each image by itself
  std::uint64_t stored = 0;      // each chunk once
};

struct Catalog {
  std::string project;  // whose; of no meaning to operators
  // For whom. Stored sizes are for operators: what deduplication saves tells a
  // project what others store. Without this neither they nor `space` are
  // anywhere in the page, whatever was given.
  bool for_operators = false;
  Timestamp as_of;
  std::vector<Image> images;
  std::vector<Pointer> pointers;
  std::vector<Point> growth;  // in the order of time
  Space space;
};

// The file. Texts may hold anything, bytes that are no UTF-8 too: they can
// neither end the element that they lie in, nor become elements. Pure, so any
// thread may call it.
std::string catalog_html(const Catalog& catalog);

}  // namespace platter::page
