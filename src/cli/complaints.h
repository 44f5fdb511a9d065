// src/cli/complaints.h
//
// Why a mount refused something: the sentences of its info/errors.
#pragma once

#include <optional>
#include <string>

#include "platter/base/error.h"
#include "platter/base/file.h"

namespace platter::cli {

// The folder, counted from the mount's root, of the tree that a path lies in:
// "projects/web"; empty: the root's own.
Path tree_of(const Path& inside);

// The newest line about `inside`, which counts from the mount's root, or about
// something in it; empty: none. Throws Errc::io when the mount does not say.
std::string newest_complaint(const Path& mount, const Path& inside);

// The sentence of such a line.
std::string sentence_of(const std::string& complaint);
// The newest line about `inside`, as an Error; nullopt: none, or the mount does
// not say.
std::optional<Error> newest_refusal(const Path& mount, const Path& inside);

struct Refusal {
  Error error;
  bool told;  // with the mount's own sentence
};

// What a system call on `inside` was refused with: `number` is its errno, and
// `doing` says what was tried.
Refusal refusal_of(int number, const Path& mount, const Path& inside,
                   const std::string& doing);

}  // namespace platter::cli
