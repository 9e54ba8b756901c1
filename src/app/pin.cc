#include "app/pin.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "app/private_file.h"

namespace kmaas::app {
namespace {

constexpr std::size_t kPinBytesMax = 255;
constexpr mode_t kReadableByOthers = S_IRWXG | S_IRWXO;

Error Refused(const std::string& what, const std::string& why) {
  return {ErrorCode::kValidation, what + ": " + why};
}

// Reads up to `bytes.size()` bytes or to the end, or to the first newline of a terminal.
ssize_t ReadFully(int file, MutableByteView bytes, bool one_line) {
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = ::read(file, bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    filled += static_cast<std::size_t>(got);
    if (got == 0 || (one_line && bytes[filled - 1] == '\n')) break;
  }
  return static_cast<ssize_t>(filled);
}

Result<SecretBytes> SecretIn(int file, const std::string& what, const std::string& kind,
                             bool one_line) {
  SecretBytes buffer(kPinBytesMax + 2);
  const ssize_t got = ReadFully(file, buffer.span(), one_line);
  if (got < 0) return Refused(what, "cannot be read: " + ErrnoText(errno));
  auto size = static_cast<std::size_t>(got);
  if (size > 0 && buffer.view()[size - 1] == '\n') --size;
  if (size == 0) return Refused(what, "the " + kind + " is empty");
  if (size > kPinBytesMax) return Refused(what, "a " + kind + " has at most 255 bytes");
  // Said here, because the token would count it as a wrong PIN.
  const std::string_view text = AsText(buffer.view().first(size));
  if (text.find_first_of("\r\n") != std::string_view::npos) {
    return Refused(what, "the " + kind + " has a line break in it");
  }
  return SecretBytes(buffer.view().first(size));
}

// Turns the terminal's echo off while it lives.
class Silence {
 public:
  explicit Silence(int terminal) : terminal_(terminal) {
    silent_ = ::tcgetattr(terminal_, &before_) == 0;
    if (!silent_) return;
    termios without_echo = before_;
    without_echo.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent_ = ::tcsetattr(terminal_, TCSAFLUSH, &without_echo) == 0;
  }
  ~Silence() {
    if (silent_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  bool silent() const { return silent_; }

 private:
  int terminal_;
  bool silent_ = false;
  termios before_{};
};

void Say(int terminal, const std::string& text) {
  // What cannot be shown to the terminal cannot be reported there either.
  [[maybe_unused]] const ssize_t written = ::write(terminal, text.data(), text.size());
}

}  // namespace

Result<SecretBytes> ReadPinFile(const std::string& path) { return ReadSecretFile(path, "PIN"); }

Result<SecretBytes> ReadSecretFile(const std::string& path, const std::string& kind) {
  const std::string named = "the " + kind + " file ";
  // Without O_NONBLOCK a FIFO would hang here.
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return Refused(path, named + "cannot be opened: " + ErrnoText(errno));
  struct stat status {};
  Result<SecretBytes> pin = Refused(path, named + "is not a regular file");
  if (::fstat(file, &status) == 0 && S_ISREG(status.st_mode)) {
    pin = (status.st_mode & kReadableByOthers) == 0
              ? SecretIn(file, path, kind, false)
              : Refused(path, named + "is open to others than its owner; chmod 600 it");
  }
  ::close(file);
  return pin;
}

SecretBytes TakePinVariable(const std::string& name) {
  char* value = std::getenv(name.c_str());
  if (value == nullptr) return {};
  const std::size_t size = std::strlen(value);
  SecretBytes pin(AsBytes(std::string_view(value, size)));
  // /proc/PID/environ shows the memory of the variable, so taking it out of the list is not enough.
  WipeMemory(value, size);
  ::unsetenv(name.c_str());
  return pin;
}

Result<SecretBytes> AskPin(const std::string& prompt) {
  const int terminal = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (terminal < 0) return Refused(prompt, "there is no terminal to ask at");
  Result<SecretBytes> pin = Refused(prompt, "the terminal's echo cannot be turned off");
  {
    const Silence silence(terminal);
    if (silence.silent()) {
      Say(terminal, prompt + ": ");
      pin = SecretIn(terminal, prompt, "PIN", true);
      Say(terminal, "\n");
    }
  }
  ::close(terminal);
  return pin;
}

Result<SecretBytes> ReadUserPin(const HsmConfig& hsm) {
  SecretBytes pin = TakePinVariable(hsm.pin_environment);
  if (hsm.pin_file.empty()) return pin;
  if (pin.empty()) return ReadPinFile(hsm.pin_file);
  return Refused("hsm.pin_file", "the variable " + hsm.pin_environment +
                                     " is set, too; the PIN comes from one place: unset it");
}

}  // namespace kmaas::app
