// The read buffer: bounded, contiguous, forgetful.
#include "frontends/http/read_buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace kmaas::http {
namespace {

void Put(ReadBuffer& buffer, std::string_view text) {
  while (!text.empty()) {
    const MutableByteView room = buffer.Prepare();
    ASSERT_FALSE(room.empty());
    const std::size_t size = std::min(room.size(), text.size());
    std::copy_n(text.begin(), size, room.begin());
    buffer.Commit(size);
    text.remove_prefix(size);
  }
}

TEST(ReadBuffer, KeepsBytesInOrderWhileItGrows) {
  ReadBuffer buffer(16384);
  std::string expected;
  for (int i = 0; i < 1500; ++i) {
    const std::string piece = std::to_string(i) + ",";
    Put(buffer, piece);
    expected += piece;
    if (i % 7 == 0) {
      buffer.Consume(2);
      expected.erase(0, 2);
    }
    ASSERT_EQ(AsText(buffer.data()), expected);
  }
}

TEST(ReadBuffer, HasNoRoomBeyondItsBound) {
  ReadBuffer buffer(5000);
  Put(buffer, std::string(5000, 'x'));
  EXPECT_TRUE(buffer.Prepare().empty());
  buffer.Consume(1);
  EXPECT_EQ(buffer.Prepare().size(), 1U);
}

TEST(ReadBuffer, WipesWhatIsConsumedAndWhatItMovesAwayFrom) {
  ReadBuffer buffer(4096);
  Put(buffer, std::string(4096, 's'));
  const ByteView memory = buffer.data();
  buffer.Consume(4000);
  EXPECT_EQ(std::count(memory.begin(), memory.end(), 's'), 96);
  buffer.Prepare();
  EXPECT_EQ(std::count(memory.begin(), memory.end(), 's'), 96);
  buffer.Consume(96);
  EXPECT_EQ(std::count(memory.begin(), memory.end(), 's'), 0);
  EXPECT_TRUE(buffer.empty());
}

}  // namespace
}  // namespace kmaas::http
