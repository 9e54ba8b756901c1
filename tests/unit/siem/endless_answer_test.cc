// Goal: a receiver that never comes to an end takes no memory without bound.
#include <gtest/gtest.h>

#include "siem/transport/http_answer.h"

namespace kmaas::siem {
namespace {

constexpr std::size_t kFarTooMuch = std::size_t{4} << 20U;

// Bytes that were kept when the answer was given up; kFarTooMuch when it never was.
std::size_t KeptOf(std::string bytes, const std::string& more) {
  HttpAnswer answer;
  while (bytes.size() < kFarTooMuch && ReadHttpAnswer(bytes, answer) == HttpProgress::kMore)
    bytes += more;
  return bytes.size();
}

TEST(EndlessAnswer, IsGivenUpWhateverGoesOn) {
  const std::string piece(64 << 10U, 'a');
  const std::string head = "HTTP/1.1 200 OK\r\n";
  EXPECT_LT(KeptOf(head + "Content-Length: 18446744073709551615\r\n\r\n", piece), kFarTooMuch);
  EXPECT_LT(KeptOf(head + "Transfer-Encoding: chunked\r\n\r\n1;", piece), kFarTooMuch);
  EXPECT_LT(KeptOf(head + "Transfer-Encoding: chunked\r\n\r\n", "10000\r\n" + piece + "\r\n"),
            kFarTooMuch);
  EXPECT_LT(KeptOf(head + "X: ", piece), kFarTooMuch);
}

}  // namespace
}  // namespace kmaas::siem
