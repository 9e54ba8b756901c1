// The handler before a whole core in memory, and a client that signs.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "frontends/aws_json/handler.h"
#include "tests/api/environment.h"
#include "tests/unit/identity/sigv4_fixture.h"

namespace kmaas::aws_json {

// One access key, which is the administrator's.
class OneKey final : public ports::CredentialSource {
 public:
  OneKey();
  Result<std::shared_ptr<const ports::AccessKey>> FindAccessKey(std::string_view id) override;
  Result<std::optional<domain::Principal>> FindPrincipal(std::string_view arn) override;

 private:
  std::shared_ptr<const ports::AccessKey> key_;
};

struct Answer {
  unsigned status = 0;
  std::string body;
  std::map<std::string, std::string> headers;
  bool close = false;
};

// Not thread-safe.
class FrontDoor {
 public:
  FrontDoor();

  // A request as an SDK makes it, signed; `target` is the operation with its prefix.
  http::Request Signed(const std::string& target, const std::string& body);
  // Signs what stands in the request, with the headers that SDKs sign if they are there, but one.
  void Sign(http::Request& request, std::string_view left_out = {});
  Answer Send(http::Request request);
  Answer Call(const std::string& operation, const std::string& body) {
    return Send(Signed("TrentService." + operation, body));
  }

  api::Environment core;
  std::string unready;  // why the server is not ready; empty: it is

 private:
  OneKey credentials_;
  identity::SigV4Verifier verifier_;
  std::unique_ptr<AwsJsonHandler> handler_;
};

}  // namespace kmaas::aws_json
