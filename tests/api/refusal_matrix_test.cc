// Goal: every operation refuses what its annotations say, whoever wrote it. Method: the cases are
// generated from the registry; an operation is covered the moment it is annotated.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "tests/api/environment.h"
#include "tests/api/requests.h"

namespace kmaas::api {
namespace {

using testing::HasSubstr;

constexpr char kUnknownKey[] = "12345678-1234-1234-1234-123456789012";

class RefusalMatrix : public testing::Test {
 protected:
  ErrorCode CodeOf(const Result<core::WipedMessage>& reply) {
    return reply ? ErrorCode::kDryRunOperation : reply.error().code;
  }
  Environment world_;
};

TEST_F(RefusalMatrix, RefusesEveryOperationToWhoeverIsNotAuthenticated) {
  for (const auto& operation : world_.registry.operations()) {
    const auto request = RequestOn(*operation, kUnknownKey);
    const auto reply =
        world_.SendAs(Error{ErrorCode::kMissingAuthenticationToken, ""}, operation->name, *request);
    // A proof in the request is one that proves nothing here.
    const ErrorCode expected = operation->web_identity_token != nullptr
                                   ? ErrorCode::kInvalidIdentityToken
                                   : ErrorCode::kMissingAuthenticationToken;
    EXPECT_EQ(CodeOf(reply), expected) << operation->name;
    EXPECT_EQ(world_.audit.records().back().error_code,
              core::NameOf(core::RowOf(expected), operation.get()))
        << operation->name;
    EXPECT_FALSE(world_.audit.records().back().principal) << operation->name;
  }
}

TEST_F(RefusalMatrix, RefusesEveryKeyOperationOnAnUnknownKey) {
  for (const auto& operation : world_.registry.operations()) {
    if (operation->targets.empty()) continue;
    const auto reply = world_.Send(operation->name, *RequestOn(*operation, kUnknownKey));
    EXPECT_EQ(CodeOf(reply), ErrorCode::kNotFound) << operation->name;
    EXPECT_THAT(reply.error().message, HasSubstr(kUnknownKey)) << operation->name;
  }
}

TEST_F(RefusalMatrix, AnswersAliveForeignKeyLikeAMissingOne) {
  world_.Enrol("999988887777");
  const std::string arn = world_.MakeKey();
  const std::string missing =
      "arn:aws:kms:eu-central-1:111122223333:key/12345678-1234-1234-1234-123456789012";
  for (const auto& operation : world_.registry.operations()) {
    if (operation->targets.empty()) continue;
    const auto alive =
        world_.SendAs(Administrator("999988887777"), operation->name, *RequestOn(*operation, arn));
    const auto absent = world_.SendAs(Administrator("999988887777"), operation->name,
                                      *RequestOn(*operation, missing));
    ASSERT_EQ(CodeOf(alive), ErrorCode::kAccessDenied) << operation->name;
    ASSERT_EQ(CodeOf(absent), ErrorCode::kAccessDenied) << operation->name;
    EXPECT_EQ(alive.error().message.size() - arn.size(),
              absent.error().message.size() - missing.size())
        << operation->name;
  }
}

TEST_F(RefusalMatrix, FindsNoForeignKeyByItsBareId) {
  world_.Enrol("999988887777");
  const std::string id =
      world_.MakeKey().substr(std::string("arn:aws:kms:eu-central-1:111122223333:key/").size());
  for (const auto& operation : world_.registry.operations()) {
    if (operation->targets.empty()) continue;
    const auto reply =
        world_.SendAs(Administrator("999988887777"), operation->name, *RequestOn(*operation, id));
    EXPECT_EQ(CodeOf(reply), ErrorCode::kNotFound) << operation->name;
  }
}

TEST_F(RefusalMatrix, RefusesEveryStateThatTheTableRefuses) {
  const std::string arn = world_.MakeKey();
  const auto id = domain::KeyId::Parse(arn.substr(arn.size() - 36));
  using enum domain::KeyState;
  for (const domain::KeyState state :
       {kCreating, kEnabled, kDisabled, kPendingDeletion, kPendingImport, kPendingReplicaDeletion,
        kUnavailable, kUpdating}) {
    ASSERT_TRUE(world_.catalog.Write(
        [&](records::Changes& changes) -> Result<void> {
          KM_TRY(auto key, changes.Get<domain::Key>(records::KeyRow(kRegion, *id)));
          key->state = state;
          return changes.Put(*key);
        },
        Deadline::Never()));
    const auto key = world_.catalog.Find<domain::Key>(records::KeyRow(kRegion, *id));
    for (const auto& operation : world_.registry.operations()) {
      if (operation->targets.empty()) continue;
      const Result<void> expected = domain::CheckState(operation->targets.front().states, **key);
      if (expected) continue;
      const auto reply = world_.Send(operation->name, *RequestOn(*operation, arn));
      ASSERT_FALSE(reply) << operation->name;
      EXPECT_EQ(reply.error().code, expected.error().code)
          << operation->name << " " << ToText(state);
      EXPECT_EQ(reply.error().message, expected.error().message) << operation->name;
    }
  }
}

TEST_F(RefusalMatrix, RefusesEveryRequiredMemberLeftOut) {
  const std::string arn = world_.MakeKey();
  for (const auto& operation : world_.registry.operations()) {
    for (const core::FieldPlan& plan : operation->fields) {
      if (!plan.rules->required()) continue;
      const auto request = RequestOn(*operation, arn);
      request->GetReflection()->ClearField(request.get(), plan.field);
      const auto reply = world_.Send(operation->name, *request);
      EXPECT_EQ(CodeOf(reply), ErrorCode::kValidation) << operation->name << "." << plan.wire_name;
      EXPECT_THAT(reply.error().message,
                  HasSubstr("Value null at '" + plan.wire_name +
                            "' failed to satisfy constraint: Member must not be null"));
    }
  }
}

TEST_F(RefusalMatrix, RefusesEveryTextOneOverItsLimit) {
  const std::string arn = world_.MakeKey();
  int cases = 0;
  for (const auto& operation : world_.registry.operations()) {
    for (const core::FieldPlan& plan : operation->fields) {
      if (plan.rules->length().max() == 0 || plan.field->is_repeated()) continue;
      const auto request = RequestOn(*operation, arn);
      request->GetReflection()->SetString(
          request.get(), plan.field,
          std::string(static_cast<std::size_t>(plan.rules->length().max()) + 1, 'a'));
      const auto reply = world_.Send(operation->name, *request);
      EXPECT_EQ(CodeOf(reply), ErrorCode::kValidation) << operation->name << "." << plan.wire_name;
      EXPECT_THAT(reply.error().message, HasSubstr("have length less than or equal to " +
                                                   std::to_string(plan.rules->length().max())));
      ++cases;
    }
  }
  EXPECT_GT(cases, 30);
}

TEST_F(RefusalMatrix, RefusesEveryNumberOutOfItsRange) {
  const std::string arn = world_.MakeKey();
  for (const auto& operation : world_.registry.operations()) {
    for (const core::FieldPlan& plan : operation->fields) {
      if (!plan.rules->has_range()) continue;
      for (const std::int64_t value :
           {plan.rules->range().max() + 1, plan.rules->range().min() - 1}) {
        const auto request = RequestOn(*operation, arn);
        request->GetReflection()->SetInt32(request.get(), plan.field,
                                           static_cast<std::int32_t>(value));
        EXPECT_EQ(CodeOf(world_.Send(operation->name, *request)), ErrorCode::kValidation)
            << operation->name << "." << plan.wire_name;
      }
    }
  }
}

TEST_F(RefusalMatrix, RefusesEveryValueOutsideItsSet) {
  const std::string arn = world_.MakeKey();
  for (const auto& operation : world_.registry.operations()) {
    for (const core::FieldPlan& plan : operation->fields) {
      if (plan.rules->values_size() == 0 || plan.field->is_repeated()) continue;
      const auto request = RequestOn(*operation, arn);
      request->GetReflection()->SetString(request.get(), plan.field, "NO_SUCH_VALUE");
      const auto reply = world_.Send(operation->name, *request);
      EXPECT_EQ(CodeOf(reply), ErrorCode::kValidation) << operation->name << "." << plan.wire_name;
      EXPECT_THAT(reply.error().message, HasSubstr("Member must satisfy enum value set: ["));
    }
  }
}

TEST_F(RefusalMatrix, AnswersNothingWhenTheAuditCannotBeWritten) {
  const std::string arn = world_.MakeKey();
  world_.audit.FailAll(true);
  for (const auto& operation : world_.registry.operations()) {
    const auto reply = world_.Send(operation->name, *RequestOn(*operation, arn));
    EXPECT_EQ(CodeOf(reply), ErrorCode::kKmsInternal) << operation->name;
  }
}

TEST_F(RefusalMatrix, RecordsEveryCallOnce) {
  const std::string arn = world_.MakeKey();
  for (const auto& operation : world_.registry.operations()) {
    const std::size_t before = world_.audit.event_names().size();
    (void)world_.Send(operation->name, *RequestOn(*operation, arn));
    ASSERT_EQ(world_.audit.event_names().size(), before + 1) << operation->name;
    EXPECT_EQ(world_.audit.event_names().back(), operation->name);
  }
}

TEST_F(RefusalMatrix, RefusesAnOperationThatIsNotThere) {
  const auto reply = world_.Send("NoSuchOperation", ::kmaas::kms::v1::DescribeKeyRequest());
  EXPECT_EQ(CodeOf(reply), ErrorCode::kUnknownOperation);
}

}  // namespace
}  // namespace kmaas::api
