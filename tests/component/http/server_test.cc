// The server as its clients see it: requests, refusals, keep-alive.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/component/http/fixture.h"

namespace kmaas::http {
namespace {

std::string StatusLine(const std::string& response) {
  return response.substr(0, response.find('\r'));
}
std::string BodyOf(const std::string& response) {
  return response.substr(response.find("\r\n\r\n") + 4);
}

TEST(Server, AnswersWithDateAndLength) {
  ServerFixture fixture;
  fixture.Start();
  TlsClient client(fixture.server->port());
  client.Send(Post("hello"));
  EXPECT_EQ(client.Receive(),
            "HTTP/1.1 200 OK\r\nX-Target: /\r\nDate: Tue, 24 Nov 2026 12:00:00 GMT\r\n"
            "Content-Length: 5\r\nConnection: keep-alive\r\n\r\nhello");
  fixture.clock.Advance(std::chrono::seconds(1));
  client.Send(Post(""));
  EXPECT_NE(client.Receive().find("Date: Tue, 24 Nov 2026 12:00:01 GMT"), std::string::npos);
}

TEST(Server, TellsTheHandlerWhoCalls) {
  ServerFixture fixture;
  fixture.handler.script = [](Request& request) {
    request.method.clear();  // a handler may spoil the request; the next one is whole again
    return Response{200,
                    {},
                    request.remote_address + " " + request.tls_version + " " +
                        std::exchange(request.tls_cipher, "")};
  };
  fixture.Start();
  TlsClient client(fixture.server->port());
  for (int i = 0; i < 2; ++i) {
    client.Send(Post("x"));
    EXPECT_EQ(BodyOf(client.Receive()), "127.0.0.1 TLSv1.3 TLS_AES_256_GCM_SHA384");
  }
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  ServerFixture fixture;
  fixture.Start();
  TlsClient client(fixture.server->port());
  std::string all;
  for (int i = 0; i < 200; ++i) all += Post(std::to_string(i));
  client.Send(all);
  for (int i = 0; i < 200; ++i) EXPECT_EQ(BodyOf(client.Receive()), std::to_string(i));
}

TEST(Server, ReadsARequestThatComesByteByByte) {
  ServerFixture fixture;
  fixture.Start();
  TlsClient client(fixture.server->port());
  for (const char byte : Post("hello")) client.Send({&byte, 1});
  EXPECT_EQ(BodyOf(client.Receive()), "hello");
}

TEST(Server, ClosesAfterARequestThatAsksForIt) {
  ServerFixture fixture;
  fixture.Start();
  for (const std::string& text :
       {Post("x", "Connection: close\r\n"), std::string("GET / HTTP/1.0\r\n\r\n")}) {
    TlsClient client(fixture.server->port());
    client.Send(text);
    EXPECT_NE(client.Receive().find("Connection: close\r\n"), std::string::npos);
    EXPECT_TRUE(client.EndsCleanly());
  }
}

TEST(Server, AnswersHeadWithoutABody) {
  ServerFixture fixture;
  fixture.handler.script = [](Request&) { return Response{200, {}, "body"}; };
  fixture.Start();
  TlsClient client(fixture.server->port());
  client.Send("HEAD / HTTP/1.1\r\nHost: k\r\n\r\n");
  EXPECT_NE(client.ReceiveHead().find("Content-Length: 4\r\n"), std::string::npos);
  client.Send(Post(""));
  EXPECT_EQ(BodyOf(client.Receive()), "body");
}

TEST(Server, InvitesTheBodyThatAClientHoldsBack) {
  ServerFixture fixture;
  fixture.Start();
  TlsClient client(fixture.server->port());
  client.Send("POST / HTTP/1.1\r\nHost: k\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(client.ReceiveHead(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("hello");
  EXPECT_EQ(BodyOf(client.Receive()), "hello");
}

TEST(Server, InvitesNobodyWhoseBodyIsThere) {
  ServerFixture fixture;
  fixture.Start();
  TlsClient client(fixture.server->port());
  client.Send(Post("hello", "Expect: 100-continue\r\n"));
  EXPECT_EQ(StatusLine(client.Receive()), "HTTP/1.1 200 OK");
}

TEST(Server, CarriesTheLargestBodyBothWays) {
  ServerFixture fixture;
  fixture.Start();
  std::string body(fixture.options.body_bytes_max, 'x');
  for (std::size_t i = 0; i < body.size(); i += 997) body[i] = static_cast<char>('a' + i % 26);
  TlsClient client(fixture.server->port(), {.receive_buffer = 4096});
  for (int i = 0; i < 2; ++i) {
    client.Send(Post(body));
    EXPECT_EQ(BodyOf(client.Receive()), body);
  }
}

TEST(Server, RefusesALargeBodyBeforeItIsSent) {
  ServerFixture fixture;
  fixture.Start();
  TlsClient client(fixture.server->port());
  client.Send("POST / HTTP/1.1\r\nHost: k\r\nContent-Length: 1048577\r\n\r\n");
  const std::string response = client.Receive();
  EXPECT_EQ(StatusLine(response), "HTTP/1.1 413 Content Too Large");
  EXPECT_NE(response.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(client.EndsCleanly());
}

TEST(Server, AnswersALargeBodyThatIsSentAllTheSame) {
  ServerFixture fixture;
  fixture.Start();
  TlsClient client(fixture.server->port());
  client.Send(Post(std::string(1048577, 'x')));
  EXPECT_EQ(StatusLine(client.Receive()), "HTTP/1.1 413 Content Too Large");
}

TEST(Server, AnswersGarbageOnceAndCloses) {
  ServerFixture fixture;
  std::atomic<int> handled{0};
  fixture.handler.script = [&](Request&) { return ++handled, Response{}; };
  fixture.Start();
  for (const std::string text :
       {"garbage\n\n", "GET / HTTP/2.0\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: k\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n"}) {
    TlsClient client(fixture.server->port());
    client.Send(text + Post("smuggled"));
    EXPECT_EQ(StatusLine(client.Receive()), "HTTP/1.1 400 Bad Request");
    EXPECT_TRUE(client.EndsCleanly());
  }
  EXPECT_EQ(handled, 0);
}

TEST(Server, LetsTheHandlerWordItsRefusals) {
  class Wording final : public Handler {
   public:
    Response Handle(Request&) override { return {}; }
    Response Refuse(const Request& request, unsigned status) override {
      return {200, {{"X-Id", "7"}}, request.target + " " + std::to_string(status)};
    }
  } handler;
  ServerFixture fixture;
  const auto server = Server::Start(fixture.options, handler, fixture.clock);
  ASSERT_TRUE(server);
  TlsClient client((*server)->port());
  client.Send("POST /x HTTP/1.1\r\nHost: k\r\nContent-Length: 9999999\r\n\r\n");
  const std::string response = client.Receive();
  EXPECT_EQ(StatusLine(response), "HTTP/1.1 413 Content Too Large");
  EXPECT_EQ(BodyOf(response), "/x 413");
}

TEST(Server, TurnsAnEscapedExceptionIntoABareError) {
  ServerFixture fixture;
  fixture.handler.script = [](Request& request) -> Response {
    if (request.body == "odd") throw 42;  // not even an exception
    throw std::runtime_error("secret detail");
  };
  fixture.Start();
  for (const char* body : {"even", "odd"}) {
    TlsClient client(fixture.server->port());
    client.Send(Post(body));
    const std::string response = client.Receive();
    EXPECT_EQ(StatusLine(response), "HTTP/1.1 500 Internal Server Error");
    EXPECT_EQ(BodyOf(response), "");
    EXPECT_TRUE(client.EndsCleanly());
  }
}

TEST(Server, ServesManyConnectionsAtOnce) {
  ServerFixture fixture;
  fixture.options.threads = 4;
  fixture.Start();
  std::vector<std::thread> clients;
  std::atomic<int> right{0};
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&, c] {
      TlsClient client(fixture.server->port());
      for (int i = 0; i < 200; ++i) {
        const std::string body = std::to_string(c * 1000 + i);
        client.Send(Post(body));
        right += BodyOf(client.Receive()) == body ? 1 : 0;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(right, 1600);
}

// Every thread but one is in a handler that never ends by itself, and only one may run.
TEST(Server, AnswersThoughAllThreadsButOneHang) {
  ServerFixture fixture;
  std::promise<void> go_on;
  const std::shared_future<void> released = go_on.get_future().share();
  fixture.handler.script = [released](Request& request) {
    if (request.body == "hang") released.wait();
    return Response{200, {}, request.body};
  };
  fixture.options.threads = 4;
  fixture.options.running_max = 1;
  fixture.Start();
  std::vector<std::unique_ptr<TlsClient>> hanging;
  for (int i = 0; i < 3; ++i) {
    hanging.push_back(std::make_unique<TlsClient>(fixture.server->port()));
    hanging.back()->Send(Post("hang"));
    TlsClient client(fixture.server->port());
    client.Send(Post("answered"));
    EXPECT_EQ(BodyOf(client.Receive()), "answered");
  }
  go_on.set_value();
  for (const auto& client : hanging) EXPECT_EQ(BodyOf(client->Receive()), "hang");
}

TEST(Server, ServesAClientThatChangesItsKeysNowAndThen) {
  ServerFixture fixture;
  fixture.Start();
  TlsClient client(fixture.server->port());
  for (int i = 0; i < 30; ++i) {
    client.ChangeKeys(3);
    client.Send(Post("hello"));
    ASSERT_EQ(BodyOf(client.Receive()), "hello");
  }
}

TEST(Server, ClosesOnAClientThatDoesNothingButChangeItsKeys) {
  ServerFixture fixture;
  fixture.Start();
  TlsClient client(fixture.server->port());
  client.ChangeKeys(100);
  EXPECT_TRUE(client.EndsWithin(5000));
}

TEST(Server, ClosesConnectionsBeyondItsBound) {
  ServerFixture fixture;
  fixture.options.connections_max = 2;
  fixture.Start();
  TlsClient first(fixture.server->port());
  {
    TlsClient second(fixture.server->port());
    EXPECT_TRUE(first.connected() && second.connected());
    const TlsClient third(fixture.server->port());
    EXPECT_FALSE(third.connected());
    EXPECT_EQ(fixture.server->connections(), 2U);
  }
  first.Send(Post("still served"));
  EXPECT_EQ(BodyOf(first.Receive()), "still served");
}

}  // namespace
}  // namespace kmaas::http
