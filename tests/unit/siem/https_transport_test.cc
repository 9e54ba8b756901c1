// Goal: a receiver that closes connections on which nothing is said is no failure.
#include "siem/transport/https_transport.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/fakes/temporary_directory.h"

namespace kmaas::siem {
namespace {

struct Receiver {
  int connections = 0;
  int posts = 0;
  bool has_closed = false;  // the connection that is open
};

class FakeStream final : public Stream {
 public:
  explicit FakeStream(Receiver& receiver) : receiver_(receiver) {
    ++receiver_.connections;
    receiver_.has_closed = false;
  }
  Result<void> Write(std::string_view bytes) override {
    if (bytes.starts_with("POST ")) ++receiver_.posts;
    return {};
  }
  Result<std::string> Read() override {
    if (receiver_.has_closed) return std::string();
    return std::string("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"code\":0}");
  }
  Result<void> Look() override {
    if (receiver_.has_closed) return NetworkError("the receiver closed the connection");
    return {};
  }
  std::uint64_t written() const override { return 0; }
  Result<std::uint64_t> Acknowledged() const override { return std::uint64_t{0}; }

 private:
  Receiver& receiver_;
};

class HttpsTransportTest : public testing::Test {
 protected:
  HttpsTransportTest() {
    const std::string token = directory_.File("token");
    const int file = open(token.c_str(), O_WRONLY | O_CREAT, 0600);
    if (file < 0 || write(file, "abc", 3) != 3) throw std::runtime_error("token");
    close(file);
    const HttpsSettings settings{"soc:8088", "/services/collector/event", token, "cef", "host"};
    transport_ =
        std::make_unique<HttpsTransport>(settings, [this]() -> Result<std::unique_ptr<Stream>> {
          return std::unique_ptr<Stream>(std::make_unique<FakeStream>(receiver_));
        });
  }

  fakes::TemporaryDirectory directory_;
  Receiver receiver_;
  std::unique_ptr<HttpsTransport> transport_;
};

TEST_F(HttpsTransportTest, KeepsItsConnection) {
  ASSERT_TRUE(transport_->Connect());
  ASSERT_TRUE(transport_->Send({{}}));
  ASSERT_TRUE(transport_->Send({{}}));
  EXPECT_EQ(receiver_.connections, 1);
  EXPECT_EQ(*transport_->Confirmed(), 2U);
}

TEST_F(HttpsTransportTest, MakesAnotherWhenTheReceiverHasClosedAnIdleOne) {
  ASSERT_TRUE(transport_->Connect());
  ASSERT_TRUE(transport_->Send({{}}));
  receiver_.has_closed = true;
  ASSERT_TRUE(transport_->Send({{}}));
  EXPECT_EQ(receiver_.connections, 2);
  EXPECT_EQ(receiver_.posts, 2);
  EXPECT_EQ(*transport_->Confirmed(), 2U);
}

}  // namespace
}  // namespace kmaas::siem
