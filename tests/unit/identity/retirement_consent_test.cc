// Goal: a consent to the end of roots says one thing, for an hour, and nobody without the secret
// can say it.
#include "identity/retirement_consent.h"

#include <gtest/gtest.h>

#include "identity/rollback_consent.h"
#include "tests/fakes/manual_clock.h"

namespace kmaas::identity {
namespace {

SecretBytes Secret(std::string_view text = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY") {
  return SecretBytes(AsBytes(text));
}

RetirementConsent Signed() {
  RetirementConsent consent;
  consent.access_key_id = "AKIAIOSFODNN7EXAMPLE";
  consent.time = fakes::ManualClock().Now();
  consent.reason = "yearly \"rotation\"";
  consent.mfa_code = "123456";
  consent.token_serial = "0123456789abcdef";
  consent.generation = 4'000'000'000;
  consent.mac = RetirementMac(consent, Secret());
  return consent;
}

TEST(RetirementConsent, ReadsWhatItWrote) {
  const RetirementConsent made = Signed();
  const auto read = ParseRetirementConsent(RenderRetirementConsent(made));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(RenderRetirementConsent(*read), RenderRetirementConsent(made));
  EXPECT_EQ(RetirementMac(*read, Secret()), read->mac);
}

TEST(RetirementConsent, HasAnotherMacForEveryOtherStatement) {
  using Change = void (*)(RetirementConsent&);
  const Change changes[] = {
      [](RetirementConsent& c) { c.access_key_id.back() = 'X'; },
      [](RetirementConsent& c) { c.time += std::chrono::seconds(1); },
      [](RetirementConsent& c) { c.reason += "!"; },
      [](RetirementConsent& c) { c.mfa_code = ""; },
      [](RetirementConsent& c) { c.token_serial.back() = '0'; },
      [](RetirementConsent& c) { --c.generation; },
      [](RetirementConsent& c) { std::swap(c.mfa_code, c.token_serial); },
  };
  for (const Change change : changes) {
    RetirementConsent other = Signed();
    change(other);
    EXPECT_NE(RetirementMac(other, Secret()), other.mac);
  }
  EXPECT_NE(RetirementMac(Signed(), Secret("another")), Signed().mac);
}

TEST(RetirementConsent, HoldsForOneGenerationOfOneTokenAndAnHour) {
  const RetirementConsent consent = Signed();
  const auto refused = [&](const std::string& serial, std::uint32_t generation,
                           std::chrono::seconds later) {
    return RefuseRetirement(consent, serial, generation, consent.time + later).has_value();
  };
  EXPECT_FALSE(refused(consent.token_serial, consent.generation, std::chrono::seconds(0)));
  EXPECT_FALSE(refused(consent.token_serial, consent.generation, std::chrono::hours(1)));
  EXPECT_TRUE(refused(consent.token_serial, consent.generation, std::chrono::seconds(3601)));
  EXPECT_TRUE(refused(consent.token_serial, consent.generation, -std::chrono::minutes(6)));
  EXPECT_TRUE(refused(consent.token_serial, 1, std::chrono::seconds(0)));
  EXPECT_TRUE(refused("another", consent.generation, std::chrono::seconds(0)));
}

TEST(RetirementConsent, IsNothingElse) {
  const std::string good = RenderRetirementConsent(Signed());
  for (std::size_t length = 0; length + 2 < good.size(); ++length)
    EXPECT_FALSE(ParseRetirementConsent(good.substr(0, length)));
  for (const char* const wrong : {"4000000000", "0123456789abcdef", "retirement"}) {
    std::string other = good;
    other.erase(other.find(wrong) + 1, 1);
    const auto read = ParseRetirementConsent(other);
    EXPECT_TRUE(!read || RetirementMac(*read, Secret()) != read->mac) << wrong;
  }
  EXPECT_FALSE(ParseConsent(good)) << "no consent to an older database";
  std::string other = good;
  other.replace(other.find("4000000000"), 10, "4294967296");
  EXPECT_FALSE(ParseRetirementConsent(other));
}

}  // namespace
}  // namespace kmaas::identity
