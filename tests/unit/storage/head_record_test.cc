#include "storage/head_record.h"

#include <gtest/gtest.h>

namespace kmaas::storage {
namespace {

HeadRecord Sample() {
  HeadRecord record;
  record.epoch = 7;
  record.clock_floor = 1'795'521'600'123;
  record.tables = {{3, {1, 2}}, {0, {}}};
  return record;
}

TEST(HeadRecord, ComesBackFromItsBytes) {
  const auto decoded = HeadRecord::Decode(Sample().Encode());
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->epoch, 7U);
  EXPECT_EQ(decoded->clock_floor, 1'795'521'600'123);
  EXPECT_EQ(decoded->tables, Sample().tables);
}

TEST(HeadRecord, RefusesEveryOtherLengthAndForm) {
  const std::string bytes = Sample().Encode();
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(HeadRecord::Decode(bytes.substr(0, size))) << size;
  EXPECT_FALSE(HeadRecord::Decode(bytes + "x"));
  EXPECT_FALSE(HeadRecord::Decode("\x02" + bytes.substr(1)));
}

TEST(HeadRecord, IsRememberedByEpochRowsAndDigest) {
  const SetHash hash(RowMac(SecretBytes(Bytes(32, 1))));
  const ports::StoreHead head = ToStoreHead(hash, Sample());
  EXPECT_EQ(head.epoch, 7U);
  EXPECT_EQ(head.rows, 3U);
  HeadRecord other = Sample();
  other.tables[1].digest[15] = 1;
  EXPECT_NE(ToStoreHead(hash, other).digest, head.digest);
}

}  // namespace
}  // namespace kmaas::storage
