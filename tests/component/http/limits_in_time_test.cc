// Slow and silent clients, a clean stop, and the certificate's renewal.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <condition_variable>
#include <filesystem>
#include <future>
#include <mutex>

#include "tests/component/http/fixture.h"

namespace kmaas::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string StatusLine(const std::string& response) {
  return response.substr(0, response.find('\r'));
}

// The server may enter the phase just after a step of the clock: step until it has an effect.
bool EndsAsTimePasses(ServerFixture& fixture, TlsClient& client, seconds span) {
  for (int i = 0; i < 500; ++i) {
    fixture.clock.Advance(span);
    if (client.EndsWithin(20)) return true;
  }
  return false;
}

// Past the handshake on both sides, with nothing of it left to be read: what comes next is an
// answer or the end.
void Settle(TlsClient& client) {
  client.Send(Post("x"));
  client.Receive();
}

// A handler that stands still until it is released.
struct Gate {
  Response Pass() {
    std::unique_lock lock(mutex);
    entered = true;
    changed.notify_all();
    changed.wait(lock, [this] { return open; });
    return {200, {}, "done"};
  }
  void AwaitEntry() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return entered; });
  }
  void Open() {
    const std::lock_guard lock(mutex);
    open = true;
    changed.notify_all();
  }
  std::mutex mutex;
  std::condition_variable changed;
  bool entered = false;
  bool open = false;
};

TEST(ServerTime, ClosesAnIdleConnectionWithAFarewell) {
  ServerFixture fixture;
  fixture.Start();
  TlsClient client(fixture.server->port());
  client.Send(Post("x"));
  client.Receive();
  EXPECT_TRUE(EndsAsTimePasses(fixture, client, seconds(76)));
  EXPECT_TRUE(client.EndsCleanly());
}

TEST(ServerTime, TellsASlowClientThatItIsTooLate) {
  ServerFixture fixture;
  fixture.Start();
  TlsClient client(fixture.server->port());
  Settle(client);
  client.Send("POST / HTTP/1.1\r\nHost: k\r\nContent-Length: 10\r\n\r\nhalf");
  // Less than the idle bound: it is the reading that ends it.
  EXPECT_TRUE(EndsAsTimePasses(fixture, client, seconds(31)));
  EXPECT_EQ(StatusLine(client.Receive()), "HTTP/1.1 408 Request Timeout");
  EXPECT_TRUE(client.EndsCleanly());
}

TEST(ServerTime, EndsAHeaderThatDribbles) {
  ServerFixture fixture;
  fixture.Start();
  TlsClient client(fixture.server->port());
  Settle(client);
  client.Send("POST / HTTP/1.1\r\nHost: k\r\nX-A: ");
  // Less than a request may take.
  EXPECT_TRUE(EndsAsTimePasses(fixture, client, seconds(11)));
  EXPECT_EQ(StatusLine(client.Receive()), "HTTP/1.1 408 Request Timeout");
}

TEST(ServerTime, EndsABodyThatComesTooSlowly) {
  ServerFixture fixture;
  fixture.options.body_bytes_per_second_min = 1000;
  fixture.Start();
  TlsClient client(fixture.server->port());
  Settle(client);
  client.Send("POST / HTTP/1.1\r\nHost: k\r\nContent-Length: 9000\r\n\r\n" +
              std::string(4000, 'x'));
  EXPECT_TRUE(EndsAsTimePasses(fixture, client, seconds(10)));
  EXPECT_EQ(StatusLine(client.Receive()), "HTTP/1.1 408 Request Timeout");
}

TEST(ServerTime, EndsAHandshakeThatDoesNotProceed) {
  ServerFixture fixture;
  fixture.options.handshake_max = seconds(10);
  fixture.Start();
  TlsClient plain(fixture.server->port(), {.handshake = false});
  // The head of a record, and nothing more.
  plain.SendRaw(std::string_view("\x16\x03\x01\x40\x00", 5));
  EXPECT_TRUE(EndsAsTimePasses(fixture, plain, seconds(11)));
}

