#include "siem/transport/http_answer.h"

#include <gtest/gtest.h>

namespace kmaas::siem {
namespace {

const std::string kAccepted =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n"
    R"({"text":"Success","code":0})";
const std::string kInChunks =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    "A\r\n{\"text\":\"S\r\n11;name=value\r\nuccess\",\"code\":0}\r\n0\r\n\r\n";

HttpProgress Read(const std::string& bytes) {
  HttpAnswer answer;
  return ReadHttpAnswer(bytes, answer);
}

bool Accepts(const std::string& bytes) {
  HttpAnswer answer;
  return ReadHttpAnswer(bytes, answer) == HttpProgress::kWhole && AcceptsEvents(answer);
}

TEST(HttpAnswer, IsReadWithALengthAndInChunks) {
  EXPECT_TRUE(Accepts(kAccepted));
  EXPECT_TRUE(Accepts(kInChunks));
}

TEST(HttpAnswer, IsNotWholeBeforeItsLastByteAndBadBehindIt) {
  for (const std::string& whole : {kAccepted, kInChunks}) {
    for (std::size_t size = 0; size < whole.size(); ++size)
      EXPECT_EQ(Read(whole.substr(0, size)), HttpProgress::kMore) << size;
    EXPECT_EQ(Read(whole + "H"), HttpProgress::kBad);
  }
}

TEST(HttpAnswer, OfABatchCountsOnlyWithStatus200AndCode0) {
  const auto with = [](const std::string& status, const std::string& body) {
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
  };
  EXPECT_TRUE(Accepts(with("200 OK", R"({"code":0})")));
  EXPECT_TRUE(Accepts(with("200", R"({"code":0})")));
  for (const char* status : {"201 Created", "503 Busy", "403 Forbidden", "100 Continue", "302 F"})
    EXPECT_FALSE(Accepts(with(status, R"({"code":0})"))) << status;
  for (const char* body : {"", "{}", "[]", "0", R"({"code":"0"})", R"({"code":9})", R"({"code":0)",
                           R"({"code":null})", R"({"other":{"code":0}})"})
    EXPECT_FALSE(Accepts(with("200 OK", body))) << body;
}

TEST(HttpAnswer, SaysWhetherTheConnectionStaysOpen) {
  const auto keeps = [](const std::string& version, const std::string& header) {
    HttpAnswer answer;
    EXPECT_EQ(
        ReadHttpAnswer(version + " 200 OK\r\n" + header + "Content-Length: 0\r\n\r\n", answer),
        HttpProgress::kWhole);
    return answer.keeps_open;
  };
  EXPECT_TRUE(keeps("HTTP/1.1", ""));
  EXPECT_FALSE(keeps("HTTP/1.1", "Connection: Close\r\n"));
  EXPECT_FALSE(keeps("HTTP/1.0", ""));
}

TEST(HttpAnswer, IsBadWhenItIsNoneOfHttp) {
  const std::string rest = "\r\nContent-Length: 0\r\n\r\n";
  for (const char* status :
       {"HTTP/2 200", "HTTP/1.1", "HTTP/1.", "HTTP/1.1 ", "HTTP/1.1 20", "HTTP/1.1 2000",
        "HTTP/1.1 -20", "HTTP/1.1 abc", "HTTP/1.1200", "SSH-2.0-x", "HTTP/1.2 200", ""})
    EXPECT_EQ(Read(status + rest), HttpProgress::kBad) << status;
}

TEST(HttpAnswer, IsBadWithoutALengthThatCanBeRead) {
  for (const char* headers :
       {"", "Content-Length: \r\n", "Content-Length: -1\r\n", "Content-Length: 1x\r\n",
        "Content-Length: 99999999999999999999999\r\n", "Transfer-Encoding: gzip\r\n"})
    EXPECT_EQ(Read(std::string("HTTP/1.1 200 OK\r\n") + headers + "\r\n"), HttpProgress::kBad)
        << headers;
}

TEST(HttpAnswer, IsBadInChunksThatAreNone) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const char* body : {"\r\n", "x\r\n", "-1\r\n", "ffffffffffffffffff\r\n", "200000\r\n",
                           "1\r\nab\r\n", "0\r\nTrailer: x\r\n\r\n"})
    EXPECT_EQ(Read(head + body), HttpProgress::kBad) << body;
}

TEST(HttpAnswer, GetsNoMemoryWithoutEnd) {
  EXPECT_EQ(Read(std::string(20'000, 'a')), HttpProgress::kBad);
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n";
  EXPECT_EQ(Read(head + std::string(1000, 'a')), HttpProgress::kMore);
  EXPECT_EQ(Read(head + std::string(262'144, 'a')), HttpProgress::kBad);
}

}  // namespace
}  // namespace kmaas::siem
