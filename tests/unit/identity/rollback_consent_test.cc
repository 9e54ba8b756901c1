// Goal: a consent says one thing, for an hour, and nobody without the secret can say it.
#include "identity/rollback_consent.h"

#include <gtest/gtest.h>

#include "tests/fakes/manual_clock.h"

namespace kmaas::identity {
namespace {

using std::chrono::minutes;

RollbackConsent Consent() {
  RollbackConsent consent;
  consent.access_key_id = "AKIAIOSFODNN7EXAMPLE";
  consent.time = fakes::ManualClock().Now();
  consent.reason = "disk failure, \"backup\" of 03:00";
  consent.mfa_code = "123456";
  consent.database.epoch = 5;
  consent.database.digest.fill(5);
  consent.remembered.epoch = 9;
  consent.remembered.digest.fill(9);
  return consent;
}

SecretBytes Secret(std::string_view text = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY") {
  return SecretBytes(AsBytes(text));
}

RollbackConsent Signed() {
  RollbackConsent consent = Consent();
  consent.mac = ConsentMac(consent, Secret());
  return consent;
}

TEST(RollbackConsent, ReadsWhatItWrote) {
  const RollbackConsent made = Signed();
  const auto read = ParseConsent(RenderConsent(made));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(RenderConsent(*read), RenderConsent(made));
  EXPECT_EQ(ConsentMac(*read, Secret()), read->mac);
}

TEST(RollbackConsent, HasAnotherMacForEveryOtherStatement) {
  using Change = void (*)(RollbackConsent&);
  const Change changes[] = {
      [](RollbackConsent& c) { c.access_key_id.back() = 'X'; },
      [](RollbackConsent& c) { c.time += std::chrono::seconds(1); },
      [](RollbackConsent& c) { c.time += std::chrono::hours(24); },
      [](RollbackConsent& c) { c.reason += "!"; },
      [](RollbackConsent& c) { c.mfa_code = ""; },
      [](RollbackConsent& c) { ++c.database.epoch; },
      [](RollbackConsent& c) { c.database.digest[31] ^= 1; },
      [](RollbackConsent& c) { ++c.remembered.epoch; },
      [](RollbackConsent& c) { c.remembered.digest[0] ^= 1; },
      [](RollbackConsent& c) { std::swap(c.database, c.remembered); },
  };
  for (const Change change : changes) {
    RollbackConsent other = Signed();
    change(other);
    EXPECT_NE(ConsentMac(other, Secret()), other.mac);
  }
  EXPECT_NE(ConsentMac(Consent(), Secret("another")), Signed().mac);
}

TEST(RollbackConsent, HoldsForAnHour) {
  const RollbackConsent consent = Signed();
  const auto refused = [&](std::chrono::seconds later) {
    return RefuseConsent(consent, consent.database, consent.remembered, consent.time + later)
        .has_value();
  };
  EXPECT_FALSE(refused(minutes(0)));
  EXPECT_FALSE(refused(minutes(60)));
  EXPECT_TRUE(refused(minutes(60) + std::chrono::seconds(1)));
  EXPECT_FALSE(refused(minutes(-5)));
  EXPECT_TRUE(refused(minutes(-5) - std::chrono::seconds(1)));
}

TEST(RollbackConsent, HoldsForTheTwoHeadsThatItNames) {
  const RollbackConsent consent = Signed();
  ports::StoreHead other = consent.database;
  other.digest[3] ^= 1;
  EXPECT_TRUE(RefuseConsent(consent, other, consent.remembered, consent.time));
  EXPECT_TRUE(RefuseConsent(consent, consent.database, other, consent.time));
  EXPECT_TRUE(RefuseConsent(consent, consent.remembered, consent.database, consent.time));
}

TEST(RollbackConsent, IsNothingThatHasAnotherForm) {
  const std::string whole = RenderConsent(Signed());
  for (const char* member :
       {"form", "access_key_id", "time", "reason", "mfa_code", "database_epoch", "database_digest",
        "remembered_epoch", "remembered_digest", "mac"}) {
    std::string without = whole;
    without.replace(without.find(member), 1, "x");
    EXPECT_FALSE(ParseConsent(without)) << member;
    EXPECT_FALSE(ParseConsent(whole.substr(0, whole.size() - 3) + ",\"" + member + "\":\"\"}"))
        << member;
  }
  for (std::size_t size = 0; size + 2 < whole.size(); size += 7)
    EXPECT_FALSE(ParseConsent(whole.substr(0, size)));
  RollbackConsent silent = Signed();
  silent.reason = "";
  EXPECT_FALSE(ParseConsent(RenderConsent(silent)));
}

}  // namespace
}  // namespace kmaas::identity
