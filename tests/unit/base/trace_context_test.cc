#include "base/trace_context.h"

#include <gtest/gtest.h>

#include <string>

namespace kmaas {
namespace {

constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr char kParent[] = "00f067aa0ba902b7";

std::string Valid() { return std::string("00-") + kTrace + "-" + kParent + "-01"; }

std::string Read(std::string_view value) {
  TraceparentReader reader;
  reader.Add(value);
  return std::string(reader.trace_id());
}

TEST(TraceContext, ReadsTheExampleOfTheRecommendation) { EXPECT_EQ(Read(Valid()), kTrace); }

TEST(TraceContext, ReadsLaterVersionsThatAreLonger) {
  EXPECT_EQ(Read("cc" + Valid().substr(2)), kTrace);
  EXPECT_EQ(Read("cc" + Valid().substr(2) + "-what-the-future-will-be-like"), kTrace);
}

TEST(TraceContext, IsNoneWithoutAHeaderAndOfSeveral) {
  TraceparentReader reader;
  EXPECT_EQ(reader.trace_id(), "");
  const std::string value = Valid();
  reader.Add(value);
  reader.Add(value);
  EXPECT_EQ(reader.trace_id(), "");
}

TEST(TraceContext, IsNoneOfHostileValues) {
  const std::string valid = Valid();
  const std::string zeros(32, '0');
  for (const std::string& value :
       {std::string(), std::string("00"), std::string(kTrace), valid + "-", valid + "-x",
        valid + " ", " " + valid, "ff" + valid.substr(2), "0g" + valid.substr(2),
        "cc" + valid.substr(2) + ".x", "cc" + valid.substr(2) + "-" + std::string(600, 'x'),
        "00-" + zeros + "-" + kParent + "-01",
        std::string("00-") + kTrace + "-" + zeros.substr(16) + "-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + std::string(kParent) + "-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473\"-" + std::string(kParent) + "-01",
        std::string("00-") + kTrace + "-" + kParent + "-0G",
        std::string("00_") + kTrace + "-" + kParent + "-01", valid + "," + valid})
    EXPECT_EQ(Read(value), "") << value;
}

TEST(TraceContext, IsNoneWhenAnyByteOfItsFormIsAnother) {
  for (std::size_t at = 0; at < Valid().size(); ++at) {
    for (const char other : {'\0', '\n', 'G', '-', '"'}) {
      std::string value = Valid();
      if (value[at] == other) continue;
      value[at] = other;
      EXPECT_EQ(Read(value), "") << at << other;
    }
  }
}

}  // namespace
}  // namespace kmaas
