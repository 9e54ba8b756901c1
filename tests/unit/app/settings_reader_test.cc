// Findings of a mapping: places, suggestions, order. What each setting allows is config_test's.
#include "app/settings_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace kmaas::app {
namespace {

using testing::HasSubstr;

constexpr char kFile[] = "/etc/kmaas/kmaas.yaml";

// Reads `port` and the section `log` with `level`, and returns what was found wrong.
std::string FoundIn(const std::string& text) {
  Findings findings(kFile);
  SettingsReader top(YAML::Load(text), "", findings);
  int port = 1;
  top.Number("port", port, 1, 9);
  SettingsReader log = top.Section("log");
  std::string level;
  log.Text("level", level);
  log.Finish();
  top.Finish();
  return findings.empty() ? "" : findings.ToError().message;
}

TEST(SettingsReader, FindsNothingInWhatItKnows) {
  EXPECT_EQ(FoundIn("port: 2\nlog:\n  level: info\n"), "");
  EXPECT_EQ(FoundIn(""), "");
  EXPECT_EQ(FoundIn("log:\n"), "");
}

TEST(SettingsReader, NamesFileLineColumnAndPathOfAnUnknownSetting) {
  EXPECT_EQ(FoundIn("port: 2\nlog:\n  levle: info\n"),
            "/etc/kmaas/kmaas.yaml:3:3: log.levle: unknown setting; did you mean level? Allowed "
            "here: level");
}

TEST(SettingsReader, NamesEachFindingOnALineOfItsOwn) {
  EXPECT_EQ(FoundIn("b: 1\nport: 10\na: 1\n"),
            "/etc/kmaas/kmaas.yaml:1:1: b: unknown setting. Allowed here: port, log\n"
            "/etc/kmaas/kmaas.yaml:2:7: port: must be a whole number from 1 to 9, not 10\n"
            "/etc/kmaas/kmaas.yaml:3:1: a: unknown setting. Allowed here: port, log");
}

TEST(SettingsReader, ShowsOnlyTheBeginningOfALongText) {
  const std::string found = FoundIn("port: " + std::string(5000, 'z'));
  EXPECT_LT(found.size(), 200U);
  EXPECT_THAT(found, HasSubstr("zzz..."));
  EXPECT_LT(FoundIn(std::string(1000, 'y') + ": 1").size(), 200U);
}

TEST(SettingsReader, RefusesASettingThatIsSetTwiceOrHasNoName) {
  EXPECT_THAT(FoundIn("port: 2\nport: 3\n"), HasSubstr(":2:1: port: is set twice"));
  EXPECT_THAT(FoundIn("? [1]\n: 2\n"), HasSubstr("a setting has a name"));
}

TEST(SettingsReader, LeavesTheTargetAloneWhenTheValueIsRefused) {
  Findings findings(kFile);
  SettingsReader top(YAML::Load("port: x\nflag: maybe\nname: ''\n"), "", findings);
  int port = 7;
  bool flag = true;
  std::string name = "before";
  top.Number("port", port, 1, 9);
  top.Flag("flag", flag);
  top.Text("name", name);
  EXPECT_EQ(port, 7);
  EXPECT_TRUE(flag);
  EXPECT_EQ(name, "before");
  EXPECT_FALSE(findings.empty());
}

TEST(Suggestion, IsTheNearestNameThatIsNear) {
  const std::vector<std::string> known = {"port", "path", "certificate"};
  EXPECT_EQ(DidYouMean("prot", known), "; did you mean port?");
  EXPECT_EQ(DidYouMean("pathh", known), "; did you mean path?");
  EXPECT_EQ(DidYouMean("certifcat", known), "; did you mean certificate?");
  EXPECT_EQ(DidYouMean("unrelated", known), ".");
  EXPECT_EQ(DidYouMean("x", {}), ".");
}

TEST(SettingsPath, BecomesAbsoluteFromTheDirectoryOfTheFile) {
  const std::string here = std::filesystem::current_path().string();
  EXPECT_EQ(ResolvePath("user.pin", "kmaas.yaml"), here + "/user.pin");
  EXPECT_EQ(ResolvePath("a/../user.pin", "conf/kmaas.yaml"), here + "/conf/user.pin");
  EXPECT_EQ(ResolvePath("/x/../y", "kmaas.yaml"), "/y");
}

}  // namespace
}  // namespace kmaas::app
