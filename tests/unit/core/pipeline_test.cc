#include "core/pipeline.h"

#include <stdexcept>

#include "core/errors.h"
#include "tests/unit/core/core_world.h"

namespace kmaas::core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kInternal[] = "KMSInternalException: ";

class PipelineTest : public testing::Test {
 protected:
  PipelineTest() : arn_(world_.MakeKey()) { encrypt_ = RequestOn(arn_); }

  static kms::EncryptRequest RequestOn(const std::string& key_id) {
    kms::EncryptRequest request;
    request.set_key_id(key_id);
    request.set_plaintext("a secret");
    return request;
  }
  Result<WipedMessage> Encrypt(Result<domain::Principal> caller = UserOf(kAccount)) {
    return world_.Send("Encrypt", encrypt_, std::move(caller));
  }
  // That the call left exactly one record, and which error it shows.
  std::string OnlyRecord() {
    const auto records = world_.audit.records();
    if (records.size() != 1) return std::to_string(records.size()) + " records";
    return records[0].error_code;
  }

  World world_;
  std::string arn_;
  kms::EncryptRequest encrypt_;
};

TEST_F(PipelineTest, TakesItsStepsInOrder) {
  EXPECT_EQ(Outcome(Encrypt()), "answered");
  EXPECT_THAT(world_.log,
              ElementsAre("find", "authenticate", "decode", "authorise kms:Encrypt " + arn_,
                          "execute Encrypt", "record"));
  EXPECT_EQ(OnlyRecord(), "");
}

TEST_F(PipelineTest, DoesNotDecodeForWhoeverIsNotAuthenticated) {
  for (const ErrorCode code : {ErrorCode::kMissingAuthenticationToken, ErrorCode::kInvalidSignature,
                               ErrorCode::kUnrecognizedClient}) {
    world_.log.clear();
    EXPECT_FALSE(Encrypt(Error{code, "refused"}));
    EXPECT_THAT(world_.log, ElementsAre("find", "authenticate", "record"));
    const ports::AuditRecord record = world_.audit.records().back();
    EXPECT_EQ(record.error_code, RowOf(code).aws_name);
    EXPECT_FALSE(record.principal);
    EXPECT_EQ(record.claimed_access_key_id, "AKIACLAIMED");
    EXPECT_EQ(record.request_parameters_json, "null");
  }
}

TEST_F(PipelineTest, RecordsLittleOfWhatStrangersSay) {
  constexpr std::size_t kFew = 300;
  ScriptedCall call = world_.CallOf("Encrypt", encrypt_,
                                    Error{ErrorCode::kInvalidSignature, std::string(5000, 'm')});
  call.envelope_.user_agent = std::string(1024, 'u');
  EXPECT_FALSE(world_.pipeline.Serve(call));
  const ports::AuditRecord record = world_.audit.records().back();
  EXPECT_LE(record.user_agent.size(), kFew);
  EXPECT_LE(record.error_message.size(), kFew);
}

TEST_F(PipelineTest, LeavesLargeParametersOutOfTheRecord) {
  for (int i = 0; i < 1000; ++i)
    (*encrypt_.mutable_encryption_context())[std::to_string(i)] = std::string(100, 'v');
  (void)Encrypt();
  EXPECT_EQ(world_.audit.records().back().request_parameters_json, R"({"omitted":true})");
}

// Which operations there are is not for strangers.
TEST_F(PipelineTest, AuthenticatesBeforeItSaysThatAnOperationIsUnknown) {
  const Error stranger{ErrorCode::kMissingAuthenticationToken, "who?"};
  EXPECT_EQ(Outcome(world_.Send("NoSuch", encrypt_, stranger)),
            "MissingAuthenticationTokenException: who?");
  EXPECT_THAT(Outcome(world_.Send("NoSuch", encrypt_)), HasSubstr("UnknownOperationException"));
  EXPECT_THAT(world_.log,
              ElementsAre("find", "authenticate", "record", "find", "authenticate", "record"));
  EXPECT_EQ(world_.audit.records().back().event_name, "NoSuch");
}

TEST_F(PipelineTest, StopsAtABodyThatCannotBeRead) {
  ScriptedCall call = world_.CallOf("Encrypt", encrypt_);
  call.decoded = Error{ErrorCode::kSerialization, "not JSON"};
  EXPECT_EQ(Outcome(world_.pipeline.Serve(call)), "SerializationException: not JSON");
  EXPECT_THAT(world_.log, ElementsAre("find", "authenticate", "decode", "record"));
  EXPECT_EQ(OnlyRecord(), "SerializationException");
}

