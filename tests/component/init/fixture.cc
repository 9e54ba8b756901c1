#include "tests/component/init/fixture.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace kmaas::app {
namespace {

namespace fs = std::filesystem;

SecretBytes Pin(const std::string& text) { return SecretBytes(AsBytes(text)); }

}  // namespace

std::string ReadFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::string ModeOf(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return "none";
  std::ostringstream text;
  text << std::oct << (status.st_mode & 07777U);
  return text.str();
}

Contents ReadTree(const std::string& directory) {
  Contents contents;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    const std::string path = entry.path().string();
    contents[path] = ModeOf(path) + (entry.is_regular_file() ? " " + ReadFile(path) : " /");
  }
  return contents;
}

std::vector<std::string> Changes(const Contents& before, const Contents& after) {
  std::vector<std::string> changed;
  for (const auto& [path, content] : before)
    if (!after.contains(path) || after.at(path) != content) changed.push_back(path);
  for (const auto& [path, content] : after)
    if (!before.contains(path)) changed.push_back(path);
  return changed;
}

Init::Init() {
  ::umask(077);
  NewToken();
}

std::string Init::Settings(const std::string& more) const {
  return "data_directory: data\nhsm: {module: " + token_->module_path() +
         ", token_label: " + token_->label() + ", pin_file: user.pin}\n" + more;
}

Config Init::Configure(const std::string& more) const {
  const auto config = ParseConfig(Settings(more), directory_.File("kmaas.yaml"));
  EXPECT_TRUE(config) << config.error().message;
  return *config;
}

InitialisationOptions Init::Options() const {
  InitialisationOptions options;
  options.so_pin = Pin(token_->so_pin());
  options.user_pin = Pin(token_->user_pin());
  options.account_id = "111122223333";
  return options;
}

Contents Init::TokenFiles() const {
  Contents files = ReadTree(token_->token_directory());
  std::erase_if(files, [](const auto& file) {
    return file.first.ends_with("/token.object") || file.first.ends_with("/generation");
  });
  return files;
}

std::vector<std::string> Init::TokenObjects() const {
  const auto seen =
      hsm::InspectToken({token_->module_path(), "", token_->label(), "", Pin(token_->user_pin())});
  if (!seen) return {"unreadable: " + seen.error().message};
  std::vector<std::string> labels;
  for (const hsm::TokenObject& object : seen->objects)
    labels.push_back(object.label + " " + std::to_string(object.generation));
  return labels;
}

}  // namespace kmaas::app
