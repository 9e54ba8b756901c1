// The request reader: what it understands, and what it refuses before anybody else sees it.
#include "frontends/http/request_reader.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace kmaas::http {
namespace {

// A reader with its buffer, fed with pieces of text.
struct Reading {
  ServerOptions options;
  ReadBuffer buffer{options.header_bytes_max};
  BodyBudget bodies{options.bodies_bytes_max};
  RequestReader reader{options, bodies};

  ReadProgress Feed(std::string_view text) {
    ReadProgress progress = ReadProgress::kNeedsMore;
    while (!text.empty() && progress == ReadProgress::kNeedsMore) {
      const MutableByteView room = buffer.Prepare();
      const std::size_t size = std::min(room.size(), text.size());
      std::copy_n(text.begin(), size, room.begin());
      buffer.Commit(size);
      text.remove_prefix(size);
      progress = reader.Feed(buffer);
    }
    return progress;
  }
};

unsigned RefusalOf(std::string_view text) {
  Reading reading;
  return reading.Feed(text) == ReadProgress::kRefused ? reading.reader.refusal() : 0;
}

constexpr std::string_view kPost =
    "POST /a?b=c HTTP/1.1\r\nHost: kms\r\nX-Amz-Target:  Trent.Decrypt \r\nx: 1\r\nX: 2\r\n"
    "Content-Length: 5\r\n\r\nhello";

void ExpectPost(const Request& request) {
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/a?b=c");
  ASSERT_EQ(request.headers.size(), 5U);
  EXPECT_EQ(request.headers[1].name, "X-Amz-Target");
  EXPECT_EQ(request.headers[1].value, "Trent.Decrypt");
  EXPECT_EQ(request.headers[2].name, "x");
  EXPECT_EQ(request.headers[3].value, "2");
  EXPECT_EQ(request.FindHeader("x-AMZ-target"), "Trent.Decrypt");
  EXPECT_EQ(request.FindHeader("X"), "1");
  EXPECT_EQ(request.FindHeader("y"), "");
  EXPECT_EQ(request.body, "hello");
}

TEST(RequestReader, KeepsOrderAndSpellingOfHeaders) {
  Reading reading;
  ASSERT_EQ(reading.Feed(kPost), ReadProgress::kComplete);
  ExpectPost(reading.reader.request());
  EXPECT_TRUE(reading.reader.keep_alive());
}

TEST(RequestReader, UnderstandsARequestCutAtAnyPlace) {
  for (std::size_t cut = 1; cut < kPost.size(); ++cut) {
    Reading reading;
    ASSERT_EQ(reading.Feed(kPost.substr(0, cut)), ReadProgress::kNeedsMore) << cut;
    ASSERT_EQ(reading.Feed(kPost.substr(cut)), ReadProgress::kComplete) << cut;
    ExpectPost(reading.reader.request());
  }
}

TEST(RequestReader, LeavesTheNextRequestInTheBuffer) {
  Reading reading;
  ASSERT_EQ(reading.Feed(std::string(kPost) + std::string(kPost)), ReadProgress::kComplete);
  EXPECT_EQ(AsText(reading.buffer.data()), kPost);
  reading.reader.Reset();
  ASSERT_EQ(reading.reader.Feed(reading.buffer), ReadProgress::kComplete);
  ExpectPost(reading.reader.request());
  EXPECT_TRUE(reading.buffer.empty());
}

TEST(RequestReader, JoinsChunks) {
  const std::string_view text =
      "POST / HTTP/1.1\r\nHost: k\r\nTransfer-Encoding: Chunked\r\n\r\n"
      "5;a=b\r\nhello\r\n1\r\n \r\n005\r\nworld\r\n0\r\n\r\n";
  for (std::size_t cut = 1; cut < text.size(); ++cut) {
    Reading reading;
    ASSERT_EQ(reading.Feed(text.substr(0, cut)), ReadProgress::kNeedsMore) << cut;
    ASSERT_EQ(reading.Feed(text.substr(cut)), ReadProgress::kComplete) << cut;
    EXPECT_EQ(reading.reader.request().body, "hello world");
  }
}

TEST(RequestReader, RefusesAmbiguousLengths) {
  const std::string head = "POST / HTTP/1.1\r\nHost: k\r\n";
  for (const std::string fields :
       {"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
        "Content-Length: 3\r\nContent-Length: 3\r\n", "Content-Length: 3, 3\r\n",
        "Content-Length: +3\r\n", "Content-Length: -3\r\n", "Content-Length: 0x3\r\n",
        "Content-Length: \r\n", "Content-Length: 99999999999999999999\r\n",
        "Transfer-Encoding: gzip\r\n", "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n", "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding : chunked\r\n", "Content-Length : 3\r\n"}) {
    EXPECT_EQ(RefusalOf(head + fields + "\r\n"), 400U) << fields;
  }
  EXPECT_EQ(RefusalOf("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400U);
}

TEST(RequestReader, RefusesGarbage) {
  for (const std::string text :
       {"\r\n\r\n\r\n", "hello\n\n", "GET /\r\n\r\n", "GET / HTTP/2.0\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/1.1\nHost: k\n\n",
        "GET / HTTP/1.1\r\n Host: k\r\n\r\n", "GET / HTTP/1.1\r\nHost k\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: k\r\nA: \x01\r\n\r\n", "GET  / HTTP/1.1\r\nHost: k\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "G\xc3\x89T / HTTP/1.1\r\n\r\n"}) {
    EXPECT_EQ(RefusalOf(text), 400U) << text;
  }
}

TEST(RequestReader, WantsExactlyOneHost) {
  EXPECT_EQ(RefusalOf("GET / HTTP/1.1\r\n\r\n"), 400U);
  EXPECT_EQ(RefusalOf("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), 400U);
  Reading reading;
  EXPECT_EQ(reading.Feed("GET / HTTP/1.0\r\n\r\n"), ReadProgress::kComplete);
  EXPECT_FALSE(reading.reader.keep_alive());
}

TEST(RequestReader, RefusesTrailers) {
  EXPECT_EQ(RefusalOf("POST / HTTP/1.1\r\nHost: k\r\nTransfer-Encoding: chunked\r\n\r\n"
                      "0\r\nAuthorization: x\r\n\r\n"),
            400U);
}

TEST(RequestReader, RefusesATooLargeBodyByItsDeclaredLength) {
  const ServerOptions options;
  const std::string head = "POST / HTTP/1.1\r\nHost: k\r\nContent-Length: ";
  EXPECT_EQ(RefusalOf(head + std::to_string(options.body_bytes_max + 1) + "\r\n\r\n"), 413U);
  EXPECT_EQ(RefusalOf(head + std::to_string(options.body_bytes_max) + "\r\n\r\n"), 0U);
}

TEST(RequestReader, CutsOffChunksAtTheLimit) {
  Reading reading;
  ASSERT_EQ(reading.Feed("POST / HTTP/1.1\r\nHost: k\r\nTransfer-Encoding: chunked\r\n\r\n"),
            ReadProgress::kNeedsMore);
  const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
  for (int i = 0; i < 16; ++i) ASSERT_EQ(reading.Feed(chunk), ReadProgress::kNeedsMore) << i;
  EXPECT_EQ(reading.Feed("1\r\n"), ReadProgress::kRefused);
  EXPECT_EQ(reading.reader.refusal(), 413U);
}

TEST(RequestReader, BoundsTheHeaderBlock) {
  const std::string line = "A: " + std::string(1000, 'x') + "\r\n";
  std::string text = "GET / HTTP/1.1\r\nHost: k\r\n";
  for (int i = 0; i < 15; ++i) text += line;
  EXPECT_EQ(RefusalOf(text + "\r\n"), 0U);
  for (int i = 0; i < 5; ++i) text += line;
  EXPECT_EQ(RefusalOf(text + "\r\n"), 431U);
  EXPECT_EQ(RefusalOf("GET /" + std::string(17000, 'x')), 431U);
}

TEST(RequestReader, BoundsTheHeaderBlockThatDripsInLineByLine) {
  Reading reading;
  ReadProgress progress = reading.Feed("GET / HTTP/1.1\r\nHost: k\r\n");
  std::size_t sent = 0;
  while (progress == ReadProgress::kNeedsMore && sent < 100'000) {
    progress = reading.Feed("A: " + std::string(400, 'x') + "\r\n");
    sent += 405;
  }
  EXPECT_EQ(reading.reader.refusal(), 431U);
  EXPECT_LE(sent, reading.options.header_bytes_max * 2);
}

TEST(RequestReader, BoundsTheNumberOfHeaders) {
  std::string text = "GET / HTTP/1.1\r\nHost: k\r\n";
  for (int i = 0; i < 99; ++i) text += "A: 1\r\n";
  EXPECT_EQ(RefusalOf(text + "\r\n"), 0U);
  EXPECT_EQ(RefusalOf(text + "A: 1\r\n\r\n"), 431U);
}

TEST(RequestReader, BoundsAChunkLine) {
  const std::string head = "POST / HTTP/1.1\r\nHost: k\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(RefusalOf(head + "1;" + std::string(20'000, 'x')), 400U);
}

TEST(RequestReader, ReportsTheWishToContinueOnce) {
  Reading reading;
  reading.Feed("POST / HTTP/1.1\r\nHost: k\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n");
  EXPECT_FALSE(reading.reader.TakeContinueWish());
  reading.Feed("\r\n");
  EXPECT_TRUE(reading.reader.TakeContinueWish());
  EXPECT_FALSE(reading.reader.TakeContinueWish());
  EXPECT_EQ(reading.Feed("{}"), ReadProgress::kComplete);
  EXPECT_EQ(RefusalOf("POST / HTTP/1.1\r\nHost: k\r\nExpect: tea\r\n\r\n"), 417U);
}

TEST(RequestReader, LeavesNothingOfARequestToTheNext) {
  Reading reading;
  ASSERT_EQ(reading.Feed(kPost), ReadProgress::kComplete);
  reading.reader.Reset();
  ASSERT_EQ(reading.Feed("GET / HTTP/1.1\r\nHost: k\r\n\r\n"), ReadProgress::kComplete);
  const Request& request = reading.reader.request();
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.target, "/");
  EXPECT_EQ(request.headers.size(), 1U);
  EXPECT_EQ(request.body, "");
}

TEST(RequestReader, RefusesABodyThatThereIsNoRoomFor) {
  const ServerOptions options;
  BodyBudget bodies(100'000);
  const std::string header = "POST / HTTP/1.1\r\nHost: k\r\nContent-Length: 80000\r\n\r\n";
  const auto feed = [&](RequestReader& reader, std::string_view text) {
    ReadBuffer buffer(options.header_bytes_max);
    ReadProgress progress = ReadProgress::kNeedsMore;
    while (!text.empty() && progress == ReadProgress::kNeedsMore) {
      const MutableByteView room = buffer.Prepare();
      const std::size_t size = std::min(room.size(), text.size());
      std::copy_n(text.begin(), size, room.begin());
      buffer.Commit(size);
      text.remove_prefix(size);
      progress = reader.Feed(buffer);
    }
    return progress;
  };
  const std::string unfinished = header + std::string(70'000, 'x');
  RequestReader second(options, bodies);
  {
    RequestReader first(options, bodies);
    EXPECT_EQ(feed(first, unfinished), ReadProgress::kNeedsMore);
    EXPECT_EQ(feed(second, unfinished), ReadProgress::kRefused);
    EXPECT_EQ(second.refusal(), 503U);
  }
  second.Reset();
  EXPECT_EQ(feed(second, unfinished), ReadProgress::kNeedsMore) << "the first one is gone";
}

}  // namespace
}  // namespace kmaas::http
