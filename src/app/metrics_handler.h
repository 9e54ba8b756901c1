// Answers GET /metrics and nothing else.
#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/secret_bytes.h"
#include "frontends/http/handler.h"

namespace kmaas::app {

// Thread-safe. The page is made at most once a second, whoever asks how often. Borrows the clock.
class MetricsHandler final : public http::Handler {
 public:
  // `token` is what callers must show as `Authorization: Bearer <token>`; empty: nobody must.
  MetricsHandler(std::function<std::string()> make_page, SecretBytes token, const Clock& clock)
      : make_page_(std::move(make_page)), clock_(clock), token_(std::move(token)) {}

  // From the next request on.
  void ReplaceToken(SecretBytes token) noexcept;

  http::Response Handle(http::Request& request) override;

 private:
  bool MayRead(const http::Request& request) const;
  std::string Page();

  const std::function<std::string()> make_page_;
  const Clock& clock_;
  mutable std::mutex token_mutex_;
  SecretBytes token_;  // under it
  std::mutex mutex_;   // guards what follows
  std::string page_;
  SteadyTime made_{};
};

}  // namespace kmaas::app
