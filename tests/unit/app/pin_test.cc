// PIN files and variables: what is taken, what is refused in words, and what stays behind.
#include "app/pin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "tests/fakes/temporary_directory.h"

namespace kmaas::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kVariable[] = "KMAAS_PIN_OF_A_TEST";

class Pin : public testing::Test {
 protected:
  ~Pin() override { ::unsetenv(kVariable); }

  std::string Put(const std::string& content, mode_t mode = 0600) {
    const std::string path = directory_.File("user.pin");
    std::ofstream(path, std::ios::binary) << content;
    ::chmod(path.c_str(), mode);
    return path;
  }
  std::string Refusal(const std::string& path) {
    const auto pin = ReadPinFile(path);
    return pin ? "taken: " + ToString(pin->view()) : pin.error().message;
  }

  fakes::TemporaryDirectory directory_;
};

TEST_F(Pin, IsTheFileWithoutOneNewline) {
  EXPECT_EQ(ToString(ReadPinFile(Put("1234"))->view()), "1234");
  EXPECT_EQ(ToString(ReadPinFile(Put("1234\n"))->view()), "1234");
  EXPECT_EQ(ToString(ReadPinFile(Put(" 12 34 \n"))->view()), " 12 34 ");
}

TEST_F(Pin, MayHave255BytesAndNoMore) {
  EXPECT_EQ(ReadPinFile(Put(std::string(255, 'p')))->size(), 255U);
  EXPECT_EQ(ReadPinFile(Put(std::string(255, 'p') + "\n"))->size(), 255U);
  for (const std::size_t size : {256, 257, 258, 5000}) {
    EXPECT_THAT(Refusal(Put(std::string(size, 'p'))), HasSubstr("at most 255 bytes")) << size;
  }
}

TEST_F(Pin, IsRefusedWithALineBreakInIt) {
  for (const char* content : {"1234\n\n", "1234\r\n", "12\n34", "\n1234"}) {
    EXPECT_THAT(Refusal(Put(content)), HasSubstr("line break")) << content;
  }
}

TEST_F(Pin, IsRefusedWhenItIsEmpty) {
  EXPECT_THAT(Refusal(Put("")), HasSubstr("the PIN is empty"));
  EXPECT_THAT(Refusal(Put("\n")), HasSubstr("the PIN is empty"));
}

TEST_F(Pin, IsRefusedFromAFileOpenToOthers) {
  for (const mode_t mode : {0640, 0604, 0620, 0602, 0610, 0601, 0644, 0666}) {
    EXPECT_THAT(Refusal(Put("1234", mode)),
                AllOf(StartsWith(directory_.File("user.pin")), HasSubstr("chmod 600")))
        << std::oct << mode;
  }
  EXPECT_TRUE(ReadPinFile(Put("1234", 0400)));
}

TEST_F(Pin, IsRefusedFromWhatIsNoFile) {
  EXPECT_THAT(Refusal(directory_.path()), HasSubstr("not a regular file"));
  EXPECT_THAT(Refusal(directory_.File("none")), HasSubstr("No such file"));
  const std::string fifo = directory_.File("fifo");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_THAT(Refusal(fifo), HasSubstr("not a regular file"));
}

TEST_F(Pin, VariableIsOverwrittenAndGone) {
  ::setenv(kVariable, "canary-5678", 1);
  const char* memory = std::getenv(kVariable);
  EXPECT_EQ(ToString(TakePinVariable(kVariable).view()), "canary-5678");
  EXPECT_EQ(std::getenv(kVariable), nullptr);
  EXPECT_TRUE(std::all_of(memory, memory + 11, [](char c) { return c == 0; }));
  EXPECT_TRUE(TakePinVariable(kVariable).empty());
}

TEST_F(Pin, ComesFromTheFileOrFromTheVariable) {
  HsmConfig hsm;
  hsm.pin_environment = kVariable;
  EXPECT_TRUE(ReadUserPin(hsm)->empty());
  ::setenv(kVariable, "1111", 1);
  EXPECT_EQ(ToString(ReadUserPin(hsm)->view()), "1111");
  hsm.pin_file = Put("2222\n");
  EXPECT_EQ(ToString(ReadUserPin(hsm)->view()), "2222");
}

TEST_F(Pin, IsRefusedFromBothAtOnce) {
  HsmConfig hsm;
  hsm.pin_environment = kVariable;
  hsm.pin_file = Put("2222\n");
  ::setenv(kVariable, "1111", 1);
  const auto pin = ReadUserPin(hsm);
  ASSERT_FALSE(pin);
  EXPECT_THAT(pin.error().message, AllOf(StartsWith("hsm.pin_file"), HasSubstr(kVariable),
                                         testing::Not(HasSubstr("1111"))));
  EXPECT_EQ(std::getenv(kVariable), nullptr);
}

}  // namespace
}  // namespace kmaas::app
