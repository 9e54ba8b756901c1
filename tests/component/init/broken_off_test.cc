// `kmaas init` that cannot go on: nothing is left on disk, and the error says what the token holds.
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <optional>

#include "app/private_file.h"
#include "tests/component/init/fixture.h"

namespace kmaas::app {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::IsEmpty;

// SoftHSM rewrites its token at a login, and loses it on a full disk.
auto Lost() { return testing::Contains(testing::StartsWith("unreadable")); }

// While it lives, no file grows beyond so many bytes, as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit full{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &full);
  }
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
};

class BrokenOffInit : public Init {
 protected:
  // The outcome of a run whose disk is full from the step on that `is_it` picks by number and name.
  std::string OutcomeWithFullDiskFrom(
      const std::function<bool(std::size_t, std::string_view)>& is_it, rlim_t bytes = 0) {
    std::optional<FullDisk> full;
    InitialisationOptions options = Options();
    std::size_t number = 0;
    options.progress = [&](std::string_view step) {
      if (is_it(number++, step)) full.emplace(bytes);
    };
    return Outcome(Configure(), std::move(options));
  }
};

TEST_F(BrokenOffInit, ByAWrongPinOfTheOfficerChangesNothing) {
  InitialisationOptions options = Options();
  options.so_pin = SecretBytes(AsBytes("wrong-pin-0000"));
  EXPECT_THAT(Outcome(Configure(), std::move(options)),
              AllOf(HasSubstr("security officer"), HasSubstr("tried once"),
                    HasSubstr("Nothing was changed")));
  EXPECT_FALSE(Exists(data_));
  EXPECT_TRUE(TokenObjects().empty());
  EXPECT_EQ(Outcome(Configure(), Options()), "done");
}

TEST_F(BrokenOffInit, ByAWrongPinOfTheUserChangesNothing) {
  InitialisationOptions options = Options();
  options.user_pin = SecretBytes(AsBytes("wrong-pin-0000"));
  EXPECT_THAT(Outcome(Configure(), std::move(options)),
              AllOf(HasSubstr("user PIN"), HasSubstr("tried once")));
  EXPECT_FALSE(Exists(data_));
  EXPECT_TRUE(TokenObjects().empty());
}

TEST_F(BrokenOffInit, ByATokenThatIsNotThereChangesNothing) {
  Config config = Configure();
  config.hsm.token_label = "another";
  EXPECT_THAT(Outcome(config, Options()), HasSubstr("another"));
  EXPECT_FALSE(Exists(data_));
}

TEST_F(BrokenOffInit, ByAFullDiskAtAnyStepLeavesNothingOnDisk) {
  std::size_t refusals = 0;
  bool planted = true;
  // From the second step on: before it, only SoftHSM writes.
  for (std::size_t n = 1; planted; ++n) {
    std::filesystem::remove_all(data_);
    NewToken();
    planted = false;
    const std::string outcome = OutcomeWithFullDiskFrom(
        [&](std::size_t number, std::string_view) { return number == n && (planted = true); });
    if (outcome == "done") continue;  // nothing is written from there on
    ++refusals;
    EXPECT_FALSE(Exists(data_)) << n << ": " << outcome;
    const bool said = outcome.find("keys of kmaas now") != std::string::npos;
    EXPECT_TRUE(said || testing::Value(TokenObjects(), AnyOf(IsEmpty(), Lost()))) << outcome;
  }
  EXPECT_GE(refusals, 5U);
}

TEST_F(BrokenOffInit, SaysThatTheTokenMayHaveKeysFromTheStepThatKeepsThem) {
  const std::string outcome = OutcomeWithFullDiskFrom(
      [](std::size_t, std::string_view step) { return step == "Keeping the root keys"; });
  EXPECT_THAT(outcome, AllOf(HasSubstr("token may have keys of kmaas now"),
                             HasSubstr("initialise it anew")));
  EXPECT_FALSE(Exists(data_));
}

TEST_F(BrokenOffInit, GoesOnWithTheKeysOfTheToken) {
  const std::string outcome = OutcomeWithFullDiskFrom(
      [](std::size_t, std::string_view step) { return step.starts_with("making the database"); },
      rlim_t{16} << 10U);  // enough for SoftHSM's files
  EXPECT_THAT(outcome, AllOf(HasSubstr("files made so far are removed"),
                             HasSubstr("kmaas init --keep-token-keys")));
  EXPECT_FALSE(Exists(data_));
  const auto before = TokenObjects();
  EXPECT_THAT(before, testing::SizeIs(9));
  EXPECT_THAT(Outcome(Configure(), Options()), HasSubstr("kmaas-root-mac, generation 1"));
  InitialisationOptions options = Options();
  options.keep_token_keys = true;
  options.so_pin = {};
  EXPECT_EQ(Outcome(Configure(), std::move(options)), "done");
  EXPECT_EQ(TokenObjects(), before);
}

TEST_F(BrokenOffInit, HasNoKeysToKeepInANewToken) {
  InitialisationOptions options = Options();
  options.keep_token_keys = true;
  EXPECT_THAT(Outcome(Configure(), std::move(options)), HasSubstr("no keys of kmaas"));
  EXPECT_FALSE(Exists(data_));
}

}  // namespace
}  // namespace kmaas::app
