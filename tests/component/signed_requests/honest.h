// Requests as real clients sign them, each in another way.
#pragma once

#include <string>
#include <vector>

#include "tests/component/signed_requests/door.h"

namespace kmaas::signed_requests {

struct Honest {
  identity::TestRequest request;           // signed
  std::vector<std::string> bound_headers;  // in lower case: no other value of theirs may pass
  bool presigned = false;
};

std::vector<std::string> HonestNames();
// For the credentials and the key of this door, at the time of its clock's start.
Honest HonestRequest(const std::string& name, const Door& door);

// A call of AWS JSON or of the Query protocol, with the headers that botocore signs.
identity::TestRequest JsonCall(const std::string& target, const std::string& body);
identity::TestRequest FormCall(const std::string& form);
// Signs the headers that are there, Authorization aside.
void SignAll(identity::TestRequest& request, const Credentials& credentials,
             const std::string& service, const std::string& time = std::string(identity::kTestNow));

}  // namespace kmaas::signed_requests
