// A client that signs and a credential source, for the tests of SigV4.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "identity/sigv4.h"
#include "tests/fakes/manual_clock.h"

namespace kmaas::identity {

inline constexpr std::string_view kTestKeyId = "AKIAIOSFODNN7EXAMPLE";
inline constexpr std::string_view kTestSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
inline constexpr std::string_view kTestNow = "20261124T120000Z";  // where ManualClock starts

// Not thread-safe: tests change it between calls.
class FakeCredentials final : public ports::CredentialSource {
 public:
  void Put(std::string_view id, std::string_view secret);  // of alice
  void Put(std::string_view id, std::string_view secret, domain::Principal principal);
  void PutSession(std::string_view id, std::string_view token, std::string_view secret);
  void Remove(std::string_view id) { keys_.erase(std::string(id)); }
  Result<std::shared_ptr<const ports::AccessKey>> FindAccessKey(std::string_view id) override;
  Result<std::shared_ptr<const ports::AccessKey>> FindSession(std::string_view id,
                                                              std::string_view token) override;
  Result<std::optional<domain::Principal>> FindPrincipal(std::string_view arn) override;

  bool fails = false;
  std::optional<Error> session_error;
  std::vector<std::string> asked;

 private:
  std::map<std::string, std::shared_ptr<const ports::AccessKey>> keys_;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<const ports::AccessKey>> sessions_;
};

// An owned request; View() borrows from it.
struct TestRequest {
  std::string method = "POST";
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  SignedRequest View();
  std::string* Find(std::string_view name);  // spelled as stored
  void Remove(std::string_view name);

 private:
  std::vector<HeaderView> views_;
};

struct SigningInput {
  std::string key_id = std::string(kTestKeyId);
  std::string secret = std::string(kTestSecret);
  std::string time = std::string(kTestNow);  // also of the scope's day
  std::string region = "eu-west-1";
  std::string service = "kms";
  std::string terminator = "aws4_request";
  std::vector<std::string> signed_headers;  // sorted
  std::string more_query = {};              // "&X-Amz-Security-Token=...": presigned only
};

// What botocore 1.29 sends for a KMS call: host, x-amz-target, content-type, x-amz-date,
// user-agent, accept-encoding, content-length; the first four signed.
TestRequest BotocoreRequest(std::string_view time = kTestNow);
std::vector<std::string> BotocoreSignedHeaders();

// A second implementation of the signing side, for requests whose path, query and header values
// are canonical already. Adds the Authorization header.
void Sign(TestRequest& request, const SigningInput& input);
TestRequest SignedBotocoreRequest();
// Puts the signature into the query instead; `time` and `expires` as the client writes them.
void Presign(TestRequest& request, const SigningInput& input, std::string_view expires);

// A verifier with one known key, at the time of kTestNow, for kms in eu-west-1.
struct SigV4Fixture {
  SigV4Fixture() { credentials.Put(kTestKeyId, kTestSecret); }
  Result<domain::Principal> Verify(TestRequest request) { return verifier.Verify(request.View()); }

  FakeCredentials credentials;
  fakes::ManualClock clock;
  SigV4Verifier verifier{credentials, clock, {"kms", {"eu-west-1", "eu-central-1"}, true, true}};
};

}  // namespace kmaas::identity
