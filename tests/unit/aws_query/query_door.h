// The Query handler before a whole core in memory, and a client that signs.
#pragma once

#include <memory>
#include <string>

#include "frontends/aws_query/handler.h"
#include "tests/api/environment.h"
#include "tests/unit/identity/sigv4_fixture.h"

namespace kmaas::aws_query {

struct Answer {
  unsigned status = 0;
  std::string body;
  bool close = false;
};

// Not thread-safe.
class QueryDoor {
 public:
  QueryDoor();

  // A form as an SDK sends it, signed.
  http::Request Signed(const std::string& body, const std::string& region = "us-east-1");
  // A request by GET, signed as `target` says it.
  http::Request SignedLink(const std::string& target);
  Answer Send(http::Request request);
  // "CreateUser&UserName=alice"
  Answer Call(const std::string& action_and_parameters);

  api::Environment core;

 private:
  static void AddSignature(const std::string& region, std::vector<std::string> signed_headers,
                           http::Request& request);

  identity::FakeCredentials credentials_;
  identity::SigV4Verifier iam_;
  identity::SigV4Verifier kms_;
  std::unique_ptr<AwsQueryHandler> handler_;
};

}  // namespace kmaas::aws_query
