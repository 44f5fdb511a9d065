// src/archive/ovf.cpp
#include "ovf.h"

#include <pugixml.hpp>
#include <vector>

#include "refusal.h"

namespace platter::archive {

namespace {

using pugi::xml_node;

// Prefixes of namespaces are free to choose, and everybody writes "ovf".
std::string_view local_name(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}

std::string attribute(const xml_node& node, std::string_view name) {
  for (const pugi::xml_attribute& one : node.attributes()) {
    if (local_name(one.name()) == name) return one.value();
  }
  return {};
}

std::vector<xml_node> children(const xml_node& node, std::string_view name) {
  std::vector<xml_node> found;
  for (const xml_node& child : node.children()) {
    if (local_name(child.name()) == name) found.push_back(child);
  }
  return found;
}

// The disks that come with content, of whichever section: the older ones are
// told apart by type, not by name.
std::vector<xml_node> disks_of(const xml_node& envelope) {
  std::vector<xml_node> disks;
  for (const xml_node& section : envelope.children()) {
    for (const xml_node& disk : children(section, "Disk")) {
      if (!attribute(disk, "fileRef").empty()) disks.push_back(disk);
    }
  }
  return disks;
}

xml_node file_of(const xml_node& envelope, const std::string& id) {
  for (const xml_node& references : children(envelope, "References")) {
    for (const xml_node& file : children(references, "File")) {
      if (attribute(file, "id") == id) return file;
    }
  }
  refuse(Errc::corrupt,
         "ova: the .ovf has a disk in the file {}, which is not "
         "among its references",
         shown(id));
}

xml_node only(const std::vector<xml_node>& disks, const xml_node& envelope) {
  if (disks.size() == 1) return disks.front();
  if (disks.empty()) {
    refuse(Errc::invalid, "ova: the .ovf names no disk");
  }
  std::string names;
  for (const xml_node& disk : disks) {
    const xml_node file = file_of(envelope, attribute(disk, "fileRef"));
    names += (names.empty() ? "" : ", ") + shown(attribute(file, "href"));
    if (names.size() > 1000) break;
  }
  refuse(Errc::invalid,
         "ova: the machine has {} disks: {}. An image is one disk: unpack the "
         "archive and send each to an image of its own",
         disks.size(), names);
}

void check_whole(const xml_node& disk, const xml_node& file,
                 const std::string& href) {
  if (!attribute(disk, "parentRef").empty()) {
    refuse(Errc::invalid,
           "ova: the disk {} holds only what differs from another "
           "(ovf:parentRef); export the machine with one whole disk",
           shown(href));
  }
  if (!attribute(file, "chunkSize").empty()) {
    refuse(Errc::unsupported,
           "ova: the disk {} is in pieces (ovf:chunkSize); export the machine "
           "without them",
           shown(href));
  }
  const std::string compression = attribute(file, "compression");
  if (!compression.empty() && compression != "identity") {
    refuse(Errc::unsupported,
           "ova: the disk {} is compressed by {} within the archive; export "
           "the machine without that",
           shown(href), shown(compression));
  }
}

}  // namespace

std::string disk_reference(ByteView ovf) {
  pugi::xml_document document;
  const auto parsed = document.load_buffer(ovf.data(), ovf.size());
  const xml_node envelope = document.document_element();
  if (!parsed || local_name(envelope.name()) != "Envelope") {
    refuse(Errc::corrupt, "ova: the .ovf is no OVF descriptor ({})",
           parsed ? "it has no Envelope" : parsed.description());
  }
  const xml_node disk = only(disks_of(envelope), envelope);
  const xml_node file = file_of(envelope, attribute(disk, "fileRef"));
  std::string href = attribute(file, "href");
  check_whole(disk, file, href);
  return href;
}

}  // namespace platter::archive
