// src/transfer/download.h
//
// A fetch over http or https: attempts, the redirects in each, and what the
// sink has after them.
#pragma once

#include "exchange.h"

namespace platter::transfer {

// Used by one thread, for one run().
class Download final : private Receiver {
 public:
  Download(const Url& url, const FetchOptions& options, Sink& sink,
           Control& control);

  Fetched run(const ResumePoint& from);

 private:
  // One attempt, from where the last one ended.
  Fetched attempt();
  // The answer that is no redirect, and its URL.
  Answer follow(Url& url);
  Request request_for(const Url& url) const;
  [[noreturn]] void refuse_status(const Answer& answer) const;

  bool begin(const Answer& answer) override;
  void take(ByteView body) override;
  void check_end(const Answer& answer);
  void begin_whole(const Answer& answer);
  void begin_rest(const Answer& answer);
  void start_over();
  [[noreturn]] void file_has_changed();

  // The point to ask from: its validator can be asked for.
  bool can_resume() const { return point_.offset > 0 && !validator().empty(); }
  const std::string& validator() const {
    return point_.etag.empty() ? point_.last_modified : point_.etag;
  }

  const Url url_;
  const FetchOptions& options_;
  Sink& sink_;
  Control& control_;
  const Deadline deadline_;
  ResumePoint point_;
};

}  // namespace platter::transfer
