// Secrets are wiped when dropped, stay out of core dumps, move without copies and copy only on
// request.
#include "base/secret_bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <type_traits>

namespace kmaas {
namespace {

static_assert(!std::is_copy_constructible_v<SecretBytes>);
static_assert(!std::is_copy_assignable_v<SecretBytes>);
static_assert(std::is_nothrow_move_constructible_v<SecretBytes>);
static_assert(std::is_nothrow_move_assignable_v<SecretBytes>);

const Bytes kSecret = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

bool AllZero(const std::uint8_t* data, std::size_t size) {
  return std::all_of(data, data + size, [](std::uint8_t byte) { return byte == 0; });
}

// The VmFlags line of the mapping that holds `address`.
std::string MappingFlags(const void* address) {
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  std::ifstream maps("/proc/self/smaps");
  std::string line;
  bool inside = false;
  while (std::getline(maps, line)) {
    std::uintptr_t from = 0;
    std::uintptr_t to = 0;
    char dash = 0;
    if (std::istringstream range(line); range >> std::hex >> from >> dash >> to && dash == '-') {
      inside = from <= wanted && wanted < to;
    }
    if (inside && line.starts_with("VmFlags:")) return line + " ";
  }
  return "";
}

TEST(SecretBytes, StartsZeroed) {
  const SecretBytes secret(100);
  EXPECT_EQ(secret.size(), 100U);
  EXPECT_TRUE(AllZero(secret.view().data(), 100));
}

TEST(SecretBytes, StartsZeroedInAReusedBlock) {
  { const SecretBytes dropped{ByteView(kSecret)}; }
  const SecretBytes secret(kSecret.size());
  EXPECT_TRUE(AllZero(secret.view().data(), secret.size()));
}

// The arena keeps its pages, so the dropped block can still be looked at.
TEST(SecretBytes, WipesWhenDropped) {
  const std::uint8_t* address = nullptr;
  {
    const SecretBytes secret{ByteView(kSecret)};
    address = secret.view().data();
    ASSERT_FALSE(AllZero(address, kSecret.size()));
  }
  EXPECT_TRUE(AllZero(address, kSecret.size()));
}

TEST(SecretBytes, WipesWhatAnAssignmentReplaces) {
  SecretBytes secret{ByteView(kSecret)};
  const std::uint8_t* address = secret.view().data();
  secret = SecretBytes(64);
  EXPECT_TRUE(AllZero(address, kSecret.size()));
  EXPECT_EQ(secret.size(), 64U);
}

TEST(SecretBytes, IsEmptyAfterAWipe) {
  SecretBytes secret{ByteView(kSecret)};
  secret.Wipe();
  EXPECT_TRUE(secret.empty());
  secret.Wipe();
  EXPECT_TRUE(secret.empty());
}

TEST(SecretBytes, MovesWithoutACopy) {
  SecretBytes source{ByteView(kSecret)};
  const std::uint8_t* address = source.view().data();
  const SecretBytes moved = std::move(source);
  EXPECT_EQ(moved.view().data(), address);
  EXPECT_TRUE(
      source.empty());  // NOLINT(bugprone-use-after-move): the state after a move is promised
}

TEST(SecretBytes, SurvivesAssignmentToItself) {
  SecretBytes secret{ByteView(kSecret)};
  SecretBytes& same = secret;
  secret = std::move(same);
  EXPECT_EQ(ToBytes(secret.view()), kSecret);
}

TEST(SecretBytes, ClonesIntoItsOwnBlock) {
  const SecretBytes secret{ByteView(kSecret)};
  SecretBytes clone = secret.Clone();
  clone.span()[0] = 99;
  EXPECT_EQ(ToBytes(secret.view()), kSecret);
}

TEST(SecretBytes, HoldsEverySizeAcrossTheBlockBoundaries) {
  for (const std::size_t size : {0U, 1U, 31U, 32U, 33U, 64U, 4096U, 8192U, 8193U, 100000U}) {
    SecretBytes secret(size);
    std::fill(secret.span().begin(), secret.span().end(), std::uint8_t{0xa5});
    EXPECT_EQ(std::count(secret.view().begin(), secret.view().end(), 0xa5),
              static_cast<std::ptrdiff_t>(size));
  }
}

TEST(SecretBytes, StaysOutOfCoreDumps) {
  for (const std::size_t size : {32U, 20000U}) {
    const SecretBytes secret(size);
    EXPECT_NE(MappingFlags(secret.view().data()).find(" dd "), std::string::npos) << size;
  }
}

TEST(WipeText, ClearsTheWholeCapacity) {
  std::string text = "a secret that is longer than any short-string buffer";
  text.resize(8);
  const char* data = text.data();
  const std::size_t capacity = text.capacity();
  WipeText(text);
  EXPECT_TRUE(text.empty());
  ASSERT_EQ(text.data(), data);
  EXPECT_TRUE(AllZero(reinterpret_cast<const std::uint8_t*>(data), 1));
  text.resize(capacity, '\0');
  EXPECT_TRUE(AllZero(reinterpret_cast<const std::uint8_t*>(text.data()), capacity));
}

}  // namespace
}  // namespace kmaas
