// Goal: a grant is made once, whole and within bounds, or not at all.
#include "domain/grant.h"

#include "tests/api/grant_fixture.h"

namespace kmaas::api {
namespace {

using testing::HasSubstr;
using testing::Not;

class CreateGrant : public Grants {
 protected:
  std::string Asking(const std::function<void(kms::CreateGrantRequest&)>& with) {
    kms::CreateGrantRequest request = Asked();
    with(request);
    return Outcome("CreateGrant", request);
  }
};

TEST_F(CreateGrant, MakesOneAndItsIndexRows) {
  kms::CreateGrantRequest request = Asked();
  request.set_retiring_principal(kBob);
  request.set_name("once");
  const auto made = Make(request);
  EXPECT_TRUE(domain::IsGrantId(made.grant_id()));
  EXPECT_EQ(AllRows(), 4U);
  EXPECT_EQ(CountOfKey(), 1U);
}

TEST_F(CreateGrant, MakesANewOneEachTimeWithoutAName) {
  EXPECT_NE(Make(Asked()).grant_id(), Make(Asked()).grant_id());
  EXPECT_EQ(RowsOf("grants"), 2U);
}

TEST_F(CreateGrant, AnswersTheSameGrantToTheSameNameAndParameters) {
  kms::CreateGrantRequest request = Asked();
  request.set_name("once");
  const auto first = Make(request);
  request.clear_operations();
  for (const char* operation : {"Decrypt", "Encrypt", "Decrypt"}) request.add_operations(operation);
  const auto second = Make(request);
  EXPECT_EQ(second.grant_id(), first.grant_id());
  EXPECT_NE(second.grant_token(), first.grant_token());
  EXPECT_EQ(RowsOf("grants"), 1U);
  EXPECT_EQ(CountOfKey(), 1U);
}

TEST_F(CreateGrant, MakesAnotherOneForEveryOtherParameter) {
  kms::CreateGrantRequest request = Asked();
  request.set_name("name");
  std::set<std::string> ids = {Make(request).grant_id()};
  const std::vector<std::function<void(kms::CreateGrantRequest&)>> changes = {
      [](auto& r) { r.set_name("other"); },
      [](auto& r) { r.set_grantee_principal(kBob); },
      [](auto& r) { r.set_retiring_principal(kBob); },
      [](auto& r) { r.set_retiring_service_principal("s3.amazonaws.com"); },
      [](auto& r) { r.add_operations("DescribeKey"); },
      [](auto& r) { r.set_operations(0, "DescribeKey"); },
      [](auto& r) { (*r.mutable_constraints()->mutable_encryption_context_equals())["a"] = "1"; },
      [](auto& r) { (*r.mutable_constraints()->mutable_encryption_context_subset())["a"] = "1"; },
      [](auto& r) { r.mutable_constraints()->set_source_arn("arn:aws:s3::111122223333:b/b"); },
      [&](auto& r) { r.set_key_id(world_.MakeKey()); }};
  for (const auto& change : changes) {
    kms::CreateGrantRequest changed = request;
    change(changed);
    ids.insert(Make(changed).grant_id());
  }
  EXPECT_EQ(ids.size(), changes.size() + 1);
}

TEST_F(CreateGrant, MakesANewOneAfterTheOldOneEnded) {
  kms::CreateGrantRequest request = Asked();
  request.set_name("again");
  const auto first = Make(request);
  ASSERT_EQ(Outcome("RevokeGrant", Revocation(first.grant_id())), "done");
  EXPECT_NE(Make(request).grant_id(), first.grant_id());
}

TEST_F(CreateGrant, ChangesNothingInADryRun) {
  EXPECT_EQ(Asking([](auto& r) { r.set_dry_run(true); }), "DryRunOperationException");
  EXPECT_EQ(AllRows(), 0U);
  EXPECT_EQ(CountOfKey(), 0U);
  EXPECT_EQ(Asking([](auto& r) {
              r.set_dry_run(true);
              r.set_grantee_principal("alice");
            }),
            "InvalidArnException");
}

TEST_F(CreateGrant, StopsAtTheLimitOfTheKey) {
  SetCountOfKey(limits::kGrantsPerKeyMax - 1);
  kms::CreateGrantRequest named = Asked();
  named.set_name("last");
  const auto last = Make(named);
  EXPECT_EQ(Outcome("CreateGrant", Asked()), "LimitExceededException");
  EXPECT_EQ(Make(named).grant_id(), last.grant_id());
  ASSERT_EQ(Outcome("RevokeGrant", Revocation(last.grant_id())), "done");
  EXPECT_EQ(Outcome("CreateGrant", Asked()), "done");
}

TEST_F(CreateGrant, NamesOneGranteeAndOneRetiringPrincipalAtMost) {
  EXPECT_EQ(Asking([](auto& r) { r.clear_grantee_principal(); }), "ValidationException");
  EXPECT_EQ(Asking([](auto& r) { r.set_grantee_service_principal("s3.amazonaws.com"); }),
            "ValidationException");
  EXPECT_EQ(Asking([](auto& r) {
              r.set_retiring_principal(kBob);
              r.set_retiring_service_principal("s3.amazonaws.com");
            }),
            "ValidationException");
}

TEST_F(CreateGrant, TakesPrincipalsInTheirOneSpelling) {
  for (const char* arn : {"111122223333", "alice", "arn:aws:iam::111122223333:user//a",
                          "arn:aws:iam::111122223333:group/g", "s3.amazonaws.com"}) {
    EXPECT_EQ(Asking([&](auto& r) { r.set_grantee_principal(arn); }), "InvalidArnException") << arn;
    EXPECT_EQ(Asking([&](auto& r) { r.set_retiring_principal(arn); }), "InvalidArnException");
  }
  EXPECT_EQ(Asking([](auto& r) { r.set_retiring_service_principal("s3"); }), "ValidationException");
  EXPECT_EQ(Asking([](auto& r) { r.set_grantee_principal(domain::RootArn(kForeignAccount)); }),
            "done");
}

TEST_F(CreateGrant, WantsASourceAndARetiringPrincipalForAService) {
  const auto service = [](kms::CreateGrantRequest& request) {
    request.clear_grantee_principal();
    request.set_grantee_service_principal("s3.amazonaws.com");
  };
  const auto source = [](kms::CreateGrantRequest& request) {
    request.mutable_constraints()->set_source_arn("arn:aws:s3::111122223333:bucket/b");
  };
  EXPECT_EQ(Asking(service), "ValidationException");
  EXPECT_EQ(Asking([&](auto& r) { service(r), source(r); }), "ValidationException");
  EXPECT_EQ(Asking([&](auto& r) { service(r), r.set_retiring_principal(kBob); }),
            "ValidationException");
  EXPECT_EQ(Asking([&](auto& r) { service(r), source(r), r.set_retiring_principal(kBob); }),
            "done");
}

TEST_F(CreateGrant, TakesOneContextConstraintWithinItsBounds) {
  const auto with = [this](const auto& change) {
    return Asking([&](auto& r) { change(*r.mutable_constraints()); });
  };
  const auto pairs = [](auto& map, int count, std::size_t length) {
    for (int i = 0; i < count; ++i) map["k" + std::to_string(i)] = std::string(length, 'v');
  };
  EXPECT_EQ(with([](auto& /*c*/) {}), "ValidationException");
  EXPECT_EQ(with([&](auto& c) { pairs(*c.mutable_encryption_context_equals(), 8, 384); }), "done");
  EXPECT_EQ(with([&](auto& c) { pairs(*c.mutable_encryption_context_subset(), 9, 1); }),
            "ValidationException");
  EXPECT_EQ(with([&](auto& c) { pairs(*c.mutable_encryption_context_subset(), 1, 385); }),
            "ValidationException");
  EXPECT_EQ(with([&](auto& c) {
              (*c.mutable_encryption_context_equals())[std::string(8192, 'k')] = "v";
            }),
            "ValidationException");
  EXPECT_EQ(with([&](auto& c) {
              pairs(*c.mutable_encryption_context_equals(), 1, 1);
              pairs(*c.mutable_encryption_context_subset(), 1, 1);
            }),
            "ValidationException");
  EXPECT_EQ(with([](auto& c) { c.set_source_arn("arn:aws:s3:::bucket-without-account"); }),
            "ValidationException");
}

TEST_F(CreateGrant, RefusesWhatTheKeyCannotDo) {
  EXPECT_EQ(Asking([](auto& r) { r.add_operations("Sign"); }), "ValidationException");
  EXPECT_EQ(Asking([](auto& r) { r.add_operations("PutKeyPolicy"); }), "ValidationException");
  EXPECT_EQ(Asking([](auto& r) { r.clear_operations(); }), "ValidationException");
}

TEST_F(CreateGrant, TellsTheTrailWhatWasMadeButNoToken) {
  kms::CreateGrantRequest request = Asked();
  const std::string token = Make(Asked()).grant_token();
  request.add_grant_tokens(token);
  const auto made = Make(request);
  const ports::AuditRecord record = world_.audit.records().back();
  EXPECT_EQ(record.response_elements_json,
            R"({"grantId":")" + made.grant_id() + R"(","keyId":")" + arn_ + R"("})");
  EXPECT_FALSE(record.read_only);
  EXPECT_THAT(record.request_parameters_json, HasSubstr(kAlice));
  for (const std::string& line : world_.audit.lines()) {
    EXPECT_THAT(line, Not(HasSubstr(token)));
    EXPECT_THAT(line, Not(HasSubstr(made.grant_token())));
  }
}

// What a policy's conditions are told about is what is done: the operations are those of the
// domain.
TEST_F(CreateGrant, KnowsEveryOperationOfAGrant) {
  const core::Operation* create = world_.registry.FindByAwsTarget("TrentService.CreateGrant");
  std::set<std::string> values;
  for (const core::FieldPlan& plan : create->fields) {
    if (plan.field->name() == "operations")
      values.insert(plan.rules->values().begin(), plan.rules->values().end());
  }
  const auto known = domain::GrantOperations();
  EXPECT_EQ(values, std::set<std::string>(known.begin(), known.end()));
}

}  // namespace
}  // namespace kmaas::api
