#include "app/custodian_share.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cctype>
#include <random>
#include <stdexcept>
#include <utility>

namespace kmaas::app {
namespace {

using testing::HasSubstr;

SecretBytes Pin(std::string_view text = "correct-horse-7") { return SecretBytes(AsBytes(text)); }

CustodianShare Copy(const CustodianShare& share) {
  return {share.set, share.threshold, share.count, share.number, share.value.Clone(), share.mac};
}

std::vector<CustodianShare> Chosen(const std::vector<CustodianShare>& shares, unsigned mask) {
  std::vector<CustodianShare> chosen;
  for (unsigned place = 0; place < shares.size(); ++place)
    if ((mask >> place & 1U) != 0) chosen.push_back(Copy(shares[place]));
  return chosen;
}

std::vector<CustodianShare> Split(unsigned threshold, unsigned count) {
  auto shares = SplitPin(Pin(), threshold, count);
  if (!shares) throw std::runtime_error(shares.error().message);
  return *std::move(shares);
}

TEST(CustodianShares, AnySubsetOfEnoughGivesThePinAndOneLessDoesNot) {
  for (unsigned count = 2; count <= 7; ++count)
    for (unsigned threshold = 2; threshold <= count; ++threshold) {
      const auto shares = Split(threshold, count);
      for (unsigned mask = 0; mask < 1U << count; ++mask) {
        const auto size = static_cast<unsigned>(std::popcount(mask));
        auto chosen = Chosen(shares, mask);
        if (size == threshold) {
          EXPECT_EQ(ToString(CombinePin(chosen)->view()), "correct-horse-7");
        } else if (size + 1 == threshold) {
          EXPECT_FALSE(CombinePin(chosen));
          // Nor when they say of themselves that they are enough.
          for (CustodianShare& share : chosen) share.threshold = static_cast<std::uint8_t>(size);
          EXPECT_FALSE(CombinePin(chosen));
        }
      }
    }
}

TEST(CustodianShares, AreReadAsTheyWereWritten) {
  for (const std::string& pin : {std::string("1"), std::string(15, 'x'), std::string(64, 'y')}) {
    const auto shares = SplitPin(Pin(pin), 2, 3);
    ASSERT_TRUE(shares);
    std::vector<CustodianShare> read;
    for (unsigned place : {2U, 0U}) {
      const SecretBytes text = ArmourShare((*shares)[place]);
      EXPECT_LE(text.size(), 255U);
      auto share = ReadShare(text.view());
      ASSERT_TRUE(share) << share.error().message;
      read.push_back(*std::move(share));
    }
    EXPECT_EQ(ToString(CombinePin(read)->view()), pin);
  }
}

TEST(CustodianShares, AreReadHoweverTheyWereTyped) {
  std::string text = ToString(ArmourShare(Split(2, 2)[0]).view());
  for (char& c : text) c = c == '-' ? ' ' : static_cast<char>(std::tolower(c));
  EXPECT_TRUE(ReadShare(AsBytes(" " + text + " \n")));
}

TEST(CustodianShares, ATypingErrorIsSaid) {
  const std::string text = ToString(ArmourShare(Split(2, 2)[0]).view());
  for (std::size_t place = 6; place < text.size(); ++place) {
    std::string mistyped = text;
    mistyped[place] = mistyped[place] == 'Q' ? 'R' : 'Q';
    EXPECT_FALSE(ReadShare(AsBytes(mistyped))) << place;
  }
  EXPECT_THAT(ReadShare(AsBytes(text.substr(0, 100))).error().message, HasSubstr("share"));
  EXPECT_FALSE(ReadShare(AsBytes("")));
}

// By somebody who knows how shares are made: the checksum fits, and so do all lengths.
TEST(CustodianShares, TenThousandAlteredOnesAreAllRejected) {
  std::mt19937 random(7);
  const auto shares = Split(3, 5);
  unsigned accepted = 0;
  for (int round = 0; round < 10'000; ++round) {
    auto chosen = Chosen(shares, 0b10110);
    CustodianShare& one = chosen[random() % 3];
    const std::size_t bits = (one.value.size() + one.mac.size() + one.set.size()) * 8;
    for (auto flips = 1 + random() % 3; flips > 0; --flips) {
      const std::size_t bit = random() % bits;
      const auto mask = static_cast<std::uint8_t>(1U << bit % 8);
      const std::size_t byte = bit / 8;
      if (byte < one.value.size()) {
        one.value.span()[byte] ^= mask;
      } else if (byte < one.value.size() + one.mac.size()) {
        one.mac[byte - one.value.size()] ^= mask;
      } else {
        one.set[byte - one.value.size() - one.mac.size()] ^= mask;
      }
    }
    const bool unchanged =
        AsText(one.value.view()) == AsText(shares[one.number - 1].value.view()) &&
        one.mac == shares[one.number - 1].mac && one.set == shares[one.number - 1].set;
    std::vector<CustodianShare> read;
    for (const CustodianShare& share : chosen)
      if (auto again = ReadShare(ArmourShare(share).view())) read.push_back(*std::move(again));
    if (CombinePin(read) && !unchanged) ++accepted;
  }
  EXPECT_EQ(accepted, 0U);
}

// A custodian who shifts his share in a known way shifts the PIN in a known way: but for the MAC.
TEST(CustodianShares, AShareThatWouldGiveAChosenPinIsRejected) {
  auto chosen = Chosen(Split(2, 2), 0b11);
  chosen[0].value.span()[1] ^= 1U;
  EXPECT_THAT(CombinePin(chosen).error().message, HasSubstr("altered"));
}

TEST(CustodianShares, OfTwoSplitsDoNotMix) {
  const auto first = Split(2, 3);
  const auto second = Split(2, 3);
  std::vector<CustodianShare> mixed;
  mixed.push_back(Copy(first[0]));
  mixed.push_back(Copy(second[1]));
  EXPECT_THAT(CombinePin(mixed).error().message, HasSubstr("different splits"));
}

TEST(CustodianShares, NumbersThatMakeNoSenseAreRefused) {
  EXPECT_FALSE(SplitPin(Pin(), 1, 3));
  EXPECT_FALSE(SplitPin(Pin(), 4, 3));
  EXPECT_FALSE(SplitPin(Pin(), 2, 33));
  EXPECT_FALSE(SplitPin(Pin(""), 2, 3));
  EXPECT_FALSE(SplitPin(Pin(std::string(65, 'x')), 2, 3));
}

TEST(ShareCollection, TakesEachShareOnceAndGivesThePin) {
  const auto shares = Split(2, 3);
  ShareCollection collection;
  EXPECT_TRUE(collection.Add(Copy(shares[0])));
  EXPECT_THAT(collection.Add(Copy(shares[0])).error().message, HasSubstr("already"));
  EXPECT_THAT(collection.Add(Copy(Split(2, 3)[1])).error().message, HasSubstr("another split"));
  EXPECT_FALSE(collection.is_complete());
  EXPECT_TRUE(collection.Add(Copy(shares[2])));
  ASSERT_TRUE(collection.is_complete());
  EXPECT_EQ(ToString(collection.Take()->view()), "correct-horse-7");
}

TEST(ShareCollection, ForgetsAllWhenOneIsWrong) {
  const auto shares = Split(2, 3);
  ShareCollection collection;
  CustodianShare wrong = Copy(shares[1]);
  wrong.value.span()[3] ^= 1U;
  EXPECT_TRUE(collection.Add(Copy(shares[0])));
  EXPECT_TRUE(collection.Add(std::move(wrong)));
  EXPECT_FALSE(collection.Take());
  EXPECT_EQ(collection.given(), 0U);
}

}  // namespace
}  // namespace kmaas::app