TEST_F(PipelineTest, StopsAtAMalformedRequest) {
  encrypt_.clear_plaintext();
  EXPECT_THAT(Outcome(Encrypt()), HasSubstr("ValidationException"));
  EXPECT_THAT(world_.log, ElementsAre("find", "authenticate", "decode", "record"));
  EXPECT_EQ(OnlyRecord(), "ValidationException");
}

TEST_F(PipelineTest, StopsAtAKeyThatIsNotThere) {
  encrypt_.set_key_id("alias/none");
  EXPECT_THAT(Outcome(Encrypt()), HasSubstr("NotFoundException"));
  EXPECT_THAT(world_.log, ElementsAre("find", "authenticate", "decode", "record"));
  EXPECT_EQ(OnlyRecord(), "NotFoundException");
}

// The state of a key is not for those who may not use it.
TEST_F(PipelineTest, AsksForPermissionBeforeItLooksAtTheState) {
  world_.SetState(arn_, domain::KeyState::kDisabled);
  world_.authoriser.decide = [](const AccessQuestion& /*question*/) -> Result<Verdict> {
    return Error{ErrorCode::kAccessDenied, "no"};
  };
  EXPECT_EQ(Outcome(Encrypt()), "AccessDeniedException: no");
  EXPECT_EQ(OnlyRecord(), "AccessDeniedException");
}

TEST_F(PipelineTest, DoesNotExecuteOnAKeyInTheWrongState) {
  world_.SetState(arn_, domain::KeyState::kDisabled);
  EXPECT_EQ(Outcome(Encrypt()), "DisabledException: " + arn_ + " is disabled.");
  EXPECT_THAT(world_.log, ElementsAre("find", "authenticate", "decode",
                                      "authorise kms:Encrypt " + arn_, "record"));
}

TEST_F(PipelineTest, RecordsWhoDidWhatToWhichKey) {
  ASSERT_TRUE(Encrypt());
  const ports::AuditRecord record = world_.audit.records().at(0);
  EXPECT_EQ(record.event_name, "Encrypt");
  EXPECT_EQ(record.event_source, "kms.amazonaws.com");
  EXPECT_EQ(record.principal->arn, UserOf(kAccount).arn);
  EXPECT_EQ(record.resources.at(0).arn, arn_);
  EXPECT_EQ(record.custody, "wrapped");
  EXPECT_EQ(record.deciding_statement, "account boundary");
  EXPECT_TRUE(record.read_only);
  EXPECT_EQ(record.request_parameters_json,
            R"({"keyId":")" + arn_ + R"(","encryptionAlgorithm":"SYMMETRIC_DEFAULT"})");
}

TEST_F(PipelineTest, RecordsAnErrorOfTheOperation) {
  world_.execute = [](const auto& /*request*/,
                      Call& /*call*/) -> Result<std::unique_ptr<google::protobuf::Message>> {
    return Error{ErrorCode::kInvalidCiphertext, "", "what only the log may know"};
  };
  EXPECT_THAT(Outcome(Encrypt()), HasSubstr("InvalidCiphertextException"));
  EXPECT_EQ(OnlyRecord(), "InvalidCiphertextException");
  EXPECT_EQ(world_.audit.lines().at(0).find("only the log"), std::string::npos);
}

TEST_F(PipelineTest, WithholdsTheAnswerThatCannotBeRecorded) {
  world_.audit.FailAll(true);
  EXPECT_THAT(Outcome(Encrypt()), HasSubstr(kInternal));
  EXPECT_EQ(world_.log.back(), "record");
}

// A dependency that breaks gives an error, never the answer that a healthy one would refuse.
TEST_F(PipelineTest, FailsClosedWhicheverReadOfTheStoreFails) {
  bool reached_all = false;
  for (std::uint64_t n = 1; !reached_all; ++n) {
    World world;  // with empty caches
    const std::string arn = world.MakeKey();
    world.MakeAlias(kAccount, "alias/app", arn);
    world.SetState(arn, domain::KeyState::kDisabled);
    world.store.FailNth(n);
    const std::string outcome = Outcome(world.Send("Encrypt", RequestOn("alias/app")));
    reached_all = world.store.calls() < n;
    EXPECT_THAT(outcome,
                HasSubstr(reached_all ? "DisabledException" : "DependencyTimeoutException"));
    EXPECT_THAT(world.log, testing::Not(testing::Contains("execute Encrypt")));
  }
}

// A refusal that cannot be recorded is not told either.
TEST_F(PipelineTest, WithholdsTheRefusalThatCannotBeRecorded) {
  world_.audit.FailAll(true);
  encrypt_.set_key_id("alias/none");
  EXPECT_THAT(Outcome(Encrypt()), HasSubstr(kInternal));
  EXPECT_THAT(Outcome(Encrypt(Error{ErrorCode::kInvalidSignature, ""})), HasSubstr(kInternal));
}

