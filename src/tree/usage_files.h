// src/tree/usage_files.h
//
// Usage as a mount shows it: info/usage.csv and .json of this month,
// info/usage/ with two files for each month there was; and the same of all
// projects, with what the store keeps of each image, in info/operator/.
#pragma once

#include "info_files.h"

namespace platter::tree {

std::string usage_csv(const Context& context, const std::string& project);
std::string usage_json(const Context& context, const std::string& project);
std::string all_usage_csv(const Context& context, const std::string& project);
std::string all_usage_json(const Context& context, const std::string& project);
// InfoFile::stamp of the four.
std::uint64_t usage_stamp(const Context& context, const std::string& project);

// The file of a month.
std::string usage_month_text(const Context& context, NodeId node);
Attributes usage_month_attributes(const Context& context, NodeId node);
// Throws Errc::denied for a caller who may not read it.
void check_sees_usage(const Context& context, const Caller& caller,
                      NodeId node);
// From the root of the project's tree.
std::string usage_month_path(NodeId node);

}  // namespace platter::tree
