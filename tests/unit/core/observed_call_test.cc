#include "core/observed_call.h"

#include <algorithm>
#include <stdexcept>

#include "tests/unit/core/core_world.h"

namespace kmaas::core {
namespace {

using testing::ElementsAre;

// Writes down what it is asked, and refuses when told to.
class ScriptedGate final : public CallGate {
 public:
  Result<Entry> Enter(const CallEnvelope& /*envelope*/) override {
    asked.emplace_back("enter");
    if (throws) throw std::runtime_error("out of something");
    return enters;
  }
  Error TurnAway(const CallEnvelope& /*envelope*/) override {
    asked.emplace_back("turn away");
    return {ErrorCode::kThrottling, ""};
  }
  Result<Turn> Admit(const CallAtGate& call) override {
    asked.push_back("admit " + std::string(call.account) + " " + std::string(call.region) + " " +
                    call.operation->name);
    if (!admits) return admits.error();
    return Turn(*this, 7);
  }
  void Proven(const CallEnvelope& /*envelope*/) noexcept override { asked.emplace_back("proven"); }
  void NotProven(const CallEnvelope& /*envelope*/) noexcept override {
    asked.emplace_back("not proven");
  }
  Result<Entry> enters = Entry::kFree;
  Result<void> admits;
  bool throws = false;
  Log asked;

 private:
  void Left(std::uint32_t place) noexcept override {
    asked.push_back("left " + std::to_string(place));
  }
};

class CountingObserver final : public CallObserver {
 public:
  void Began(FrontEnd /*front_end*/) noexcept override { ++began; }
  void Ended(const EndedCall& call) noexcept override { last = call; }
  void TurnedAway(FrontEnd /*front_end*/) noexcept override { ++turned_away; }
  int began = 0;
  int turned_away = 0;
  EndedCall last{};
};

class ObservedCall : public testing::Test {
 protected:
  Result<WipedMessage> Serve(Result<domain::Principal> caller = UserOf(kAccount)) {
    ScriptedCall call = world.CallOf("ListKeys", request_, std::move(caller));
    return ServeObserved(world.pipeline, call, FrontEnd::kAwsJson, {&observer, &gate});
  }
  static Error Throttled() { return {ErrorCode::kThrottling, ""}; }

  World world;
  ScriptedGate gate;
  CountingObserver observer;

 private:
  kms::ListKeysRequest request_;
};

TEST_F(ObservedCall, PassesTheGateBeforeTheProofAndBeforeTheBody) {
  EXPECT_TRUE(Serve());
  EXPECT_THAT(gate.asked,
              ElementsAre("enter", "proven", "admit 111122223333 eu-central-1 ListKeys", "left 7"));
  EXPECT_EQ(observer.began, 1);
}

TEST_F(ObservedCall, HoldsItsTurnUntilItIsRecorded) {
  world.execute = [this](const auto& /*request*/, Call& /*call*/) {
    EXPECT_EQ(gate.asked.back(), "admit 111122223333 eu-central-1 ListKeys");
    return Result<std::unique_ptr<google::protobuf::Message>>(Throttled());
  };
  EXPECT_FALSE(Serve());
  EXPECT_EQ(gate.asked.back(), "left 7");
}

TEST_F(ObservedCall, ComesInByProofOnce) {
  gate.enters = CallGate::Entry::kByProof;
  EXPECT_TRUE(Serve());
  EXPECT_THAT(gate.asked,
              ElementsAre("enter", "proven", "admit 111122223333 eu-central-1 ListKeys", "left 7"));
  EXPECT_EQ(std::count(world.log.begin(), world.log.end(), "authenticate"), 1);
  ASSERT_EQ(world.audit.records().size(), 1U);
  EXPECT_EQ(world.audit.records().front().principal->account, kAccount);
  EXPECT_EQ(observer.began, 1);
}

// The answer does not say what was wrong with the proof.
TEST_F(ObservedCall, LeavesNoTraceWhenItComesInByProofAndHasNone) {
  gate.enters = CallGate::Entry::kByProof;
  EXPECT_EQ(Outcome(Serve(Error{ErrorCode::kInvalidSignature, ""})).substr(0, 19),
            "ThrottlingException");
  EXPECT_THAT(gate.asked, ElementsAre("enter", "turn away"));
  EXPECT_TRUE(world.audit.records().empty());
  EXPECT_EQ(observer.turned_away, 1);
  EXPECT_EQ(observer.began, 0);
}

TEST_F(ObservedCall, LeavesNoTraceWhenItComesInByProofAndNobodyCanLookAtIt) {
  gate.enters = CallGate::Entry::kByProof;
  EXPECT_EQ(Serve(Error{ErrorCode::kKmsInternal, ""}).error().code, ErrorCode::kKmsInternal);
  EXPECT_THAT(gate.asked, ElementsAre("enter"));
  EXPECT_TRUE(world.audit.records().empty());
}

TEST_F(ObservedCall, LeavesNoTraceWhenItMayNotEnter) {
  gate.enters = Throttled();
  EXPECT_EQ(Outcome(Serve()),
            "ThrottlingException: You have exceeded the rate at which you may call KMS. Reduce the "
            "frequency of your calls.");
  EXPECT_TRUE(world.log.empty());
  EXPECT_TRUE(world.audit.records().empty());
  EXPECT_EQ(observer.turned_away, 1);
  EXPECT_EQ(observer.began, 0);
}

TEST_F(ObservedCall, IsRecordedAsItsCallersWhenItIsNotAdmitted) {
  gate.admits = Throttled();
  EXPECT_FALSE(Serve());
  const std::vector<ports::AuditRecord> records = world.audit.records();
  ASSERT_EQ(records.size(), 1U);
  const ports::AuditRecord& record = records.front();
  EXPECT_EQ(record.error_code, "ThrottlingException");
  ASSERT_TRUE(record.principal);
  EXPECT_EQ(record.principal->account, kAccount);
  EXPECT_EQ(record.request_parameters_json, "null") << "nobody has looked at the body";
  EXPECT_EQ(observer.last.error, ErrorCode::kThrottling);
}

TEST_F(ObservedCall, TellsTheGateOfAProofThatFails) {
  EXPECT_FALSE(Serve(Error{ErrorCode::kInvalidSignature, ""}));
  EXPECT_THAT(gate.asked, ElementsAre("enter", "not proven"));
}

// What is not the caller's fault does not count for him.
TEST_F(ObservedCall, TellsTheGateNothingOfAProofThatCouldNotBeLookedAt) {
  EXPECT_FALSE(Serve(Error{ErrorCode::kKmsInternal, ""}));
  EXPECT_THAT(gate.asked, ElementsAre("enter"));
}

TEST_F(ObservedCall, IsRefusedWhenTheGateThrows) {
  gate.throws = true;
  EXPECT_EQ(Serve().error().code, ErrorCode::kKmsInternal);
  EXPECT_TRUE(world.audit.records().empty());
}

}  // namespace
}  // namespace kmaas::core
