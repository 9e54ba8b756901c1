// Goal: of a signed request only that passes which was signed. Method: requests as real clients
// sign them are accepted; then each bound byte of each is changed, and everything that somebody
// thought of: all of it is refused for its credentials, and nothing is done.
#include <gtest/gtest.h>

#include <optional>
#include <set>

#include "tests/component/signed_requests/mutants.h"

namespace kmaas::signed_requests {
namespace {

constexpr std::size_t kByteMutantsOfEach = KMAAS_MUTANTS_OF_EACH;

bool IsRefusalOfCredentials(const std::string& error) {
  static const std::set<std::string> kNames = {"MissingAuthenticationTokenException",
                                               "IncompleteSignatureException",
                                               "InvalidSignatureException",
                                               "UnrecognizedClientException",
                                               "ExpiredTokenException",
                                               "MissingAuthenticationToken",
                                               "IncompleteSignature",
                                               "SignatureDoesNotMatch",
                                               "InvalidClientTokenId",
                                               "ExpiredToken"};
  return kNames.contains(error);
}

// HTTP's own refusals: no such path, no such method, no request at all.
bool IsNoCall(const Answer& answer) {
  if (answer.kind != Answer::Kind::kAnswered) return true;
  return answer.status == 404 || answer.status == 405;
}

class SignedRequest : public testing::TestWithParam<std::string> {
 protected:
  SignedRequest() : honest_(HonestRequest(GetParam(), door_)) {}

  void SetUp() override {
    const Answer answer = door_.Send(honest_.request);
    ASSERT_EQ(answer.status, 200U) << answer.error;
    changes_ = door_.core.store.changes();
    records_ = door_.core.audit.event_ids().size();
  }
  void MustBeRefused(const Mutant& mutant) {
    const Answer answer = door_.Send(mutant.request);
    ++tried_;
    if (IsRefusalOfCredentials(answer.error)) return;
    EXPECT_TRUE(mutant.may_be_no_call && IsNoCall(answer))
        << mutant.what << "\nanswered " << answer.status << " " << answer.error << "\n"
        << BytesOf(mutant.request);
  }
  void TearDown() override {
    EXPECT_EQ(door_.core.store.changes(), changes_);
    const auto records = door_.core.audit.records();
    for (std::size_t i = records_; i < records.size(); ++i) EXPECT_FALSE(records[i].principal);
    RecordProperty("mutants", static_cast<int>(tried_));
  }

  Door door_;
  Honest honest_;
  std::uint64_t changes_ = 0;
  std::size_t records_ = 0;
  std::size_t tried_ = 0;
};

TEST_P(SignedRequest, BindsEachOfItsBytes) {
  ByteMutants mutants(honest_, 20261124);
  mutants.ForEach(kByteMutantsOfEach, [&](const Mutant& mutant) { MustBeRefused(mutant); });
  EXPECT_GE(tried_, kByteMutantsOfEach);
}

TEST_P(SignedRequest, IsNotPassedOffAsAnother) {
  for (const Mutant& mutant : ThoughtOf(honest_, door_)) MustBeRefused(mutant);
  EXPECT_GT(tried_, 50U);
}

TEST_P(SignedRequest, IsRefusedOutsideItsTime) {
  door_.core.clock.Advance(std::chrono::minutes(15) + std::chrono::seconds(1));
  MustBeRefused({honest_.request, "late"});
  door_.core.clock.Advance(-std::chrono::minutes(25));
  MustBeRefused({honest_.request, "early"});
}

INSTANTIATE_TEST_SUITE_P(Clients, SignedRequest, testing::ValuesIn(HonestNames()),
                         [](const auto& one) { return one.param; });

// A call of the operation, without parameters; nothing when it is not served over HTTPS.
std::optional<identity::TestRequest> CallOf(const core::Operation& operation) {
  if (!operation.aws_target.empty()) return JsonCall(operation.aws_target, "{}");
  if (operation.query_version.empty()) return std::nullopt;
  return FormCall("Action=" + operation.name + "&Version=" + operation.query_version);
}

TEST(ExpiredSession, IsRefusedForEveryOperation) {
  Door door;
  door.core.clock.Advance(std::chrono::hours(12) + std::chrono::seconds(1));
  const std::uint64_t changes = door.core.store.changes();
  std::size_t tried = 0;
  for (const auto& operation : door.core.registry.operations()) {
    auto request = CallOf(*operation);
    // Proved by the token in its parameters and by nothing else.
    if (!request || operation->web_identity_token != nullptr) continue;
    request->headers.emplace_back("X-Amz-Security-Token", door.session.token);
    *request->Find("X-Amz-Date") = "20261125T000001Z";
    SignAll(*request, door.session, operation->signing_name, "20261125T000001Z");
    StateLength(*request);
    const Answer answer = door.Send(*request);
    EXPECT_EQ(answer.error,
              operation->aws_target.empty() ? "ExpiredToken" : "ExpiredTokenException")
        << operation->name;
    ++tried;
  }
  EXPECT_GT(tried, 100U);
  EXPECT_EQ(door.core.store.changes(), changes);
}

}  // namespace
}  // namespace kmaas::signed_requests