TEST(ServerTime, ClosesOnPlainHttp) {
  ServerFixture fixture;
  fixture.Start();
  TlsClient plain(fixture.server->port(), {.handshake = false});
  plain.SendRaw("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(plain.EndsWithin(10'000));
  EXPECT_TRUE(fixture.server->Drain(seconds(10)));
}

TEST(ServerTls, SpeaksTls12And13AndNothingOlder) {
  ServerFixture fixture;
  fixture.Start();
  const auto port = fixture.server->port();
  EXPECT_TRUE(TlsClient(port, {.version_max = TLS1_2_VERSION}).connected());
  EXPECT_TRUE(TlsClient(port, {.version_min = TLS1_3_VERSION}).connected());
  EXPECT_FALSE(TlsClient(port, {.version_max = TLS1_1_VERSION}).connected());
}

TEST(ServerTls, AgreesOnHttp11Only) {
  ServerFixture fixture;
  fixture.Start();
  const TlsClient both(fixture.server->port(), {.alpn = "\x02h2\x08http/1.1"});
  EXPECT_TRUE(both.connected());
  EXPECT_EQ(both.Protocol(), "http/1.1");
  EXPECT_FALSE(TlsClient(fixture.server->port(), {.alpn = "\x02h2"}).connected());
}

TEST(ServerTls, ResumesSessions) {
  ServerFixture fixture;
  fixture.Start();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient first(fixture.server->port(), {.version_min = version, .version_max = version});
    first.Send(Post("x"));
    first.Receive();  // tickets of TLS 1.3 come with the first read
    SSL_SESSION* session = first.TakeSession();
    const TlsClient second(fixture.server->port(),
                           {.version_min = version, .version_max = version, .session = session});
    EXPECT_TRUE(second.connected());
    EXPECT_TRUE(second.resumed()) << version;
    SSL_SESSION_free(session);
  }
}

TEST(ServerCertificate, IsReplacedForNewConnectionsOnly) {
  ServerFixture fixture;
  fixture.Start();
  TlsClient before(fixture.server->port());
  EXPECT_EQ(before.PeerName(), "first");
  EXPECT_FALSE(*fixture.server->ReloadCertificateIfChanged());
  WriteCertificate(fixture.options.certificate_file, fixture.options.private_key_file, "second");
  EXPECT_TRUE(*fixture.server->ReloadCertificateIfChanged());
  EXPECT_FALSE(*fixture.server->ReloadCertificateIfChanged());
  EXPECT_EQ(TlsClient(fixture.server->port()).PeerName(), "second");
  before.Send(Post("x"));
  EXPECT_EQ(StatusLine(before.Receive()), "HTTP/1.1 200 OK");
}

TEST(ServerCertificate, StaysWhenItsSuccessorIsBad) {
  ServerFixture fixture;
  fixture.Start();
  WriteCertificate(fixture.folder.Path("other.pem"), fixture.options.private_key_file, "other");
  const auto mismatch = fixture.server->ReloadCertificate();
  ASSERT_FALSE(mismatch);
  EXPECT_NE(mismatch.error().detail.find(fixture.options.private_key_file), std::string::npos);
  WriteFile(fixture.options.certificate_file, "no PEM at all");
  EXPECT_FALSE(fixture.server->ReloadCertificateIfChanged());
  EXPECT_FALSE(*fixture.server->ReloadCertificateIfChanged());  // said once
  std::filesystem::remove(fixture.options.certificate_file);
  EXPECT_FALSE(fixture.server->ReloadCertificateIfChanged());
  EXPECT_EQ(TlsClient(fixture.server->port()).PeerName(), "first");
}

