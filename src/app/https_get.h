// Fetches one configured document over https: the keys of an identity provider.
#pragma once

#include <chrono>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace kmaas::app {

struct HttpsGet {
  std::string url;      // https://host[:port]/path
  std::string ca_file;  // PEM: the only authorities that count
  std::chrono::milliseconds time_max{5000};
  std::size_t bytes_max = std::size_t{256} << 10U;
};

// The body of an answer of HTTP/1.0 with status 200 that is as long as it says. The error names
// what is wrong with it.
Result<std::string> BodyOf(const std::string& answer, const HttpsGet& wanted);

// The body of a 200 answer. Follows no redirection, takes no other status. The error is for the
// operator.
Result<std::string> Fetch(const HttpsGet& wanted, const Clock& clock);

}  // namespace kmaas::app
