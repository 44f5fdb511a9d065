// src/transfer/exchange.cpp
#include "exchange.h"

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <mutex>
#include <new>

#include "limits.h"
#include "resolve.h"

namespace platter::transfer {

namespace {

using std::chrono::milliseconds;

// More than any server sends; curl itself would keep all of them.
constexpr std::size_t kMostHeaders = 256 * kKiB;
constexpr long kBufferSize = 256 * kKiB;

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text,
                             [](char c) { return c >= 0x20 && c < 0x7f; });
}

template <typename Value>
void set(CURL* curl, CURLoption option, Value value) {
  if (curl_easy_setopt(curl, option, value) == CURLE_OUT_OF_MEMORY) {
    throw std::bad_alloc();
  }
}

void set(CURL* curl, CURLoption option, const std::string& text) {
  set(curl, option, text.c_str());
}

// A list of lines, as curl wants them.
class Lines {
 public:
  void add(const std::string& line) {
    curl_slist* const longer = curl_slist_append(lines_.get(), line.c_str());
    if (!longer) throw std::bad_alloc();
    static_cast<void>(lines_.release());
    lines_.reset(longer);
  }
  curl_slist* get() const { return lines_.get(); }

 private:
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> lines_{
      nullptr, curl_slist_free_all};
};

CURL* new_handle() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  CURL* const curl = curl_easy_init();
  if (!curl) throw std::bad_alloc();
  return curl;
}

class Exchange {
 public:
  Exchange(const Request& request, const FetchOptions& options,
           Control& control, Receiver& receiver)
      : request_(request),
        options_(options),
        control_(control),
        receiver_(receiver),
        curl_(new_handle(), curl_easy_cleanup) {}

  Answer run(Deadline deadline);

 private:
  void prepare_connection();
  void prepare_request();
  void prepare_callbacks();

