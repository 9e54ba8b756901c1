#include "frontends/http/request_reader.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>
#include <utility>

#include "base/secret_bytes.h"

namespace kmaas::http {
namespace {

namespace beast_http = boost::beast::http;
using boost::beast::error_code;
using BeastText = boost::beast::string_view;

constexpr unsigned kBadRequest = 400;
constexpr unsigned kContentTooLarge = 413;
constexpr unsigned kExpectationFailed = 417;
constexpr unsigned kHeaderFieldsTooLarge = 431;
constexpr unsigned kServiceUnavailable = 503;
constexpr std::size_t kBodyBytesReservedMax = std::size_t{64} << 10U;
constexpr std::size_t kBodyBytesKept = std::size_t{16} << 10U;

std::string_view View(BeastText text) { return {text.data(), text.size()}; }

// A string that grows by itself leaves its old memory behind unwiped.
void AppendWiping(std::string& out, std::string_view more) {
  if (out.size() + more.size() > out.capacity()) {
    std::string larger;
    larger.reserve(std::max(out.size() + more.size(), out.capacity() * 2));
    larger = out;
    WipeText(out);
    out = std::move(larger);
  }
  out.append(more);
}

unsigned StatusOf(const error_code& error) {
  if (error == beast_http::error::body_limit) return kContentTooLarge;
  if (error == beast_http::error::header_limit) return kHeaderFieldsTooLarge;
  return kBadRequest;
}

// Beast's parser without its message type: fields go straight into the request.
class MessageParser final : public beast_http::basic_parser<true> {
 public:
  MessageParser(const ServerOptions& options, Request& request, BodyBudget::Share& share,
                std::vector<Header>& spare)
      : request_(request), share_(share), spare_(spare), headers_max_(options.headers_max) {
    header_limit(static_cast<std::uint32_t>(options.header_bytes_max));
    body_limit(options.body_bytes_max);
  }

  unsigned refusal = 0;  // a more exact status than the parser's error has
  bool wants_continue = false;

 private:
  void Fail(error_code& error, unsigned status) {
    refusal = status;
    error = beast_http::error::bad_field;
  }

  void on_request_impl(beast_http::verb /*method*/, BeastText method, BeastText target, int version,
                       error_code& /*error*/) override {
    request_.method.assign(method.data(), method.size());
    request_.target.assign(target.data(), target.size());
    http11_ = version == 11;
  }

  void on_field_impl(beast_http::field field, BeastText name, BeastText value,
                     error_code& error) override {
    // Beast hands over the trailers of a chunked body here too: nobody may smuggle fields in.
    if (header_done_) return Fail(error, kBadRequest);
    if (request_.headers.size() >= headers_max_) return Fail(error, kHeaderFieldsTooLarge);
    switch (field) {
      case beast_http::field::content_length:
        if (++lengths_ > 1 || View(value).find(',') != std::string_view::npos) {
          return Fail(error, kBadRequest);
        }
        break;
      case beast_http::field::transfer_encoding:
        if (!http11_ || !EqualsIgnoringCase(View(value), "chunked")) {
          return Fail(error, kBadRequest);
        }
        break;
      case beast_http::field::host:
        if (++hosts_ > 1) return Fail(error, kBadRequest);
        break;
      case beast_http::field::expect:
        if (!EqualsIgnoringCase(View(value), "100-continue")) {
          return Fail(error, kExpectationFailed);
        }
        wants_continue = http11_;
        break;
      default:
        break;
    }
    AddHeader(View(name), View(value));
  }

  void AddHeader(std::string_view name, std::string_view value) {
    if (spare_.empty()) spare_.emplace_back();
    Header& header = request_.headers.emplace_back(std::move(spare_.back()));
    spare_.pop_back();
    header.name.assign(name);
    header.value.assign(value);
  }

  void on_header_impl(error_code& error) override {
    header_done_ = true;
    if (http11_ && hosts_ != 1) Fail(error, kBadRequest);
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>& size,
                         error_code& /*error*/) override {
    if (size) {
      request_.body.reserve(
          static_cast<std::size_t>(std::min<std::uint64_t>(*size, kBodyBytesReservedMax)));
    }
  }
  std::size_t on_body_impl(BeastText body, error_code& error) override {
    return AppendBody(body, error);
  }
  void on_chunk_header_impl(std::uint64_t /*size*/, BeastText /*extensions*/,
                            error_code& /*error*/) override {}
  std::size_t on_chunk_body_impl(std::uint64_t /*remaining*/, BeastText body,
                                 error_code& error) override {
    return AppendBody(body, error);
  }
  std::size_t AppendBody(BeastText body, error_code& error) {
    if (share_.Cover(request_.body.size() + body.size())) {
      AppendWiping(request_.body, View(body));
    } else {
      Fail(error, kServiceUnavailable);
    }
    return body.size();
  }
  void on_finish_impl(error_code& /*error*/) override {}
  void on_response_impl(int /*status*/, BeastText /*reason*/, int /*version*/,
                        error_code& /*error*/) override {}

  Request& request_;
  BodyBudget::Share& share_;
  std::vector<Header>& spare_;
  std::size_t headers_max_;
  unsigned lengths_ = 0;
  unsigned hosts_ = 0;
  bool http11_ = false;
  bool header_done_ = false;
};

}  // namespace

class RequestReader::Parser {
 public:
  std::optional<MessageParser> message;
  std::size_t header_bytes = 0;
};

RequestReader::RequestReader(const ServerOptions& options, BodyBudget& bodies)
    : options_(options), body_share_(bodies), parser_(std::make_unique<Parser>()) {
  Reset();
}
RequestReader::~RequestReader() { WipeText(request_.body); }

void RequestReader::Reset() {
  WipeText(request_.body);
  if (request_.body.capacity() > kBodyBytesKept) request_.body = std::string();
  body_share_.GiveBack();
  request_.target.clear();
  while (!request_.headers.empty()) {
    spare_headers_.push_back(std::move(request_.headers.back()));
    request_.headers.pop_back();
  }
  refusal_ = 0;
  parser_->message.emplace(options_, request_, body_share_, spare_headers_);
  parser_->header_bytes = 0;
}

ReadProgress RequestReader::Feed(ReadBuffer& buffer) {
  MessageParser& message = *parser_->message;
  while (!message.is_done() && !buffer.empty()) {
    const bool in_header = !message.is_header_done();
    const ByteView data = buffer.data();
    error_code error;
    const std::size_t used = message.put({data.data(), data.size()}, error);
    buffer.Consume(used);
    if (in_header) parser_->header_bytes += used;
    const bool needs_more = error == beast_http::error::need_more;
    if (parser_->header_bytes > options_.header_bytes_max) {
      refusal_ = kHeaderFieldsTooLarge;
    } else if (error && !needs_more) {
      refusal_ = message.refusal != 0 ? message.refusal : StatusOf(error);
    }
    if (refusal_ != 0) return ReadProgress::kRefused;
    if (needs_more) {
      if (!buffer.Prepare().empty()) return ReadProgress::kNeedsMore;
      refusal_ = in_header ? kHeaderFieldsTooLarge : kBadRequest;  // a chunk line without an end
      return ReadProgress::kRefused;
    }
  }
  return message.is_done() ? ReadProgress::kComplete : ReadProgress::kNeedsMore;
}

bool RequestReader::TakeContinueWish() {
  return parser_->message->is_header_done() &&
         std::exchange(parser_->message->wants_continue, false);
}

bool RequestReader::in_header() const { return !parser_->message->is_header_done(); }

bool RequestReader::keep_alive() const { return parser_->message->keep_alive(); }

}  // namespace kmaas::http
