// src/transfer/download.cpp
#include "download.h"

#include <fmt/core.h>

#include "content_range.h"
#include "file_name.h"
#include "limits.h"
#include "patience.h"

namespace platter::transfer {

namespace {

constexpr int kMostRedirects = 10;

bool is_redirect(long status) {
  return status == 301 || status == 302 || status == 303 || status == 307 ||
         status == 308;
}

bool may_pass(long status) {
  return status == 408 || status == 425 || status == 429 ||
         (status >= 500 && status != 501 && status != 505);
}

std::string strong(const std::string& etag) {
  return etag.starts_with('"') ? etag : "";
}

// What only one side knows says nothing.
bool differ(const std::string& a, const std::string& b) {
  return !a.empty() && !b.empty() && a != b;
}

}  // namespace

Download::Download(const Url& url, const FetchOptions& options, Sink& sink,
                   Control& control)
    : url_(url),
      options_(options),
      sink_(sink),
      control_(control),
      deadline_(std::chrono::steady_clock::now() + options.total_timeout) {}

Fetched Download::run(const ResumePoint& from) {
  point_ = from;
  Patience patience(options_, control_, deadline_);
  while (true) {
    try {
      return attempt();
    } catch (const MayPass& failure) {
      patience.wait_after(failure, point_.offset);
    }
  }
}

// Begins at the first URL each time: what that redirects to may be good for
// some minutes only.
Fetched Download::attempt() {
  Url url = url_;
  const Answer answer = follow(url);
  if (answer.status == 416 && can_resume()) {
    check_end(answer);
  } else if (answer.status != 200 && answer.status != 206) {
    refuse_status(answer);
  }
  if (point_.total && point_.total != point_.offset) {
    throw MayPass(Errc::remote,
                  fmt::format("{}: was cut after {} of {} bytes", url.shown(),
                              point_.offset, *point_.total));
  }
  return {point_.offset, url.shown(), file_name(answer.disposition, url),
          point_.etag, point_.last_modified};
}

Answer Download::follow(Url& url) {
  for (int redirects = 0; redirects <= kMostRedirects; ++redirects) {
    const Answer answer =
        exchange(request_for(url), options_, deadline_, control_, *this);
    if (!is_redirect(answer.status) || answer.location.empty()) return answer;
    url = check_redirect(options_.rules, url, answer.location,
                         options_.allow_downgrade);
  }
  throw Error(Errc::remote,
              fmt::format("{}: redirects more than {} times; give the URL that "
                          "it leads to",
                          url_.shown(), kMostRedirects));
}

Request Download::request_for(const Url& url) const {
  if (!can_resume()) return {url, 0, ""};
  return {url, point_.offset, validator()};
}

void Download::refuse_status(const Answer& answer) const {
  const std::string what =
      fmt::format("{}: answers {}", url_.shown(), answer.status);
  if (may_pass(answer.status)) {
    throw MayPass(Errc::remote, what, answer.retry_after);
  }
  throw Error(Errc::remote, what + "; check the URL in a browser");
}

// Nothing is left to send: of the same file, or the request would not have
// been for a range of it.
void Download::check_end(const Answer& answer) {
  const auto range = ContentRange::parse(answer.content_range);
  if (!range || range->total != point_.offset) file_has_changed();
  point_.total = point_.offset;
}

void Download::file_has_changed() {
  start_over();
  throw MayPass(Errc::remote, url_.shown() + ": the file has changed");
}

bool Download::begin(const Answer& answer) {
  if (answer.status == 206) {
    begin_rest(answer);
  } else if (answer.status == 200) {
    begin_whole(answer);
  } else {
    return false;
  }
  return true;
}

void Download::begin_whole(const Answer& answer) {
  if (answer.length) check_size(url_, options_, *answer.length);
  start_over();
  point_.etag = strong(answer.etag);
  point_.last_modified = answer.last_modified;
  point_.total = answer.length;
}

void Download::begin_rest(const Answer& answer) {
  const auto range = ContentRange::parse(answer.content_range);
  if (!can_resume() || !range || range->first != point_.offset ||
      (answer.length && *answer.length != range->last - point_.offset + 1)) {
    throw Error(Errc::remote,
                fmt::format("{}: answers with the range \"{}\" to a request "
                            "for all from {} on",
                            url_.shown(), answer.content_range, point_.offset));
  }
  if (differ(strong(answer.etag), point_.etag) ||
      differ(answer.last_modified, point_.last_modified) ||
      (point_.total && range->total && *range->total != *point_.total)) {
    file_has_changed();
  }
  // One that does not know the whole knows what it is about to send.
  point_.total = range->total.value_or(range->last + 1);
  check_size(url_, options_, *point_.total);
}

void Download::take(ByteView body) {
  const std::uint64_t end = point_.offset + body.size();
  check_size(url_, options_, end);
  if (point_.total && end > *point_.total) {
    throw Error(Errc::remote, fmt::format("{}: sends more than the {} bytes "
                                          "that it announced",
                                          url_.shown(), *point_.total));
  }
  sink_.write(point_.offset, body);
  point_.offset = end;
  control_.progress(point_);
}

void Download::start_over() {
  if (point_.offset > 0) sink_.restart();
  point_ = {};
}

}  // namespace platter::transfer
