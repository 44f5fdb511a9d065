// src/tree/sections.h
//
// The sections of a project's catalogue, the names of the images in them, and
// where a project has an image: the one home of both ways of those names.
#pragma once

#include "context.h"
#include "platter/image/section.h"

namespace platter::tree {

using image::Section;

// Of the folder of a section, or of an image's folder in it.
Section section_of(NodeKind kind);
NodeKind folder_kind(Section section);
NodeKind entry_kind(Section section);
// "public": the folder's name.
std::string name_of(Section section);

// Whether a project's section shows the image. That it is there, not that it
// is listed.
bool is_in(Section section, const image::Record& record,
           const std::string& viewer);

// "x@web": the name that always means the image, and in all sections but
// public the only one.
std::string full_name(const image::Record& record);
// "x" where it is the first public image of that name, else "x@web".
std::string entry_name(const Context& context, Section section,
                       const image::Record& record, const std::string& viewer);
// nullptr if the section has no such name.
image::RecordPtr entry_named(const Context& context, Section section,
                             const std::string& viewer, std::string_view name);
// All of a section with their names, hidden ones too.
void list_entries(const Context& context, Section section,
                  const std::string& viewer,
                  const std::function<void(const image::RecordPtr&,
                                           const std::string& name)>& visit);

// Whether others than its owner are not told of the image, unless they ask for
// it by name.
bool is_hidden_from(const image::Record& record, const std::string& viewer);

// Where a project has an image that it may use, from its root: "images/x",
// "catalog/public/x". nullopt: nowhere.
std::optional<std::string> home_of(const Context& context,
                                   const image::Record& record,
                                   const std::string& viewer);
// The target of a link to that home from a folder `depth` below the root,
// which is in the catalogue: "../../images/x", "../public/x".
std::string link_to(std::string_view home, int depth);

}  // namespace platter::tree
