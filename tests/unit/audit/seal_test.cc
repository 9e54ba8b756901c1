#include "audit/seal.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace kmaas::audit {
namespace {

Seal SampleSeal() {
  Seal seal;
  seal.number = 12;
  seal.time = "2026-11-24T12:00:00Z";
  seal.first = 101;
  seal.last = 250;
  seal.head = crypto::Sha256(AsBytes("head"));
  seal.previous = crypto::Sha256(AsBytes("previous"));
  seal.interval_seconds = 300;
  seal.key = crypto::Sha256(AsBytes("key"));
  return seal;
}

std::string SampleLine() { return RenderSealLine(RenderSeal(SampleSeal()), SealSignature{1, 2}); }

TEST(Seal, StandsAsOneLineOfJsonWithMembersInOrder) {
  const std::string hex = HexEncode(SampleSeal().head);
  EXPECT_EQ(
      RenderSeal(SampleSeal()),
      R"({"version":1,"number":12,"kind":"regular","time":"2026-11-24T12:00:00Z","first":101,)"
      R"("last":250,"count":150,"head":")" +
          hex + R"(","previous":")" + HexEncode(SampleSeal().previous) +
          R"(","intervalSeconds":300,"key":")" + HexEncode(SampleSeal().key) + R"("})");
}

TEST(Seal, NamesTheEpochOfTheStoreWhenItIsKnown) {
  Seal seal = SampleSeal();
  seal.store_epoch = 77;
  EXPECT_NE(RenderSeal(seal).find(R"("intervalSeconds":300,"storeEpoch":77,"key":)"),
            std::string::npos);
}

TEST(Seal, IsReadBackAsItWasWritten) {
  Seal seal = SampleSeal();
  for (const SealKind kind :
       {SealKind::kStart, SealKind::kRegular, SealKind::kStop, SealKind::kRetired}) {
    seal.kind = kind;
    const auto read = ParseSealLine(RenderSealLine(RenderSeal(seal), SealSignature{7}));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->seal, seal);
    EXPECT_EQ(read->text, RenderSeal(seal));
    EXPECT_EQ(read->signature, SealSignature{7});
  }
}

TEST(Seal, OfNothingIsReadBack) {
  Seal seal = SampleSeal();
  seal.first = 1;
  seal.last = 0;
  seal.store_epoch = 0;
  EXPECT_EQ(ParseSealLine(RenderSealLine(RenderSeal(seal), {}))->seal, seal);
}

TEST(Seal, WithAnyByteLeftOutIsNone) {
  const std::string line = SampleLine();
  for (std::size_t at = 0; at < line.size(); ++at) {
    std::string shorter = line;
    shorter.erase(at, 1);
    const auto read = ParseSealLine(shorter);
    // A shorter number may be a number, and is another seal.
    EXPECT_FALSE(read && read->seal == SampleSeal()) << at;
  }
  EXPECT_FALSE(ParseSealLine(line + " "));
  EXPECT_FALSE(ParseSealLine(""));
}

TEST(Seal, WithAnyByteChangedIsNoneOrAnother) {
  const std::string line = SampleLine();
  const SealLine whole = *ParseSealLine(line);
  for (std::size_t at = 0; at < line.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string changed = line;
      changed[at] = static_cast<char>(changed[at] ^ (1U << bit));
      const auto read = ParseSealLine(changed);
      EXPECT_FALSE(read && read->text == whole.text && read->signature == whole.signature) << at;
    }
  }
}

TEST(Seal, IsSignedUnderALabelOfItsOwn) {
  EXPECT_EQ(SealDigest("{}"), crypto::Sha256(AsBytes("kmaas audit seal v1\n{}")));
  EXPECT_NE(SealDigest("{}"), crypto::Sha256(AsBytes("{}")));
}

TEST(SealKinds, HaveNamesOfTheirOwn) {
  EXPECT_EQ(SealKindName(SealKind::kStart), "start");
  EXPECT_EQ(SealKindName(SealKind::kRegular), "regular");
  EXPECT_EQ(SealKindName(SealKind::kStop), "stop");
  EXPECT_EQ(SealKindName(SealKind::kRetired), "retired");
}

}  // namespace
}  // namespace kmaas::audit
