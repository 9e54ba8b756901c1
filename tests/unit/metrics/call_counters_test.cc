#include "metrics/call_counters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "metrics/page.h"
#include "operations/operations.h"

namespace kmaas::metrics {
namespace {

using core::FrontEnd;
using testing::HasSubstr;
using testing::Not;

struct World {
  World() { counters.Add(registry); }
  void Call(const std::string& name, std::chrono::nanoseconds took,
            std::optional<ErrorCode> error = {}, FrontEnd front_end = FrontEnd::kAwsJson) {
    counters.Began(front_end);
    counters.Ended({front_end, registry.FindByAwsTarget("TrentService." + name), error, took});
  }
  std::string Text() const {
    Page page;
    counters.Write(page);
    return page.Text();
  }
  core::Registry registry = *operations::MakeRegistry();
  CallCounters counters;
};

TEST(CallCounters, CountCallsByOperationAndFrontEnd) {
  World world;
  world.Call("Encrypt", std::chrono::milliseconds(1));
  world.Call("Encrypt", std::chrono::milliseconds(1));
  world.Call("Encrypt", std::chrono::milliseconds(1), {}, FrontEnd::kGrpc);
  const std::string text = world.Text();
  constexpr char kSeries[] = R"(kmaas_calls_total{service="kms",operation="Encrypt",front_end=)";
  EXPECT_THAT(text, HasSubstr(kSeries + std::string(R"("aws_json"} 2)")));
  EXPECT_THAT(text, HasSubstr(kSeries + std::string(R"("grpc"} 1)")));
  EXPECT_THAT(text, Not(HasSubstr(R"(operation="Decrypt")")));
}

TEST(CallCounters, CountErrorsByTheirNameAtAws) {
  World world;
  world.Call("Decrypt", std::chrono::milliseconds(1), ErrorCode::kInvalidCiphertext);
  world.Call("Decrypt", std::chrono::milliseconds(1));
  EXPECT_THAT(world.Text(),
              HasSubstr(R"(kmaas_call_errors_total{service="kms",operation="Decrypt",)"
                        R"(error="InvalidCiphertextException"} 1)"));
}

TEST(CallCounters, KnowEveryErrorThatThereIs) {
  World world;
  for (int code = 0; code <= static_cast<int>(ErrorCode::kPackedPolicyTooLarge); ++code)
    world.Call("Decrypt", std::chrono::milliseconds(1), static_cast<ErrorCode>(code));
  EXPECT_THAT(world.Text(), Not(HasSubstr(R"(error="unknown")")));
}

TEST(CallCounters, PutADurationIntoTheClassWhoseBoundItDoesNotPass) {
  World world;
  world.Call("Encrypt", std::chrono::microseconds(100));
  world.Call("Encrypt", std::chrono::microseconds(100) + std::chrono::nanoseconds(1));
  world.Call("Encrypt", std::chrono::hours(1));
  const std::string text = world.Text();
  constexpr char kBucket[] =
      R"(kmaas_call_duration_seconds_bucket{service="kms",operation="Encrypt",le=)";
  EXPECT_THAT(text, HasSubstr(kBucket + std::string(R"("0.0001"} 1)")));
  EXPECT_THAT(text, HasSubstr(kBucket + std::string(R"("0.00025"} 2)")));
  EXPECT_THAT(text, HasSubstr(kBucket + std::string(R"("30"} 2)")));
  EXPECT_THAT(text, HasSubstr(kBucket + std::string(R"("+Inf"} 3)")));
}

TEST(CallCounters, CountWhatNamesNoOperationAsUnknown) {
  World world;
  world.Call("NoSuchThing", std::chrono::nanoseconds(-1), ErrorCode::kUnknownOperation);
  EXPECT_THAT(world.Text(), HasSubstr(R"(kmaas_calls_total{service="unknown",operation="unknown",)"
                                      R"(front_end="aws_json"} 1)"));
}

TEST(CallCounters, ShowWhatIsInFlightAndWhatWasTurnedAway) {
  World world;
  world.counters.Began(FrontEnd::kGrpc);
  world.counters.TurnedAway(FrontEnd::kAwsJson);
  EXPECT_THAT(world.Text(), HasSubstr(R"(kmaas_calls_in_flight{front_end="grpc"} 1)"));
  EXPECT_THAT(world.Text(),
              HasSubstr(R"(kmaas_requests_turned_away_total{front_end="aws_json"} 1)"));
}

TEST(CallCounters, LoseNothingWhenManyThreadsCount) {
  World world;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10'000; ++i) world.Call("Encrypt", std::chrono::microseconds(i));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(world.Text(), HasSubstr(R"(front_end="aws_json"} 80000)"));
  EXPECT_THAT(world.Text(), HasSubstr(R"(kmaas_calls_in_flight{front_end="aws_json"} 0)"));
}

}  // namespace
}  // namespace kmaas::metrics