  static std::size_t on_header(char*, std::size_t, std::size_t count, void*);
  static std::size_t on_body(char* data, std::size_t, std::size_t count, void*);
  static int on_progress(void*, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
  static curl_socket_t on_socket(void*, curlsocktype, curl_sockaddr* address);

  // Runs `action`; keeps what it throws, which must not get into curl, and
  // answers false then.
  template <typename Action>
  bool guarded(Action action) noexcept;
  void begin();
  Answer answer() const;
  std::string header(const char* name) const;
  [[noreturn]] void fail(CURLcode code, Deadline deadline) const;

  const Request& request_;
  const FetchOptions& options_;
  Control& control_;
  Receiver& receiver_;

  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl_;
  Lines places_;
  Lines fields_;
  char message_[CURL_ERROR_SIZE] = {};

  std::size_t header_bytes_ = 0;
  bool begun_ = false;
  bool wanted_ = false;
  std::exception_ptr failure_;
};

// curl is told where the name leads, and so never asks anybody.
void Exchange::prepare_connection() {
  CURL* const curl = curl_.get();
  set(curl, CURLOPT_NOPROXY, "");
  set(curl, CURLOPT_PROXY, options_.proxy);
  if (!options_.proxy.empty()) {
    check_unresolved(options_.rules, request_.url);
  } else if (!request_.url.address) {
    std::string place =
        request_.url.host + ":" + std::to_string(request_.url.port) + ":";
    for (const Address& address : resolve(options_.rules, request_.url)) {
      place += (place.ends_with(':') ? "[" : ",[") + address.to_text() + "]";
    }
    places_.add(place);
    set(curl, CURLOPT_RESOLVE, places_.get());
  }
  set(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  set(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  set(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options_.ca_file.empty()) {
    set(curl, CURLOPT_CAINFO, options_.ca_file);
    // The host's folder would vouch as well.
    set(curl, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
  set(curl, CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>(options_.connect_timeout.count()));
  set(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(curl, CURLOPT_LOW_SPEED_TIME,
      static_cast<long>(options_.stall_timeout.count()));
  set(curl, CURLOPT_NOSIGNAL, 1L);
  set(curl, CURLOPT_TCP_KEEPALIVE, 1L);
}

void Exchange::prepare_request() {
  CURL* const curl = curl_.get();
  set(curl, CURLOPT_URL, request_.url.text);
  set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  set(curl, CURLOPT_FOLLOWLOCATION, 0L);
  set(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(curl, CURLOPT_USERAGENT, options_.user_agent);
  fields_.add("Accept-Encoding: identity");
  if (request_.offset > 0) {
    set(curl, CURLOPT_RANGE, std::to_string(request_.offset) + "-");
    fields_.add("If-Range: " + request_.validator);
  }
  set(curl, CURLOPT_HTTPHEADER, fields_.get());
}

void Exchange::prepare_callbacks() {
  CURL* const curl = curl_.get();
  set(curl, CURLOPT_ERRORBUFFER, message_);
  set(curl, CURLOPT_BUFFERSIZE, kBufferSize);
  set(curl, CURLOPT_HEADERFUNCTION, &Exchange::on_header);
  set(curl, CURLOPT_HEADERDATA, this);
  set(curl, CURLOPT_WRITEFUNCTION, &Exchange::on_body);
  set(curl, CURLOPT_WRITEDATA, this);
  set(curl, CURLOPT_NOPROGRESS, 0L);
  set(curl, CURLOPT_XFERINFOFUNCTION, &Exchange::on_progress);
  set(curl, CURLOPT_XFERINFODATA, this);
  set(curl, CURLOPT_OPENSOCKETFUNCTION, &Exchange::on_socket);
  set(curl, CURLOPT_OPENSOCKETDATA, this);
}

Answer Exchange::run(Deadline deadline) {
  prepare_connection();
  prepare_request();
  prepare_callbacks();
  const auto left = std::chrono::ceil<milliseconds>(
      deadline - std::chrono::steady_clock::now());
  // curl takes 0 for no limit.
  set(curl_.get(), CURLOPT_TIMEOUT_MS,
      std::max(1L, static_cast<long>(left.count())));
  const CURLcode code = curl_easy_perform(curl_.get());
  if (failure_) std::rethrow_exception(failure_);
  if (begun_ && !wanted_) return answer();
  if (code != CURLE_OK) fail(code, deadline);
  if (!begun_) begin();
  return answer();
}

template <typename Action>
bool Exchange::guarded(Action action) noexcept {
  try {
    action();
    return true;
  } catch (...) {
    failure_ = std::current_exception();
    return false;
  }
}

std::size_t Exchange::on_header(char*, std::size_t, std::size_t count,
                                void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  exchange.header_bytes_ += count;
  const bool fits = exchange.guarded([&] {
    if (exchange.header_bytes_ > kMostHeaders) {
      throw Error(Errc::remote, exchange.request_.url.shown() +
                                    ": answers with headers without end");
    }
  });
  return fits ? count : CURL_WRITEFUNC_ERROR;
}

std::size_t Exchange::on_body(char* data, std::size_t, std::size_t count,
                              void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  const bool taken = exchange.guarded([&] {
    if (!exchange.begun_) exchange.begin();
    if (exchange.wanted_) exchange.receiver_.take(as_bytes({data, count}));
  });
  return taken && exchange.wanted_ ? count : CURL_WRITEFUNC_ERROR;
}

int Exchange::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t,
                          curl_off_t) {
  auto& exchange = *static_cast<Exchange*>(self);
  const auto check = [&] {
    check_cancelled(exchange.request_.url, exchange.control_);
  };
  return exchange.guarded(check) ? 0 : 1;
}

// The last gate: whatever was looked up before, this is what is connected to.
curl_socket_t Exchange::on_socket(void* self, curlsocktype,
                                  curl_sockaddr* address) {
  auto& exchange = *static_cast<Exchange*>(self);
  const bool allowed = exchange.guarded([&] {
    if (!exchange.options_.proxy.empty()) return;
    const auto place = Address::of(address->addr);
    if (!place) throw Error(Errc::forbidden, "a socket of an unknown family");
    check_address(exchange.options_.rules, exchange.request_.url, *place);
  });
  if (!allowed) return CURL_SOCKET_BAD;
  return socket(address->family, address->socktype | SOCK_CLOEXEC,
                address->protocol);
}

void Exchange::begin() {
  begun_ = true;
  wanted_ = receiver_.begin(answer());
}

// Empty for what no server in its right mind sends.
std::string Exchange::header(const char* name) const {
  curl_header* found = nullptr;
  if (curl_easy_header(curl_.get(), name, 0, CURLH_HEADER, -1, &found) !=
      CURLHE_OK) {
    return "";
  }
  const std::string_view value = found->value;
  return is_printable(value) ? std::string(value) : "";
}

Answer Exchange::answer() const {
  Answer answer;
  curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  answer.etag = header("ETag");
  answer.last_modified = header("Last-Modified");
  answer.location = header("Location");
  answer.content_range = header("Content-Range");
  answer.disposition = header("Content-Disposition");
  curl_off_t length = -1;
  curl_easy_getinfo(curl_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  if (length >= 0) answer.length = static_cast<std::uint64_t>(length);
  curl_off_t seconds = 0;
  curl_easy_getinfo(curl_.get(), CURLINFO_RETRY_AFTER, &seconds);
  if (seconds > 0) answer.retry_after = std::chrono::seconds(seconds);
  return answer;
}

void Exchange::fail(CURLcode code, Deadline deadline) const {
  const std::string what = request_.url.shown() + ": " +
                           (*message_ ? message_ : curl_easy_strerror(code));
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      if (std::chrono::steady_clock::now() >= deadline) {
        throw Error(Errc::timed_out, what);
      }
      throw MayPass(Errc::timed_out, what);
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_PARTIAL_FILE:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      throw MayPass(Errc::remote, what);
    case CURLE_PEER_FAILED_VERIFICATION:
      throw Error(Errc::remote, what +
                                    "; an administrator can name the CA "
                                    "that vouches for it in [import] ca_file");
    default:
      throw Error(Errc::remote, what);
  }
}

}  // namespace

Answer exchange(const Request& request, const FetchOptions& options,
                Deadline deadline, Control& control, Receiver& receiver) {
  return Exchange(request, options, control, receiver).run(deadline);
}

}  // namespace platter::transfer
