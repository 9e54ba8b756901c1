// A PIN that was refused, in the file that remembers it.
#include "app/refused_pin.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/fakes/temporary_directory.h"

namespace kmaas::app {
namespace {

class RefusedPinTest : public testing::Test {
 protected:
  std::string WritePin(const std::string& pin) const {
    const std::string path = directory_.path() + "/pin";
    std::filesystem::remove(path);
    std::ofstream(path) << pin;
    return PinFileSource(path);
  }
  std::optional<unsigned long> Known(const std::string& token, const std::string& source) const {
    return RefusedPinOf(directory_.path(), token, source)->Refusal();
  }
  const fakes::TemporaryDirectory directory_;
};

TEST_F(RefusedPinTest, IsKnownUntilItsFileIsReplaced) {
  const std::string source = WritePin("1234");
  EXPECT_FALSE(Known("main", source));
  RefusedPinOf(directory_.path(), "main", source)->NoteRefusal(0xa0);
  EXPECT_EQ(Known("main", source), 0xa0U);
  EXPECT_EQ(Known("main", PinFileSource(directory_.path() + "/pin")), 0xa0U);
  EXPECT_FALSE(Known("main", WritePin("12345"))) << "another PIN";
}

TEST_F(RefusedPinTest, IsOfOneToken) {
  const std::string source = WritePin("1234");
  RefusedPinOf(directory_.path(), "a", source)->NoteRefusal(0xa0);
  EXPECT_FALSE(Known("b", source));
}

TEST_F(RefusedPinTest, IsForgottenWithItsFile) {
  RefusedPinOf(directory_.path(), "main", "variable PIN")->NoteRefusal(0xa4);
  EXPECT_EQ(Known("main", "variable PIN"), 0xa4U);
  for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
    EXPECT_EQ(entry.status().permissions() & std::filesystem::perms::mask,
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::filesystem::remove(entry);
  }
  EXPECT_FALSE(Known("main", "variable PIN"));
}

TEST_F(RefusedPinTest, IsNotRememberedOfOneThatWasTyped) {
  EXPECT_EQ(RefusedPinOf(directory_.path(), "main", ""), nullptr);
}

}  // namespace
}  // namespace kmaas::app
