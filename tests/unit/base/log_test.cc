// One call, one line: no value can forge a field or a second line.
#include "base/log.h"
#include "base/log_scope.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace kmaas::log {
namespace {

class Log : public testing::Test {
 protected:
  ~Log() override { Configure(Level::kInfo, Format::kText); }

  static std::string Written(Level level, std::string_view event,
                             std::initializer_list<Field> fields) {
    testing::internal::CaptureStderr();
    Write(level, event, fields);
    return testing::internal::GetCapturedStderr();
  }
};

constexpr char kForgery[] = "x\n2026-01-01T00:00:00.000Z info forged user=root";

TEST_F(Log, WritesTimeLevelEventAndFields) {
  Configure(Level::kInfo, Format::kText);
  const std::string line =
      Written(Level::kWarning, "hsm_slow", {{"lane", "short"}, {"waiting", 7}});
  EXPECT_EQ(line.substr(24), " warning hsm_slow lane=short waiting=7\n");
  EXPECT_EQ(line[10], 'T');
  EXPECT_EQ(line[23], 'Z');
}

TEST_F(Log, NamesTheCallWhoseLineItIs) {
  Configure(Level::kInfo, Format::kJson);
  {
    const CallScope call("request-1", "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(Written(Level::kInfo, "a", {{"b", "c"}}).substr(35),
              R"("level":"info","event":"a","b":"c","request_id":"request-1",)"
              R"("trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"})"
              "\n");
    const CallScope inner("request-2", "");
    EXPECT_NE(Written(Level::kInfo, "a", {}).find(R"("request_id":"request-2"})"),
              std::string::npos);
  }
  EXPECT_EQ(Written(Level::kInfo, "a", {}).find("request_id"), std::string::npos);
}

TEST_F(Log, NamesNoCallOfAnotherThread) {
  Configure(Level::kInfo, Format::kText);
  const CallScope call("request-1", "");
  testing::internal::CaptureStderr();
  std::thread([] { Write(Level::kInfo, "elsewhere", {}); }).join();
  EXPECT_EQ(testing::internal::GetCapturedStderr().find("request_id"), std::string::npos);
}

TEST_F(Log, StaysOneLineWhateverTheValue) {
  for (const Format format : {Format::kText, Format::kJson}) {
    Configure(Level::kInfo, format);
    const std::string line = Written(Level::kInfo, "call", {{"agent", kForgery}});
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  }
}

TEST_F(Log, QuotesValuesThatCouldBeTakenForFields) {
  Configure(Level::kInfo, Format::kText);
  const std::string line = Written(Level::kInfo, "call", {{"user", "a admin=yes"}, {"empty", ""}});
  EXPECT_NE(line.find(R"(user="a admin=yes" empty="")"), std::string::npos);
}

TEST_F(Log, DoesNotInterpretFormatDirectives) {
  Configure(Level::kInfo, Format::kText);
  EXPECT_NE(Written(Level::kInfo, "call", {{"v", "{}%s{0}"}}).find(R"(v="{}%s{0}")"),
            std::string::npos);
}

TEST_F(Log, WritesJson) {
  Configure(Level::kInfo, Format::kJson);
  const std::string line = Written(Level::kError, "stop", {{"reason", "a \"b\""}});
  EXPECT_NE(line.find(R"(","level":"error","event":"stop","reason":"a \"b\""})"),
            std::string::npos);
  EXPECT_EQ(line.find(R"({"time":")"), 0U);
}

TEST_F(Log, LeavesOutWhatIsBelowTheThreshold) {
  Configure(Level::kWarning, Format::kText);
  EXPECT_EQ(Written(Level::kInfo, "call", {}), "");
  EXPECT_NE(Written(Level::kWarning, "call", {}), "");
}

}  // namespace
}  // namespace kmaas::log
