// A key, and callers who make and end grants for it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "base/limits.h"
#include "core/errors.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "tests/api/environment.h"

namespace kmaas::api {

namespace kms = ::kmaas::kms::v1;

inline constexpr char kForeignAccount[] = "999988887777";
inline constexpr char kAlice[] = "arn:aws:iam::111122223333:user/alice";
inline constexpr char kAlice2[] = "arn:aws:iam::111122223333:user/alice2";
inline constexpr char kBob[] = "arn:aws:iam::111122223333:user/bob";
inline constexpr char kMallory[] = "arn:aws:iam::999988887777:user/mallory";

// Allows to everybody, denies to everybody, or leaves it to the grant.
class OneAnswer final : public core::Authoriser {
 public:
  Result<core::Verdict> Decide(const core::AccessQuestion& question) override {
    if (denies || (!allows && !question.grant_decides))
      return Error{ErrorCode::kAccessDenied, "denied"};
    return core::Verdict{allows ? "statement" : "", nullptr};
  }
  bool allows = true;
  bool denies = false;
};

class Grants : public testing::Test {
 protected:
  Grants() : pipeline_(world_.registry, world_.services, answer_), arn_(world_.MakeKey()) {
    world_.Enrol(kForeignAccount);
    for (const char* arn : {kAlice, kAlice2, kBob, kMallory}) MakeUser(arn);
  }

  static domain::Principal Called(const std::string& arn) {
    const std::string name = arn.substr(arn.rfind('/') + 1);
    return {domain::PrincipalType::kIamUser,
            domain::Arn::Parse(arn)->account,
            arn,
            "AIDA" + name,
            name,
            "AKIAEXAMPLE"};
  }
  void MakeUser(const std::string& arn) {
    const domain::Principal principal = Called(arn);
    records::User user;
    user.account = principal.account;
    user.name = principal.user_name;
    user.path = "/";
    user.user_id = principal.user_id;
    world_.Put(user);
  }
  template <class Response, class Request>
  Response Must(const std::string& operation, const Request& request) {
    return world_.Must<Response>(operation, request);
  }
  // AWS's name of the error, or "done".
  std::string Outcome(const std::string& operation, const google::protobuf::Message& request,
                      const std::string& caller = Administrator().arn) {
    DirectCall call("TrentService." + operation, request, Called(caller),
                    Deadline::After(world_.clock, std::chrono::seconds(5)));
    const auto reply = pipeline_.Serve(call);
    return reply ? "done" : std::string(core::RowOf(reply.error().code).aws_name);
  }

  kms::CreateGrantRequest Asked(const std::string& grantee = kAlice) const {
    kms::CreateGrantRequest request;
    request.set_key_id(arn_);
    request.set_grantee_principal(grantee);
    request.add_operations("Encrypt");
    request.add_operations("Decrypt");
    return request;
  }
  kms::CreateGrantResponse Make(const kms::CreateGrantRequest& request) {
    return Must<kms::CreateGrantResponse>("CreateGrant", request);
  }
  kms::RevokeGrantRequest Revocation(const std::string& id) const {
    kms::RevokeGrantRequest request;
    request.set_key_id(arn_);
    request.set_grant_id(id);
    return request;
  }
  kms::RetireGrantRequest RetirementOf(const std::string& id) const {
    kms::RetireGrantRequest request;
    request.set_key_id(arn_);
    request.set_grant_id(id);
    return request;
  }
  static kms::RetireGrantRequest RetirementBy(const std::string& token) {
    kms::RetireGrantRequest request;
    request.set_grant_token(token);
    return request;
  }
  kms::ListGrantsResponse List(kms::ListGrantsRequest request = {}) {
    request.set_key_id(arn_);
    return Must<kms::ListGrantsResponse>("ListGrants", request);
  }
  std::size_t RowsOf(std::string_view table) { return world_.store.List({table, ""})->size(); }
  // Of the four tables of grants.
  std::size_t AllRows() {
    return RowsOf("grants") + RowsOf("grant_ids") + RowsOf("retirable_grants") +
           RowsOf("grant_names");
  }
  domain::KeyId key_id() const { return *domain::KeyId::Parse(arn_.substr(arn_.rfind('/') + 1)); }
  std::uint32_t CountOfKey() {
    return (*world_.catalog.Find<domain::Key>(records::KeyRow(kRegion, key_id())))->grants;
  }
  void SetCountOfKey(std::uint32_t count) {
    domain::Key key = **world_.catalog.Find<domain::Key>(records::KeyRow(kRegion, key_id()));
    key.grants = count;
    world_.Put(key);
  }

  Environment world_;
  OneAnswer answer_;
  core::Pipeline pipeline_;
  std::string arn_;
};

}  // namespace kmaas::api
