#include "app/metrics_handler.h"

#include <chrono>
#include <string_view>

#include "crypto/digest.h"
#include "metrics/page.h"

namespace kmaas::app {
namespace {

constexpr std::chrono::seconds kPageLives{1};
constexpr std::string_view kScheme = "Bearer ";

http::Response Answer(unsigned status, std::string_view text) {
  http::Response response;
  response.status = status;
  response.headers = {{"Content-Type", "text/plain; charset=utf-8"}, {"Cache-Control", "no-store"}};
  response.body = text;
  return response;
}

}  // namespace

void MetricsHandler::ReplaceToken(SecretBytes token) noexcept {
  const std::lock_guard lock(token_mutex_);
  token_ = std::move(token);
}

bool MetricsHandler::MayRead(const http::Request& request) const {
  const std::lock_guard lock(token_mutex_);
  if (token_.empty()) return true;
  std::size_t shown = 0;
  std::string_view credentials;
  for (const http::Header& header : request.headers) {
    if (!http::EqualsIgnoringCase(header.name, "authorization")) continue;
    credentials = header.value;
    ++shown;
  }
  return shown == 1 && credentials.substr(0, kScheme.size()) == kScheme &&
         crypto::ConstantTimeEqual(AsBytes(credentials.substr(kScheme.size())), token_.view());
}

std::string MetricsHandler::Page() {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = clock_.SteadyNow();
  if (page_.empty() || now - made_ >= kPageLives) {
    page_ = make_page_();
    made_ = now;
  }
  return page_;
}

http::Response MetricsHandler::Handle(http::Request& request) {
  const std::string_view path =
      std::string_view(request.target).substr(0, request.target.find('?'));
  // Before the path: who may not read learns nothing.
  if (!MayRead(request)) {
    http::Response refusal = Answer(401, "a token is needed\n");
    refusal.headers.push_back({"WWW-Authenticate", "Bearer"});
    refusal.close = true;
    return refusal;
  }
  if (path != "/metrics") return Answer(404, "only /metrics is here\n");
  if (request.method != "GET" && request.method != "HEAD") {
    http::Response refusal = Answer(405, "only GET is answered\n");
    refusal.headers.push_back({"Allow", "GET, HEAD"});
    return refusal;
  }
  http::Response response = Answer(200, Page());
  response.headers.front().value = metrics::Page::kContentType;
  return response;
}

}  // namespace kmaas::app
