// Goal: simulations, which may compute for seconds, leave the threads of their service to others,
// and those of another service alone. Method: a clock that begins the next one while one asks the
// time.
#include <functional>
#include <utility>

#include "core/errors.h"
#include "kmaas/iam/v1/iam.pb.h"
#include "tests/api/iam_fixture.h"

namespace kmaas::api {
namespace {

class InterruptedClock final : public Clock {
 public:
  WallTime Now() const override { return inner_.Now(); }
  SteadyTime SteadyNow() const override {
    if (next) std::exchange(next, nullptr)();
    return inner_.SteadyNow();
  }
  mutable std::function<void()> next;  // done once, when it is asked for the time

 private:
  fakes::ManualClock inner_;
};

class Simulating {
 public:
  // AWS's name of the error, or "done".
  std::string Simulate(const std::string& operation = "SimulateCustomPolicy") {
    iam::SimulateCustomPolicyRequest custom;
    custom.add_policy_input_list(PolicyOf(Allowing("kms:*")));
    custom.add_action_names("kms:Encrypt");
    iam::SimulatePrincipalPolicyRequest of_user;
    of_user.set_policy_source_arn(ArnOfUser("administrator"));
    of_user.add_action_names("kms:Encrypt");
    const bool is_custom = operation == "SimulateCustomPolicy";
    DirectCall call(operation,
                    is_custom ? static_cast<const google::protobuf::Message&>(custom) : of_user,
                    Administrator(), Deadline::Never());
    const auto reply = pipeline_.Serve(call);
    return reply ? "done" : std::string(core::RowOf(reply.error().code).aws_name);
  }
  InterruptedClock clock;

 private:
  Environment world_;
  core::Services services_{world_.catalog, world_.engine, world_.audit,      world_.random,
                           clock,          world_.outbox, world_.marker_key, kRegion};
  core::Pipeline pipeline_{world_.registry, services_, world_.authoriser};
};

TEST(Simulations, AreTwoAtATimeInEachService) {
  Simulating here;
  Simulating there;
  std::string second;
  std::string third;
  std::string of_user;
  std::string elsewhere;
  here.clock.next = [&] {
    here.clock.next = [&] {
      third = here.Simulate();
      of_user = here.Simulate("SimulatePrincipalPolicy");
      elsewhere = there.Simulate();
    };
    second = here.Simulate();
  };
  EXPECT_EQ(here.Simulate(), "done");
  EXPECT_EQ(second, "done");
  EXPECT_EQ(third, "ThrottlingException");
  EXPECT_EQ(of_user, "ThrottlingException");
  EXPECT_EQ(elsewhere, "done");
  EXPECT_EQ(here.Simulate(), "done") << "the turns were given back";
  EXPECT_EQ(here.Simulate("SimulatePrincipalPolicy"), "done");
}

}  // namespace
}  // namespace kmaas::api
