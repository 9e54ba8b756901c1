#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "siem/transport/file_transport.h"
#include "siem/transport/https_transport.h"
#include "siem/transport/syslog_transport.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/temporary_directory.h"
#include "tests/unit/siem/fake_stream.h"

namespace kmaas::siem {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

Message MessageOf(std::uint64_t sequence) {
  Message message;
  message.sequence = sequence;
  message.event_id = "id-" + std::to_string(sequence);
  message.name = "Encrypt";
  message.body = R"({"n":)" + std::to_string(sequence) + "}";
  return message;
}

class SyslogTransportTest : public testing::Test {
 protected:
  std::uint64_t Confirmed() { return transport_.Confirmed().value(); }
  fakes::ManualClock clock_;
  Wire wire_;
  SyslogTransport transport_{
      {{}, milliseconds(2000), milliseconds(10'000)}, Connector(wire_), clock_};
};

TEST_F(SyslogTransportTest, ConfirmsWhatIsAcknowledgedAndOnAConnectionThatStayedOpen) {
  ASSERT_TRUE(transport_.Connect());
  ASSERT_TRUE(transport_.Send({MessageOf(1), MessageOf(2)}));
  const std::uint64_t first = wire_.written.size();
  ASSERT_TRUE(transport_.Send({MessageOf(3)}));
  clock_.Advance(milliseconds(2000));
  EXPECT_EQ(Confirmed(), 0U);  // nothing acknowledged
  wire_.acknowledged = first;
  EXPECT_EQ(Confirmed(), 2U);
  wire_.acknowledged = wire_.written.size();
  EXPECT_EQ(Confirmed(), 3U);
}

TEST_F(SyslogTransportTest, ConfirmsNothingBeforeItHasSettled) {
  ASSERT_TRUE(transport_.Connect());
  ASSERT_TRUE(transport_.Send({MessageOf(1)}));
  wire_.acknowledged = wire_.written.size();
  clock_.Advance(milliseconds(1999));
  EXPECT_EQ(Confirmed(), 0U);
  clock_.Advance(milliseconds(1));
  EXPECT_EQ(Confirmed(), 1U);
}

TEST_F(SyslogTransportTest, FailsWhenTheReceiverRefusesTheSessionAfterTheWrite) {
  ASSERT_TRUE(transport_.Connect());
  ASSERT_TRUE(transport_.Send({MessageOf(1)}));
  wire_.acknowledged = wire_.written.size();
  clock_.Advance(milliseconds(5000));
  wire_.has_alert = true;
  EXPECT_FALSE(transport_.Confirmed());
  EXPECT_FALSE(transport_.Send({MessageOf(2)}));
  transport_.Close();
  wire_.has_alert = false;
  ASSERT_TRUE(transport_.Connect());
  EXPECT_EQ(Confirmed(), 0U);
}

TEST_F(SyslogTransportTest, FailsWhenNothingIsAcknowledgedForTooLong) {
  ASSERT_TRUE(transport_.Connect());
  ASSERT_TRUE(transport_.Send({MessageOf(1)}));
  clock_.Advance(milliseconds(10'000));
  EXPECT_EQ(Confirmed(), 0U);
  clock_.Advance(milliseconds(1));
  EXPECT_FALSE(transport_.Confirmed());
}

class HttpsTransportTest : public testing::Test {
 protected:
  HttpsTransportTest() { WriteToken("secret-token\n", 0600); }
  void WriteToken(const std::string& text, int mode) {
    std::ofstream(directory_.File("token")) << text;
    std::filesystem::permissions(directory_.File("token"), std::filesystem::perms(mode));
  }
  static std::string Answer(const std::string& status, const std::string& body,
                            const std::string& headers = "") {
    return "HTTP/1.1 " + status + "\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  static std::string Taken() { return Answer("200 OK", R"({"code":0})"); }
  Result<void> SendOne() { return transport_.Send({MessageOf(7)}); }

  fakes::TemporaryDirectory directory_;
  Wire wire_;
  HttpsTransport transport_{
      {"soc:8088", "/collector", directory_.File("token"), "aws:cloudtrail", "host"},
      Connector(wire_)};
};

TEST_F(HttpsTransportTest, PostsABatchWithItsTokenAndCountsItWhenItIsTaken) {
  ASSERT_TRUE(transport_.Connect());
  wire_.answers = {Taken().substr(0, 20), Taken().substr(20)};
  ASSERT_TRUE(transport_.Send({MessageOf(7), MessageOf(8)}));
  EXPECT_EQ(transport_.Confirmed().value(), 2U);
  EXPECT_THAT(wire_.written, HasSubstr("POST /collector HTTP/1.1\r\nHost: soc:8088\r\n"));
  EXPECT_THAT(wire_.written, HasSubstr("\r\nAuthorization: Splunk secret-token\r\n\r\n{"));
  EXPECT_THAT(wire_.written, HasSubstr(R"("event":{"n":7},"fields":{"kmaas_seq":"7",)"));
}

TEST_F(HttpsTransportTest, CountsNothingThatWasNotTaken) {
  for (const std::string& answer :
       {Answer("503 Busy", R"({"code":9})"), Answer("200 OK", R"({"code":6})"),
        Answer("200 OK", "ok"), std::string("nonsense\r\n\r\n"), std::string()}) {
    ASSERT_TRUE(transport_.Connect());
    wire_.answers = {answer};
    EXPECT_FALSE(SendOne()) << answer;
    EXPECT_EQ(transport_.Confirmed().value(), 0U);
  }
  ASSERT_TRUE(transport_.Connect());
  wire_.answers = {};  // says nothing at all
  EXPECT_FALSE(SendOne());
}

TEST_F(HttpsTransportTest, ConnectsAgainWhenTheReceiverClosesAfterItsAnswer) {
  ASSERT_TRUE(transport_.Connect());
  wire_.answers = {Answer("200 OK", R"({"code":0})", "Connection: close\r\n"), Taken()};
  ASSERT_TRUE(SendOne());
  ASSERT_TRUE(SendOne());
  EXPECT_EQ(wire_.connections, 2);
  EXPECT_EQ(transport_.Confirmed().value(), 2U);
}

TEST_F(HttpsTransportTest, LeavesAReceiverThatSaysItsAnswerByteByByte) {
  ASSERT_TRUE(transport_.Connect());
  for (int i = 0; i < 1000; ++i) wire_.answers.emplace_back("H");
  EXPECT_FALSE(SendOne());
  EXPECT_GT(wire_.answers.size(), 900U);
}

TEST_F(HttpsTransportTest, NeedsATokenThatOthersCannotRead) {
  for (const auto& [text, mode] :
       std::vector<std::pair<std::string, int>>{{"token\n", 0640},
                                                {"token\n", 0604},
                                                {"", 0600},
                                                {"two\nlines\n", 0600},
                                                {"blank in it", 0600},
                                                {std::string(1025, 't'), 0600}}) {
    WriteToken(text, mode);
    const auto connected = transport_.Connect();
    ASSERT_FALSE(connected) << text;
    EXPECT_THAT(connected.error().message, Not(HasSubstr("two")));
  }
  std::filesystem::remove(directory_.File("token"));
  EXPECT_FALSE(transport_.Connect());
  EXPECT_EQ(wire_.connections, 0);
}

class FileTransportTest : public testing::Test {
 protected:
  std::string Content() const {
    std::ifstream stream(path_);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  fakes::TemporaryDirectory directory_;
  const std::string path_ = directory_.File("events.jsonl");
  FileTransport transport_{path_};
};

TEST_F(FileTransportTest, AppendsALineForEachAndEndsOneThatACrashTore) {
  std::ofstream(path_) << R"({"to)";
  ASSERT_TRUE(transport_.Connect());
  ASSERT_TRUE(transport_.Send({MessageOf(1), MessageOf(2)}));
  EXPECT_EQ(transport_.Confirmed().value(), 2U);
  EXPECT_EQ(Content(), "{\"to\n{\"n\":1}\n{\"n\":2}\n");
}

TEST_F(FileTransportTest, BeginsAnewWhenTheFileWasMovedAway) {
  ASSERT_TRUE(transport_.Connect());
  ASSERT_TRUE(transport_.Send({MessageOf(1)}));
  std::filesystem::rename(path_, path_ + ".1");
  ASSERT_TRUE(transport_.Send({MessageOf(2)}));
  EXPECT_EQ(transport_.Confirmed().value(), 2U);
  EXPECT_EQ(Content(), "{\"n\":2}\n");
}

TEST_F(FileTransportTest, FollowsNoLinkAndWritesIntoNothingThatIsNoFile) {
  std::filesystem::create_symlink(directory_.File("elsewhere"), path_);
  EXPECT_FALSE(transport_.Connect());
  EXPECT_FALSE(std::filesystem::exists(directory_.File("elsewhere")));
  FileTransport full("/dev/full");
  EXPECT_FALSE(full.Connect());
}

}  // namespace
}  // namespace kmaas::siem