TEST_F(PipelineTest, BoundsTheNameOfAnUnknownOperationInItsRecord) {
  (void)world_.Send(std::string(100'000, 'x'), encrypt_);
  EXPECT_EQ(world_.audit.records().at(0).event_name, std::string(128, 'x'));
}

// What is thrown, by whom: one record each, and nothing of it for the caller.
class Thrown : public PipelineTest {
 protected:
  void ExpectOneRecord(const std::string& step, const std::function<void()>& thrower) {
    World world;
    const kms::EncryptRequest request = RequestOn(world.MakeKey());
    ScriptedCall call = world.CallOf("Encrypt", request);
    call.at_step = [&](const std::string& taken) {
      if (taken == step) thrower();
    };
    world.authoriser.decide = [&](const AccessQuestion& /*question*/) -> Result<Verdict> {
      if (step == "authorise") thrower();
      return Verdict{"allowed", nullptr};
    };
    world.execute = [&](const auto& /*request*/,
                        Call& /*call*/) -> Result<std::unique_ptr<google::protobuf::Message>> {
      if (step == "execute") thrower();
      return Error{ErrorCode::kValidation, "not thrown"};
    };
    const std::string outcome = Outcome(world.pipeline.Serve(call));
    EXPECT_THAT(outcome, HasSubstr(kInternal)) << step;
    EXPECT_THAT(outcome, testing::Not(HasSubstr("inner words"))) << step;
    ASSERT_EQ(world.audit.records().size(), 1U) << step;
    EXPECT_EQ(world.audit.records()[0].error_code, "KMSInternalException") << step;
    EXPECT_EQ(world.audit.lines()[0].find("inner words"), std::string::npos) << step;
  }
  const std::vector<std::string> steps_ = {"find", "authenticate", "decode", "authorise",
                                           "execute"};
};

TEST_F(Thrown, ExceptionsAreRecordedOnceWhereverTheyComeFrom) {
  for (const std::string& step : steps_)
    ExpectOneRecord(step, [] { throw std::runtime_error("inner words"); });
}

TEST_F(Thrown, ThingsThatAreNoExceptionsAreRecordedOnce) {
  for (const std::string& step : steps_) ExpectOneRecord(step, [] { throw 7; });
}

Result<void> Disable(Call& call, const std::string& /*arn*/) {
  return static_cast<KeyCall&>(call).WriteKey(
      [](domain::Key& key, records::Changes& /*changes*/) -> Result<void> {
        key.state = domain::KeyState::kDisabled;
        return {};
      });
}

class Changing : public PipelineTest {
 protected:
  Changing() { disable_.set_key_id(arn_); }
  kms::DisableKeyRequest disable_;
};

TEST_F(Changing, RecordsAChangeOnce) {
  world_.execute = [this](const auto& /*request*/,
                          Call& call) -> Result<std::unique_ptr<google::protobuf::Message>> {
    KM_CHECK(Disable(call, arn_));
    return std::unique_ptr<google::protobuf::Message>(std::make_unique<kms::DisableKeyResponse>());
  };
  EXPECT_EQ(Outcome(world_.Send("DisableKey", disable_)), "answered");
  EXPECT_EQ(OnlyRecord(), "");
  EXPECT_FALSE(world_.audit.records()[0].read_only);
}

TEST_F(Changing, RecordsAChangeThatFailsOnce) {
  world_.execute = [this](const auto& /*request*/,
                          Call& call) -> Result<std::unique_ptr<google::protobuf::Message>> {
    KM_CHECK(Disable(call, arn_));
    return std::unique_ptr<google::protobuf::Message>(std::make_unique<kms::DisableKeyResponse>());
  };
  world_.store.FailAll(true);
  EXPECT_FALSE(world_.Send("DisableKey", disable_));
  world_.store.FailAll(false);
  EXPECT_EQ(OnlyRecord(), "DependencyTimeoutException");
}

// The change stands and so does its record: a second one with the same id would contradict it.
TEST_F(Changing, RecordsAChangeOnceWhenWhatFollowsThrows) {
  world_.execute = [this](const auto& /*request*/,
                          Call& call) -> Result<std::unique_ptr<google::protobuf::Message>> {
    KM_CHECK(Disable(call, arn_));
    throw std::runtime_error("inner words");
  };
  EXPECT_THAT(Outcome(world_.Send("DisableKey", disable_)), HasSubstr(kInternal));
  EXPECT_EQ(OnlyRecord(), "");
}

}  // namespace
}  // namespace kmaas::core
