// src/transfer/exchange.h
//
// One request for a URL and its answer, over one connection (outside library:
// libcurl).
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "platter/base/error.h"
#include "platter/transfer/fetch.h"

namespace platter::transfer {

// A failure that may pass: worth another attempt.
class MayPass : public Error {
 public:
  MayPass(Errc code, const std::string& what,
          std::optional<std::chrono::seconds> after = std::nullopt)
      : Error(code, what), after_(after) {}

  // When the server wants to be asked again; nullopt: it did not say.
  std::optional<std::chrono::seconds> after() const noexcept { return after_; }

 private:
  std::optional<std::chrono::seconds> after_;
};

struct Request {
  Url url;
  std::uint64_t offset = 0;  // of the first byte that is wanted
  std::string validator;     // for If-Range; not empty when offset > 0
};

// Fields that were not sent are empty.
struct Answer {
  long status = 0;
  std::string etag;
  std::string last_modified;
  std::string location;
  std::string content_range;
  std::string disposition;
  std::optional<std::uint64_t> length;  // of the body
  std::optional<std::chrono::seconds> retry_after;
};

// Takes an answer. What it throws comes out of exchange().
class Receiver {
 public:
  virtual ~Receiver() = default;

  // Once, before the body. False when the body is of no interest.
  virtual bool begin(const Answer& answer) = 0;
  virtual void take(ByteView body) = 0;
};

using Deadline = std::chrono::steady_clock::time_point;

// Returns when the body was received whole, or as soon as begin() was false.
// Throws MayPass when the connection fails or is cut; Errc::forbidden for an
// address that the rules refuse; Errc::timed_out at the deadline,
// Errc::cancelled, and Errc::remote for failures that stay, such as a
// certificate.
Answer exchange(const Request& request, const FetchOptions& options,
                Deadline deadline, Control& control, Receiver& receiver);

}  // namespace platter::transfer
