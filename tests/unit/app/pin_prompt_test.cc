// The question for a PIN, at a terminal of the test's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "app/pin.h"

namespace kmaas::app {
namespace {

using testing::HasSubstr;
using testing::Not;

// Runs at the terminal: exits with 0 when the PIN that was typed is `wanted`.
[[noreturn]] void AskAndCompare(std::string_view wanted) {
  const auto pin = AskPin("User PIN of token x");
  ::_exit(pin && AsText(pin->view()) == wanted ? 0 : 1);
}

// What the terminal shows until `text` is there, or until its end.
std::string ShownUntil(int terminal, const std::string& text) {
  std::string shown;
  std::array<char, 256> block{};
  while (text.empty() || shown.find(text) == std::string::npos) {
    const ssize_t got = ::read(terminal, block.data(), block.size());
    if (got <= 0) break;  // EIO: the other end has closed
    shown.append(block.data(), static_cast<std::size_t>(got));
  }
  return shown;
}

TEST(PinPrompt, DoesNotEchoWhatIsTyped) {
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child < 0 && ::access("/dev/pts/ptmx", F_OK) != 0)
    GTEST_SKIP() << "no pseudo-terminals here: /dev/pts is not mounted";
  ASSERT_GE(child, 0);
  if (child == 0) AskAndCompare("typed-4711");
  std::string shown = ShownUntil(terminal, "User PIN of token x: ");
  ASSERT_EQ(::write(terminal, "typed-4711\n", 11), 11);
  shown += ShownUntil(terminal, "");
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0) << shown;
  EXPECT_THAT(shown, Not(HasSubstr("4711")));
  ::close(terminal);
}

TEST(PinPrompt, FailsWithoutATerminal) {
  const auto ask = [] {
    ::setsid();
    const auto pin = AskPin("User PIN");
    ::_exit(!pin && pin.error().message == "User PIN: there is no terminal to ask at" ? 0 : 1);
  };
  EXPECT_EXIT(ask(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace kmaas::app