TEST(ServerCertificate, IsNotTakenAgainstTheAdviceOfWhoChecksIt) {
  ServerFixture fixture;
  bool refuses = false;
  fixture.options.check_files = [&refuses]() -> Result<void> {
    if (refuses) return Error{ErrorCode::kValidation, "expired"};
    return {};
  };
  fixture.Start();
  refuses = true;
  WriteCertificate(fixture.options.certificate_file, fixture.options.private_key_file, "second");
  const auto refused = fixture.server->ReloadCertificateIfChanged();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "expired");
  EXPECT_FALSE(*fixture.server->ReloadCertificateIfChanged());  // said once
  EXPECT_FALSE(fixture.server->ReloadCertificate());
  EXPECT_EQ(TlsClient(fixture.server->port()).PeerName(), "first");
  refuses = false;
  EXPECT_TRUE(fixture.server->ReloadCertificate());
  EXPECT_EQ(TlsClient(fixture.server->port()).PeerName(), "second");
}

TEST(ServerStart, SaysWhatIsWrong) {
  ServerFixture fixture;
  fixture.Start();
  const auto detail_of = [&](const ServerOptions& options) {
    const auto started = Server::Start(options, fixture.handler, fixture.clock);
    return started ? "started" : started.error().detail;
  };
  ServerOptions options = fixture.options;
  options.address = "no address";
  EXPECT_NE(detail_of(options).find("no address"), std::string::npos);
  options = fixture.options;
  options.port = fixture.server->port();
  EXPECT_NE(detail_of(options).find("bind 127.0.0.1:"), std::string::npos);
  options = fixture.options;
  options.certificate_file = fixture.folder.Path("missing.pem");
  EXPECT_NE(detail_of(options).find("missing.pem"), std::string::npos);
  options = fixture.options;
  options.private_key_file = options.certificate_file;
  EXPECT_NE(detail_of(options).find("private key " + options.certificate_file), std::string::npos);
}

TEST(ServerStop, RefusesNewConnectionsAndKeepsTheOthers) {
  ServerFixture fixture;
  fixture.Start();
  TlsClient client(fixture.server->port());
  fixture.server->StopAccepting();
  client.Send(Post("x"));
  EXPECT_EQ(StatusLine(client.Receive()), "HTTP/1.1 200 OK");
  ServerOptions again = fixture.options;
  again.port = fixture.server->port();  // free again
  EXPECT_TRUE(Server::Start(again, fixture.handler, fixture.clock));
}

TEST(ServerStop, DrainsIdleConnectionsWithAFarewell) {
  ServerFixture fixture;
  fixture.Start();
  TlsClient used(fixture.server->port());
  TlsClient again(fixture.server->port());
  for (TlsClient* client : {&used, &again}) {
    client->Send(Post("x"));
    client->Receive();
  }
  EXPECT_TRUE(fixture.server->Drain(seconds(10)));
  EXPECT_TRUE(used.EndsCleanly());
  EXPECT_TRUE(again.EndsCleanly());
  EXPECT_EQ(fixture.server->connections(), 0U);
}

