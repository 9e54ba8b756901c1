// The server without TLS, for what stays on the machine.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "tests/component/http/fixture.h"

namespace kmaas::http {
namespace {

class PlainClient {
 public:
  explicit PlainClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  }
  ~PlainClient() { ::close(socket_); }
  PlainClient(const PlainClient&) = delete;
  PlainClient& operator=(const PlainClient&) = delete;

  // Everything up to the end of the connection.
  std::string Exchange(std::string_view request) const {
    EXPECT_TRUE(connected_);
    ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL);
    std::string all;
    std::array<char, 4096> part{};
    for (ssize_t got = 0; (got = ::recv(socket_, part.data(), part.size(), 0)) > 0;)
      all.append(part.data(), static_cast<std::size_t>(got));
    return all;
  }

 private:
  int socket_;
  bool connected_ = false;
};

struct PlainFixture : ServerFixture {
  PlainFixture() {
    options.tls = false;
    options.certificate_file = "/nowhere";
    options.private_key_file = "/nowhere";
    Start();
  }
};

TEST(PlainServer, AnswersWithoutACertificate) {
  PlainFixture fixture;
  const std::string answer = PlainClient(fixture.server->port())
                                 .Exchange(Post("hello") + Post("you", "Connection: close\r\n"));
  EXPECT_NE(answer.find("\r\n\r\nhelloHTTP/1.1 200 OK"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\nyou")) << answer;
}

TEST(PlainServer, TellsTheHandlerThatThereIsNoTls) {
  PlainFixture fixture;
  fixture.handler.script = [](Request& request) {
    return Response{200, {}, "(" + request.tls_version + request.tls_cipher + ")", true};
  };
  EXPECT_TRUE(PlainClient(fixture.server->port()).Exchange(Post("")).ends_with("\r\n\r\n()"));
}

TEST(PlainServer, WritesWhatIsLargerThanTheSocketTakes) {
  PlainFixture fixture;
  constexpr std::size_t kBytes = std::size_t{8} << 20U;
  fixture.handler.script = [](Request&) {
    return Response{200, {}, std::string(kBytes, 'x'), true};
  };
  EXPECT_GT(PlainClient(fixture.server->port()).Exchange(Post("")).size(), kBytes);
}

TEST(PlainServer, RefusesTlsAsItRefusesWhatIsNoHttp) {
  PlainFixture fixture;
  const std::string hello("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00\r\n\r\n", 14);
  EXPECT_TRUE(PlainClient(fixture.server->port()).Exchange(hello).starts_with("HTTP/1.1 400 "));
}

TEST(PlainServer, HasNoCertificateToReload) {
  PlainFixture fixture;
  EXPECT_TRUE(fixture.server->ReloadCertificate());
  EXPECT_FALSE(*fixture.server->ReloadCertificateIfChanged());
}

TEST(TlsServer, DoesNotStartWithoutItsCertificate) {
  ServerFixture fixture;
  fixture.options.certificate_file = "/nowhere";
  EXPECT_FALSE(Server::Start(fixture.options, fixture.handler, fixture.clock));
}

}  // namespace
}  // namespace kmaas::http
