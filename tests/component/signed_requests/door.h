// What stands behind kmaasd's HTTPS port, without the socket: the reader of requests, the choice of
// the protocol, both front ends, a whole core in memory, and the credentials in its store.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/front_door.h"
#include "frontends/aws_json/handler.h"
#include "frontends/aws_query/handler.h"
#include "frontends/http/request_reader.h"
#include "identity/sealed_secrets.h"
#include "identity/session_credentials.h"
#include "identity/session_token.h"
#include "identity/stored_credentials.h"
#include "tests/api/environment.h"
#include "tests/unit/identity/sigv4_fixture.h"

namespace kmaas::signed_requests {

struct Credentials {
  std::string id;
  std::string secret;
  std::string token = {};  // empty: long-term
};

struct Answer {
  enum class Kind {
    kAnswered,    // by a front end
    kNoRequest,   // the reader refused the bytes
    kUnfinished,  // the reader waits for more
  };
  Kind kind = Kind::kUnfinished;
  unsigned status = 0;
  std::string error;  // AWS's name, empty when there is none
};

// As it goes over the wire.
std::string BytesOf(const identity::TestRequest& request);
// Lets Content-Length be that of the body, and adds it for a body that has none.
void StateLength(identity::TestRequest& request);

// Not thread-safe.
class Door {
 public:
  Door();

  Answer Send(const std::string& bytes);
  Answer Send(const identity::TestRequest& request) { return Send(BytesOf(request)); }

  api::Environment core;
  Credentials user;     // of the administrator
  Credentials session;  // likewise, for twelve hours
  std::string key_arn;

 private:
  void MakeAccessKey();
  void MakeSession();
  void MakeHandlers();

  identity::SealedSecrets secrets_;
  std::unique_ptr<identity::SessionTokens> tokens_;
  identity::SessionCredentials sessions_;
  identity::StoredCredentials credentials_;
  std::vector<std::unique_ptr<identity::SigV4Verifier>> verifiers_;
  std::unique_ptr<aws_json::AwsJsonHandler> json_;
  std::unique_ptr<aws_query::AwsQueryHandler> query_;
  std::unique_ptr<app::FrontDoor> front_door_;
  const http::ServerOptions options_;
};

}  // namespace kmaas::signed_requests