TEST(ServerStop, AnswersTheFirstRequestOfWhoHasJustConnected) {
  ServerFixture fixture;
  fixture.Start();
  TlsClient fresh(fixture.server->port());
  EXPECT_FALSE(fixture.server->Drain(milliseconds(1)));
  fresh.Send(Post("x"));
  const std::string response = fresh.Receive();
  EXPECT_EQ(StatusLine(response), "HTTP/1.1 200 OK");
  EXPECT_NE(response.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(fixture.server->Drain(seconds(10)));
}

TEST(ServerStop, SendsClientsAwayWithTheirNextAnswerAndServesNewOnes) {
  ServerFixture fixture;
  fixture.Start();
  TlsClient there(fixture.server->port());
  there.Send(Post("x"));
  EXPECT_EQ(there.Receive().find("Connection: close"), std::string::npos);
  auto leaving = std::async(std::launch::async,
                            [&] { fixture.server->SendClientsAway(std::chrono::hours(1)); });
  TlsClient fresh(fixture.server->port());
  std::string answer;
  while (answer.find("Connection: close\r\n") == std::string::npos) {
    TlsClient one(fixture.server->port());
    one.Send(Post("x"));
    answer = one.Receive();
    ASSERT_EQ(StatusLine(answer), "HTTP/1.1 200 OK");
  }
  EXPECT_EQ(leaving.wait_for(milliseconds(20)), std::future_status::timeout);
  there.Send(Post("x"));
  EXPECT_NE(there.Receive().find("Connection: close\r\n"), std::string::npos);
  fresh.Send(Post("x"));
  EXPECT_EQ(StatusLine(fresh.Receive()), "HTTP/1.1 200 OK");
  leaving.get();
}

TEST(ServerStop, LeavesASocketThatIsKeptListening) {
  ServerFixture fixture;
  const ListeningSocket kept = *ListeningSocket::Open("127.0.0.1", 0);
  fixture.options.listener = &kept;
  fixture.Start();
  EXPECT_EQ(fixture.server->port(), kept.port());
  EXPECT_TRUE(fixture.server->Drain(seconds(10)));
  auto waiting = std::async(std::launch::async, [&] {
    TlsClient client(kept.port());  // in the queue until somebody serves
    client.Send(Post("x"));
    return client.Receive();
  });
  fixture.server.reset();
  fixture.Start();
  EXPECT_EQ(StatusLine(waiting.get()), "HTTP/1.1 200 OK");
}

TEST(ServerStop, LetsARequestInProgressFinish) {
  ServerFixture fixture;
  Gate gate;
  fixture.handler.script = [&](Request&) { return gate.Pass(); };
  fixture.Start();
  TlsClient client(fixture.server->port());
  client.Send(Post("x"));
  gate.AwaitEntry();
  EXPECT_FALSE(fixture.server->Drain(milliseconds(1)));
  gate.Open();
  const std::string response = client.Receive();
  EXPECT_EQ(StatusLine(response), "HTTP/1.1 200 OK");
  EXPECT_NE(response.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(client.EndsCleanly());
  EXPECT_TRUE(fixture.server->Drain(seconds(10)));
}

// A thread that another one has taken the turn of is parked when its request ends, and may stay so.
TEST(ServerStop, IsNotHeldUpByAConnectionWhoseThreadIsParked) {
  ServerFixture fixture;
  Gate gate;
  fixture.options.threads = 2;
  fixture.options.running_max = 1;
  fixture.handler.script = [&](Request& request) {
    return request.body == "slow" ? gate.Pass() : Response();
  };
  fixture.Start();
  TlsClient slow(fixture.server->port());
  slow.Send("POST / HTTP/1.1\r\nHost: k\r\nConnection: close\r\nContent-Length: 4\r\n\r\nslow");
  gate.AwaitEntry();
  TlsClient quick(fixture.server->port());
  quick.Send(Post("x"));
  EXPECT_EQ(StatusLine(quick.Receive()), "HTTP/1.1 200 OK");
  gate.Open();
  EXPECT_EQ(StatusLine(slow.Receive()), "HTTP/1.1 200 OK");
  EXPECT_TRUE(slow.EndsCleanly());
  EXPECT_TRUE(fixture.server->Drain(seconds(10)));
}

TEST(ServerStop, WaitsForHandlersWhenItIsDestroyed) {
  ServerFixture fixture;
  Gate gate;
  fixture.handler.script = [&](Request&) { return gate.Pass(); };
  fixture.Start();
  TlsClient client(fixture.server->port());
  const TlsClient idle(fixture.server->port());
  client.Send(Post("x"));
  gate.AwaitEntry();
  auto gone = std::async(std::launch::async, [&] { fixture.server.reset(); });
  EXPECT_EQ(gone.wait_for(milliseconds(20)), std::future_status::timeout);
  gate.Open();
  gone.get();
}

}  // namespace
}  // namespace kmaas::http
