// tests/image/catalogue_in_folder.h
//
// A catalogue in a folder of its own, gone with it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "platter/image/catalogue.h"
#include "platter/image/pointers.h"
#include "support/folder.h"
#include "support/manual_clock.h"

namespace platter::test {

// An image with data of that many bytes.
inline image::RecordPtr make_image(image::Catalogue& catalogue,
                                   const std::string& name,
                                   const std::string& project = "default",
                                   std::uint64_t size = 100) {
  image::Record record;
  record.number = catalogue.new_number();
  record.id = image::ImageId::random();
  record.project = project;
  record.name = name;
  record.status = image::Status::active;
  record.original.emplace().size = size;
  return catalogue.create(record);
}

struct CatalogueInFolder {
  TemporaryFolder folder;
  ManualClock clock;
  std::unique_ptr<index::Index> index = index::open(folder.path());
  std::unique_ptr<image::Catalogue> catalogue =
      std::make_unique<image::Catalogue>(*index, clock);
  std::unique_ptr<image::Pointers> pointers =
      std::make_unique<image::Pointers>(*index, *catalogue, clock);

  void close() {
    pointers.reset();
    catalogue.reset();
    index.reset();
  }
  void open() {
    index = index::open(folder.path());
    catalogue = std::make_unique<image::Catalogue>(*index, clock);
    pointers = std::make_unique<image::Pointers>(*index, *catalogue, clock);
  }
  void reopen() {
    close();
    open();
  }

  image::RecordPtr create(const std::string& name,
                          const std::string& project = "default") {
    return make_image(*catalogue, name, project);
  }
};

// "name@owner" of all that the project sees there.
inline std::vector<std::string> names_in(const image::Catalogue& catalogue,
                                         image::Section section,
                                         const std::string& viewer) {
  std::vector<std::string> names;
  catalogue.list_section(section, viewer, [&](const image::RecordPtr& record) {
    names.push_back(record->name + "@" + record->project);
    return true;
  });
  return names;
}

}  // namespace platter::test
