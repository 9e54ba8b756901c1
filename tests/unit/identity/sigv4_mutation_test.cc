// No changed request passes: tens of thousands of mutants of good ones, each with its seed.
#include <gtest/gtest.h>

#include <cctype>
#include <random>

#include "identity/sigv4_claim.h"
#include "tests/unit/identity/sigv4_fixture.h"

namespace kmaas::identity {
namespace {

constexpr std::string_view kSignedNames[] = {"Host", "X-Amz-Target", "Content-Type", "X-Amz-Date"};

// Every printable character but the one that is there. A blank more or less changes no header.
std::string Replacements(char original) {
  std::string all;
  for (char c = '!'; c <= '~'; ++c) {
    if (c != original) all.push_back(c);
  }
  return all;
}

// The number of mutants of `part` that were refused; each must be.
std::size_t MutateEachCharacter(SigV4Fixture& fixture, TestRequest& request, std::string& part) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const char original = part[i];
    for (const char c : Replacements(original)) {
      part[i] = c;
      EXPECT_FALSE(fixture.verifier.VerifyKey(request.View())) << "at " << i << ": " << part;
      ++count;
    }
    part[i] = original;
  }
  return count;
}

TEST(SigV4Mutation, RefusesEverySingleCharacterOfEverySignedPart) {
  SigV4Fixture fixture;
  TestRequest request = SignedBotocoreRequest();
  ASSERT_TRUE(fixture.verifier.VerifyKey(request.View()));
  std::size_t count = MutateEachCharacter(fixture, request, request.method);
  count += MutateEachCharacter(fixture, request, request.body);
  for (const char c : Replacements('/')) {
    if (c == '.' || c == '?') continue;  // another spelling of the same path
    request.target = c;
    EXPECT_FALSE(fixture.verifier.VerifyKey(request.View())) << c;
  }
  request.target = "/";
  for (const std::string_view name : kSignedNames) {
    count += MutateEachCharacter(fixture, request, *request.Find(name));
  }
  EXPECT_GE(count, 14'500U);
  EXPECT_TRUE(fixture.verifier.VerifyKey(request.View()));
}

TEST(SigV4Mutation, RefusesEverySingleCharacterOfTheCredentialAndTheSignature) {
  SigV4Fixture fixture;
  TestRequest request = SignedBotocoreRequest();
  std::string& header = *request.Find("Authorization");
  const std::string good = header;
  std::size_t count = 0;
  for (const std::string_view name : {"Credential", "SignedHeaders", "Signature"}) {
    const std::string value(AuthorizationParameter(good, name));
    const std::size_t start = good.find(value);
    for (std::size_t i = start; i < start + value.size(); ++i) {
      for (const char c : Replacements(good[i])) {
        header = good;
        header[i] = c;
        EXPECT_FALSE(fixture.verifier.VerifyKey(request.View())) << header;
        ++count;
      }
    }
  }
  EXPECT_GE(count, 12'000U);
}

TEST(SigV4Mutation, RefusesRenamedHeaders) {
  SigV4Fixture fixture;
  TestRequest request = SignedBotocoreRequest();
  for (auto& [name, value] : request.headers) {
    bool is_signed = name == "Authorization";
    for (const std::string_view one : kSignedNames) is_signed |= name == one;
    for (std::size_t i = 0; is_signed && i < name.size(); ++i) {
      const char original = name[i];
      for (const char c : Replacements(original)) {
        if (std::tolower(c) == std::tolower(original)) continue;  // the same name
        name[i] = c;
        EXPECT_FALSE(fixture.verifier.VerifyKey(request.View())) << name;
      }
      name[i] = original;
    }
  }
}

// Inserts, deletes, doubles and swaps pieces anywhere in a signed part.
void MutateAtRandom(std::string& part, std::mt19937& random) {
  const std::size_t at = random() % (part.size() + 1);
  const std::size_t size = 1 + random() % 4;
  switch (random() % 4) {
    case 0:
      part.insert(at, size, static_cast<char>('!' + random() % 94));
      break;
    case 1:
      part.erase(at == part.size() ? 0 : at, size);
      break;
    case 2:
      part.insert(at, part.substr(0, size));
      break;
    default:
      part = part.substr(at) + part.substr(0, at);
      break;
  }
}

TEST(SigV4Mutation, RefusesInsertionsDeletionsAndRotations) {
  SigV4Fixture fixture;
  const TestRequest good = SignedBotocoreRequest();
  std::mt19937 random(20261124);
  std::size_t count = 0;
  while (count < 10'000) {
    TestRequest request = good;
    std::string* parts[] = {&request.body, request.Find("Host"), request.Find("X-Amz-Target"),
                            request.Find("Content-Type"), request.Find("X-Amz-Date")};
    std::string& part = *parts[random() % std::size(parts)];
    const std::string before = part;
    MutateAtRandom(part, random);
    if (part == before) continue;
    ++count;
    EXPECT_FALSE(fixture.verifier.VerifyKey(request.View())) << before << " -> " << part;
  }
}

}  // namespace
}  // namespace kmaas::identity
