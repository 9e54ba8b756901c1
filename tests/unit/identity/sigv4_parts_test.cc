// The parts of SigV4 on their own: dates, queries, the cache of signing keys.
#include <gtest/gtest.h>

#include <thread>

#include "identity/sigv4_key_cache.h"
#include "tests/unit/identity/sigv4_fixture.h"

namespace kmaas::identity {
namespace {

std::shared_ptr<const ports::AccessKey> MakeKey(std::string id, std::string_view secret = "s") {
  return std::make_shared<const ports::AccessKey>(
      ports::AccessKey{std::move(id), SecretBytes(AsBytes(secret)), {}});
}

CredentialScope Scope(std::string_view whole) {
  return {"", whole.substr(0, 8), "eu-west-1", "kms", "aws4_request", whole};
}

constexpr std::string_view kToday = "20261124/eu-west-1/kms/aws4_request";
constexpr std::string_view kTomorrow = "20261125/eu-west-1/kms/aws4_request";

TEST(SigningTime, ReadsTheTwoForms) {
  const auto basic = ParseBasicTime("20150830T123600Z");
  const auto http = ParseHttpDate("Sun, 30 Aug 2015 12:36:00 GMT");
  ASSERT_TRUE(basic && http);
  EXPECT_EQ(basic->at, http->at);
  EXPECT_EQ(http->view(), "20150830T123600Z");
  EXPECT_EQ(http->day(), "20150830");
  EXPECT_EQ(FormatIso8601(basic->at), "2015-08-30T12:36:00Z");
}

TEST(SigningTime, RefusesOtherHttpDates) {
  for (const char* text : {"", "Sunday, 30-Aug-15 12:36:00 GMT", "Sun Aug 30 12:36:00 2015",
                           "Sun, 30 Aug 2015 12:36:00 UTC", "Sun, 30 aug 2015 12:36:00 GMT",
                           "Sun, 31 Feb 2015 12:36:00 GMT", "unS, 30 Aug 2015 12:36:00 GMT",
                           "Sun, 3o Aug 2015 12:36:00 GMT", "Sun, 30 Aug 2015 24:36:00 GMT"}) {
    EXPECT_FALSE(ParseHttpDate(text)) << text;
  }
}

TEST(SigV4Query, SplitsBeforeItDecodes) {
  const auto query = ParseQuery("a=1%262&b%3D=x=y&&c&d=+%zz%4");
  ASSERT_EQ(query.size(), 4U);
  EXPECT_EQ(query[0].value, "1&2");
  EXPECT_EQ(query[1].name, "b=");
  EXPECT_EQ(query[1].value, "x=y");
  EXPECT_EQ(query[2].name, "c");
  EXPECT_EQ(query[3].value, "+%zz%4");
}

TEST(SigV4Query, EncodesAllButUnreservedCharacters) {
  std::string out;
  AppendUriEncoded(out, "aZ09-._~ /+%\xc3\xa9", false);
  EXPECT_EQ(out, "aZ09-._~%20%2F%2B%25%C3%A9");
}

TEST(SigningKeyCache, DerivesOncePerCredentialAndScope) {
  SigningKeyCache cache(160);
  const auto credential = MakeKey("AKIA1");
  const auto first = cache.KeyFor(credential, Scope(kToday));
  EXPECT_EQ(cache.KeyFor(credential, Scope(kToday)), first);
  EXPECT_NE(cache.KeyFor(credential, Scope(kTomorrow)), first);
  EXPECT_NE(cache.KeyFor(MakeKey("AKIA2"), Scope(kToday)), first);
  EXPECT_EQ(cache.size(), 3U);
}

TEST(SigningKeyCache, ForgetsTheKeyOfAReplacedCredential) {
  SigningKeyCache cache(160);
  auto credential = MakeKey("AKIA1", "old");
  const auto old_tag = cache.KeyFor(credential, Scope(kToday))->Tag(AsBytes("x"));
  credential = MakeKey("AKIA1", "new");
  EXPECT_NE(cache.KeyFor(credential, Scope(kToday))->Tag(AsBytes("x")), old_tag);
  EXPECT_EQ(cache.size(), 1U);
}

TEST(SigningKeyCache, KeepsNoCredentialAlive) {
  SigningKeyCache cache(160);
  auto credential = MakeKey("AKIA1");
  const std::weak_ptr<const ports::AccessKey> watched = credential;
  cache.KeyFor(credential, Scope(kToday));
  credential.reset();
  EXPECT_TRUE(watched.expired());
}

TEST(SigningKeyCache, StaysWithinItsBound) {
  SigningKeyCache cache(160);
  for (int i = 0; i < 1000; ++i) {
    cache.KeyFor(MakeKey("AKIA" + std::to_string(i)), Scope(kToday));
    EXPECT_LE(cache.size(), 160U);
  }
}

TEST(SigningKeyCache, ServesManyThreads) {
  SigningKeyCache cache(32);
  const auto worker = [&cache](int seed) {
    for (int i = 0; i < 2000; ++i) {
      cache.KeyFor(MakeKey("AKIA" + std::to_string((i + seed) % 50)), Scope(kToday));
    }
  };
  std::thread other(worker, 7);
  worker(0);
  other.join();
  EXPECT_LE(cache.size(), 32U);
}

TEST(SigningTime, HasNoYearThatOverflowsTheClock) {
  for (const char* text : {"19691231T235959Z", "22010101T000000Z", "26111124T120000Z"})
    EXPECT_FALSE(ParseBasicTime(text)) << text;
  EXPECT_FALSE(ParseHttpDate("Sun, 30 Aug 2315 12:36:00 GMT"));
  EXPECT_TRUE(ParseBasicTime("22001231T235959Z"));
}

}  // namespace
}  // namespace kmaas::identity
