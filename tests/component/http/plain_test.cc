// The server without TLS, for what stays on the machine.
#include <gtest/gtest.h>

#include "tests/component/http/fixture.h"
#include "tests/component/http/plain_client.h"

namespace kmaas::http {
namespace {

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
