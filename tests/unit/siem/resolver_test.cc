// Goal: name servers that are away hold up neither a delivery for ever nor the end of the service.
#include "siem/transport/resolver.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>

#include "tests/fakes/manual_clock.h"

namespace kmaas::siem {
namespace {

class Resolver : public testing::Test {
 protected:
  ~Resolver() override {
    if (asked_) {
      let_go_.set_value();
      ended_->get_future().wait();
    }
  }
  // Answers when the test is over. What happens once it is asked is `then`.
  Lookup HangingLookup(const std::function<void()>& then) {
    asked_ = true;
    return [then, ended = ended_, let_go = let_go_.get_future().share()](
               const char*, const char*, const addrinfo*, addrinfo**) {
      then();
      let_go.wait();
      ended->set_value();
      return EAI_AGAIN;
    };
  }
  std::string ErrorOf(const Lookup& lookup) {
    const auto found = Resolve("soc.example.org", 601, {clock_, stopping_}, lookup);
    return found ? "" : found.error().message;
  }

  fakes::ManualClock clock_;
  std::atomic<bool> stopping_{false};
  std::promise<void> let_go_;
  // Shared with the thread that keeps it, which outlives the test by a moment.
  std::shared_ptr<std::promise<void>> ended_ = std::make_shared<std::promise<void>>();
  bool asked_ = false;
};

TEST_F(Resolver, IsNotWaitedForWhenTheServiceStops) {
  EXPECT_EQ(ErrorOf(HangingLookup([this] { stopping_ = true; })), "the service stops");
}

TEST_F(Resolver, IsNotWaitedForBeyondTheTimeOfAStep) {
  const auto much_later = [this] { clock_.Advance(std::chrono::seconds(11)); };
  EXPECT_EQ(ErrorOf(HangingLookup(much_later)),
            "cannot resolve soc.example.org: the resolver took too long");
}

TEST_F(Resolver, SaysWhyThereIsNoAddress) {
  const Lookup nobody = [](auto...) { return EAI_NONAME; };
  EXPECT_EQ(ErrorOf(nobody), "cannot resolve soc.example.org: Name or service not known");
}

TEST_F(Resolver, AsksNobodyForAnAddress) {
  const Lookup never = [](auto...) -> int { throw std::runtime_error("asked"); };
  for (const char* address : {"127.0.0.1", "::1"})
    EXPECT_TRUE(Resolve(address, 601, {clock_, stopping_}, never)) << address;
}

}  // namespace
}  // namespace kmaas::siem
