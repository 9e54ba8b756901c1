// Goal: what is due is done once, in any order of crashes, failures and pauses, and by the service
// alone. Method: a clock that is moved, an engine and a store that fail when told to.
#include "lifecycle/scheduler.h"

#include "base/ticker.h"
#include "lifecycle/due_call.h"
#include "tests/unit/lifecycle/world.h"

namespace kmaas::lifecycle {
namespace {

using testing::HasSubstr;

class SchedulerTest : public World {};

TEST_F(SchedulerTest, DoesNothingBeforeItIsDue) {
  const std::string arn = world_.MakeKey();
  EnableRotation(arn, 90);
  world_.clock.Advance(90 * kDay - std::chrono::milliseconds(1));
  EXPECT_EQ(service_.RunDue(), 0U);
  world_.clock.Advance(std::chrono::milliseconds(1));
  EXPECT_EQ(service_.RunDue(), 1U);
  EXPECT_EQ(service_.RunDue(), 0U);
  EXPECT_EQ(Rotations(arn), "CURRENT AUTOMATIC; ");
}

TEST_F(SchedulerTest, RotatesForTenYearsAndEveryCiphertextStaysReadable) {
  const std::string arn = world_.MakeKey();
  EnableRotation(arn, 365);
  std::vector<std::string> blobs;
  for (int month = 0; month < 122; ++month) {
    blobs.push_back(Encrypted(arn, std::to_string(month)));
    world_.clock.Advance(30 * kDay);
    service_.RunDue();
  }
  EXPECT_EQ(Recorded("RotateKey"), 10U);
  EXPECT_EQ(Rows<domain::KeyMaterial>().size(), 11U);
  for (std::size_t month = 0; month < blobs.size(); ++month)
    EXPECT_EQ(Decrypted(blobs[month]), std::to_string(month));
}

TEST_F(SchedulerTest, RotatesOnceAfterALongDowntime) {
  const std::string arn = world_.MakeKey();
  EnableRotation(arn, 90);
  world_.clock.Advance(10 * 365 * kDay);
  EXPECT_EQ(service_.RunDue(), 1U);
  Beside restarted(world_, world_.catalog, world_.outbox);
  EXPECT_EQ(restarted.RunDue(), 0U);
  EXPECT_EQ(KeyOf(arn)->rotation.next, world_.clock.Now() + 90 * kDay);
}

TEST_F(SchedulerTest, LeavesADisabledKeyAloneUntilItIsEnabled) {
  const std::string arn = world_.MakeKey();
  EnableRotation(arn, 90);
  ASSERT_TRUE(world_.Send("DisableKey", On<kms::DisableKeyRequest>(arn)));
  world_.clock.Advance(91 * kDay);
  EXPECT_EQ(service_.RunDue(), 0U);
  ASSERT_TRUE(world_.Send("EnableKey", On<kms::EnableKeyRequest>(arn)));
  EXPECT_EQ(service_.RunDue(), 1U);
}

TEST_F(SchedulerTest, TriesAgainLaterAndLaterWhatFails) {
  const std::string arn = world_.MakeKey();
  ASSERT_TRUE(RotateOnDemand(arn));
  world_.engine.SetAway(true);
  std::vector<long> tried;
  std::uint64_t calls = world_.engine.calls();
  for (long second = 0; second < 200; second += 5) {
    EXPECT_EQ(service_.RunDue(), 0U);
    if (world_.engine.calls() != calls) tried.push_back(second);
    calls = world_.engine.calls();
    world_.clock.Advance(std::chrono::seconds(5));
  }
  EXPECT_THAT(tried, testing::ElementsAre(0, 10, 30, 70, 150));
  world_.engine.SetAway(false);
  world_.clock.Advance(std::chrono::hours(1));
  EXPECT_EQ(service_.RunDue(), 1U);
}

TEST_F(SchedulerTest, DoesTheRestWhenOneFails) {
  const std::string first = world_.MakeKey();
  const std::string second = world_.MakeKey();
  ASSERT_TRUE(RotateOnDemand(first));
  world_.clock.Advance(std::chrono::seconds(1));
  ASSERT_TRUE(RotateOnDemand(second));
  world_.engine.FailCall(1, {ErrorCode::kKeyUnavailable, "", "once"});
  EXPECT_EQ(service_.RunDue(), 1U);
  EXPECT_EQ(Rotations(first), "");
  EXPECT_EQ(Rotations(second), "CURRENT ON_DEMAND; ");
}

TEST_F(SchedulerTest, DropsWorkOnAKeyThatIsNoMore) {
  world_.Put(records::DueWork{world_.clock.Now(), records::Work::kRotateKey, api::kRegion, {}, ""});
  EXPECT_EQ(service_.RunDue(), 1U);
  EXPECT_TRUE(Rows<records::DueWork>().empty());
  EXPECT_EQ(Recorded("RotateKey"), 0U);
}

TEST_F(SchedulerTest, LeavesAloneWhatIsDueInARegionThatIsNotServed) {
  domain::Key key = *KeyOf(world_.MakeKey());
  key.region = "eu-north-1";
  world_.Put(key);
  world_.Put(records::DueWork{world_.clock.Now(), records::Work::kRotateKey, key.region, key.id});
  EXPECT_EQ(service_.RunDue(), 0U);
  EXPECT_EQ(Rows<records::DueWork>().size(), 1U);
}

// The row is one that no key asks for: the operation looks into the key and refuses.
TEST_F(SchedulerTest, DoesNothingThatOnlyTheScheduleSays) {
  const std::string arn = world_.MakeKey();
  const auto key = KeyOf(arn);
  for (const records::Work work : {records::Work::kRotateKey, records::Work::kDeleteKey})
    world_.Put(records::DueWork{world_.clock.Now(), work, key->region, key->id});
  EXPECT_EQ(service_.RunDue(), 0U);
  EXPECT_EQ(Rows<domain::KeyMaterial>().size(), 1U);
  EXPECT_NE(KeyOf(arn), nullptr);
}

TEST_F(SchedulerTest, WorksThroughMoreThanItReadsAtOnce) {
  constexpr std::size_t kKeys = 250;
  for (std::size_t i = 0; i < kKeys; ++i) ASSERT_TRUE(RotateOnDemand(world_.MakeKey()));
  EXPECT_EQ(service_.RunDue(), kKeys);
  EXPECT_TRUE(Rows<records::DueWork>().empty());
}

TEST_F(SchedulerTest, DoesNothingAfterItWasStopped) {
  ASSERT_TRUE(RotateOnDemand(world_.MakeKey()));
  service_.scheduler().Stop();
  EXPECT_EQ(service_.RunDue(), 0U);
}

TEST_F(SchedulerTest, RunsOnAThreadUntilItIsEnded) {
  const std::string arn = world_.MakeKey();
  ASSERT_TRUE(RotateOnDemand(arn));
  {
    const Ticker ticker(
        "not_run", [this] { service_.RunDue(); }, std::chrono::milliseconds(1));
    while (Recorded("RotateKey") == 0) std::this_thread::yield();
  }
  EXPECT_EQ(Rotations(arn), "CURRENT ON_DEMAND; ");
}

TEST_F(SchedulerTest, IsRecordedAsTheServiceItself) {
  const std::string arn = world_.MakeKey();
  ASSERT_TRUE(RotateOnDemand(arn));
  service_.RunDue();
  const ports::AuditRecord record = world_.audit.records().back();
  EXPECT_EQ(record.event_name, "RotateKey");
  EXPECT_TRUE(record.service_event);
  EXPECT_FALSE(record.read_only);
  EXPECT_EQ(record.principal->account, api::kAccount);
  EXPECT_EQ(record.principal->arn, "AWS Internal");
  EXPECT_EQ(record.resources.front().arn, arn);
  EXPECT_THAT(record.response_elements_json, HasSubstr(R"("rotationType":"ON_DEMAND")"));
  EXPECT_THAT(record.response_elements_json,
              HasSubstr(R"("currentKeyMaterialId":")" + KeyOf(arn)->current_material->ToText()));
}

TEST_F(SchedulerTest, IsTheOnlyOneWhoMay) {
  const auto key = KeyOf(world_.MakeKey());
  ServiceAuthoriser authoriser;
  const domain::Principal own = ServiceIn(api::kAccount);
  const domain::Principal foreign = ServiceIn("999988887777");
  const domain::Principal administrator = api::Administrator();
  const auto decide = [&](const domain::Principal& who) {
    return authoriser.Decide({.principal = who, .action = "kms:DeleteKey", .key = key.get()});
  };
  EXPECT_TRUE(decide(own));
  EXPECT_EQ(decide(foreign).error().code, ErrorCode::kAccessDenied);
  EXPECT_EQ(decide(administrator).error().code, ErrorCode::kAccessDenied);
  EXPECT_FALSE(authoriser.Decide({.principal = own, .action = "kms:DeleteKey"}));
}

TEST_F(SchedulerTest, AsksForWhatNoFrontEndServes) {
  for (const char* name : {"RotateKey", "DeleteKey"}) {
    EXPECT_EQ(world_.registry.FindByAwsTarget(std::string("TrentService.") + name), nullptr);
    EXPECT_EQ(
        world_.registry.FindByGrpcPath(std::string("/kmaas.lifecycle.v1.KeyLifecycle/") + name),
        nullptr);
  }
}

}  // namespace
}  // namespace kmaas::lifecycle
