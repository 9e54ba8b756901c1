// The SoftHSM token of a test.
#include "tests/fakes/soft_token.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

namespace kmaas::fakes {
namespace {

constexpr std::size_t kSerialDigits = 16;

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "SoftToken: %s\n", what.c_str());
  std::exit(1);
}

std::string MakeDirectory() {
  const char* base = std::getenv("TMPDIR");
  std::string path = std::string(base != nullptr ? base : "/tmp") + "/kmaas-token.XXXXXX";
  if (mkdtemp(path.data()) == nullptr) Fail("cannot make " + path);
  return path;
}

// Runs a program with its output thrown away and returns its exit status.
int Run(std::vector<std::string> words) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int spawned =
      posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (spawned != 0) return -1;
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

void InitialiseToken(const SoftToken& place, const std::string& label) {
  const int status = Run({"softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin",
                          place.so_pin(), "--pin", place.user_pin()});
  if (status != 0) Fail("softhsm2-util --init-token failed; is the package softhsm2 installed?");
}

std::set<std::string> DirectoriesIn(const std::string& path) {
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(path))
    found.insert(entry.path().string());
  return found;
}

// A SoftHSM that has the token open looks again when this number, 8 bytes, big-endian, is another
// one than it knows.
void TellOfChange(const std::string& path) {
  std::string number(8, '\0');
  std::ifstream(path, std::ios::binary).read(number.data(), 8);
  number[5] = static_cast<char>(number[5] + 1);
  std::ofstream(path, std::ios::binary) << number;
}

}  // namespace

SoftToken::SoftToken(std::string directory, std::string label)
    : directory_(std::move(directory)), label_(std::move(label)) {}

SoftToken::SoftToken(SoftToken&& other) noexcept
    : directory_(std::exchange(other.directory_, {})),
      label_(std::move(other.label_)),
      own_(std::move(other.own_)) {}

SoftToken SoftToken::Create(std::string label) {
  SoftToken token(MakeDirectory(), std::move(label));
  std::filesystem::create_directory(token.token_directory());
  std::ofstream(token.config_path()) << "directories.tokendir = " << token.token_directory()
                                     << "\nobjectstore.backend = file\nlog.level = ERROR\n"
                                     << "slots.removable = false\n";
  setenv("SOFTHSM2_CONF", token.config_path().c_str(), 1);
  InitialiseToken(token, token.label());
  token.own_ = *DirectoriesIn(token.token_directory()).begin();
  return token;
}

std::string SoftToken::AddToken(const std::string& label) const {
  const std::set<std::string> before = DirectoriesIn(token_directory());
  InitialiseToken(*this, label);
  for (const std::string& path : DirectoriesIn(token_directory()))
    if (!before.contains(path)) return path;
  Fail("softhsm2-util made no token");
}

std::string SoftToken::serial() const {
  // Its directory is a UUID that ends with the serial number.
  std::string name = std::filesystem::path(own_).filename();
  std::erase(name, '-');
  return name.size() < kSerialDigits ? "" : name.substr(name.size() - kSerialDigits);
}

std::string SoftToken::CloneToken(const std::string& serial) const {
  const std::string before = this->serial();
  if (serial.size() != kSerialDigits || before.empty()) Fail("a serial number has 16 digits");
  const std::string to =
      token_directory() + "/00000000-0000-0000-" + serial.substr(0, 4) + "-" + serial.substr(4);
  std::filesystem::copy(
      own_, to,
      std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
  std::stringstream bytes;
  bytes << std::ifstream(to + "/token.object", std::ios::binary).rdbuf();
  std::string text = bytes.str();
  const std::size_t place = text.find(before);
  if (place == std::string::npos) Fail("the token does not have its serial number");
  text.replace(place, serial.size(), serial);
  std::ofstream(to + "/token.object", std::ios::binary) << text;
  TellOfChange(to + "/generation");
  return to;
}

SoftToken::~SoftToken() {
  if (directory_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::string SoftToken::module_path() const {
  for (const char* path :
       {"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"}) {
    if (std::filesystem::exists(path)) return path;
  }
  Fail("libsofthsm2.so not found");
}

}  // namespace kmaas::fakes
