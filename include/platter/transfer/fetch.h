// include/platter/transfer/fetch.h
//
// Brings the bytes of a URL into a sink, or says why not. Knows nothing of
// images.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "platter/base/bytes.h"
#include "platter/transfer/url_rules.h"

namespace platter::transfer {

// Where bytes go. Called by the thread that fetches; what it throws ends the
// fetch and comes out of fetch().
class Sink {
 public:
  virtual ~Sink() = default;

  // Offsets grow without gaps, from 0 or from where the fetch was resumed.
  virtual void write(std::uint64_t offset, ByteView bytes) = 0;
  // What was written so far is not, or no longer, what the URL holds: it
  // begins again at 0. A ResumePoint that was kept is worth nothing from here.
  virtual void restart() = 0;
};

// How far a fetch came, and what it needs to go on, in this process or a later
// one. A validator says whether the file is still the same.
struct ResumePoint {
  std::uint64_t offset = 0;            // bytes that the sink has
  std::string etag;                    // empty: none that is strong
  std::string last_modified;           // as the server wrote it; empty: none
  std::optional<std::uint64_t> total;  // of the file; nullopt: not known

  bool operator==(const ResumePoint&) const = default;
};

// Who watches a fetch. What it throws ends the fetch, as a sink's.
class Control {
 public:
  virtual ~Control() = default;

  // Asked at least once a second, by the thread that fetches. True ends it.
  virtual bool cancelled() = 0;
  // After each write: the sink has `point.offset` bytes. Who keeps the point
  // for later makes the bytes durable first.
  virtual void progress(const ResumePoint& point) = 0;
};

struct FetchOptions {
  Rules rules;
  // Bytes; a longer file is refused.
  std::uint64_t max_bytes = 64 * kGiB;

  std::chrono::milliseconds connect_timeout{30'000};
  // A connection that brings no byte for so long is given up. Whole seconds.
  std::chrono::seconds stall_timeout{60};
  // For all attempts together; looking names up may take longer.
  std::chrono::milliseconds total_timeout{std::chrono::hours(24)};

  // How often in a row it is tried again without getting further.
  unsigned retries = 6;
  // Pauses double from the first to the longest, each by chance up to half
  // shorter. A server that wants a longer one than the longest is given up.
  std::chrono::milliseconds first_pause{1'000};
  std::chrono::milliseconds longest_pause{120'000};

  // Whether a redirect may lead from https to http.
  bool allow_downgrade = false;
  // A PEM file that vouches for servers in place of the host's; empty: the
  // host's. That servers are verified cannot be turned off.
  std::string ca_file;
  // "http://proxy.example.org:3128": looks names up and connects in our place,
  // so addresses behind names are its to refuse, and its own is not held
  // against the rules. Empty: none, whatever the environment says.
  std::string proxy;
  std::string user_agent = "platter";
};

struct Fetched {
  std::uint64_t bytes = 0;
  std::string url;        // the last one, without its query
  std::string file_name;  // as the server calls it, safe as a file's name
  std::string etag;       // as in ResumePoint
  std::string last_modified;
};

// Fetches `url` from `from` on. Follows up to 10 redirects and holds each
// against the rules, as every address that is connected to; tries again what
// may pass (connections that fail or are cut, 408, 425, 429, 5xx), going on
// where it was when the server has the same file still, and from 0 when not.
// A file:// URL, where the rules allow it, is a plain file of this host.
//
// Throws, with the URL in the sentence: Errc::invalid and forbidden as
// check_url(), too_large over max_bytes, timed_out, cancelled, remote for all
// else that the other side does; of a file also not_found and io. A body
// shorter than announced is never taken for whole; one whose length nobody
// announced, and that is not chunked, ends with its connection. May be called
// from several threads, each with its own sink.
Fetched fetch(std::string_view url, const FetchOptions& options, Sink& sink,
              Control& control, const ResumePoint& from = {});

}  // namespace platter::transfer
