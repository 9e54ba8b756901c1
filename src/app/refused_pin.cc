#include "app/refused_pin.h"

#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <utility>

#include "app/private_file.h"
#include "base/encoding.h"
#include "base/log.h"
#include "crypto/digest.h"

namespace kmaas::app {
namespace {

constexpr std::size_t kNameBytes = 8;
constexpr std::string_view kCode = "code ";

class RefusedPin final : public hsm::PinMemory {
 public:
  RefusedPin(std::string path, std::string token, std::string source)
      : path_(std::move(path)), token_(std::move(token)), source_(std::move(source)) {}

  std::optional<unsigned long> Refusal() const override {
    std::ifstream file(path_, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!text.starts_with(kCode) || text.find("\nsource " + source_ + "\n") == std::string::npos)
      return std::nullopt;
    unsigned long code = 0;
    const char* begin = text.data() + kCode.size();
    if (std::from_chars(begin, text.data() + text.size(), code).ec != std::errc())
      return std::nullopt;
    log::Error("hsm_pin_not_tried",
               {{"token", token_},
                {"detail", "it was refused before; replace the PIN file, or remove " + path_ +
                               " when the token was given this PIN"}});
    return code;
  }

  void NoteRefusal(unsigned long code) override {
    (void)::unlink(path_.c_str());
    const std::string text = std::string(kCode) + std::to_string(code) + "\nsource " + source_ +
                             "\ntoken " + token_ +
                             "\nThe token refused this PIN. It is not tried again until the PIN "
                             "file is replaced or this file is removed.\n";
    if (const auto kept = WriteNewFile(path_, text, kPrivateFile); !kept)
      log::Error("hsm_pin_refusal_not_kept", {{"path", path_}, {"detail", kept.error().message}});
  }

 private:
  const std::string path_;
  const std::string token_;
  const std::string source_;
};

}  // namespace

std::string PinFileSource(const std::string& path) {
  struct stat status {};
  if (path.empty() || ::stat(path.c_str(), &status) != 0) return {};
  return path + " " + std::to_string(status.st_ino) + " " + std::to_string(status.st_size) + " " +
         std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec);
}

std::unique_ptr<hsm::PinMemory> RefusedPinOf(const std::string& data_directory,
                                             const std::string& token, const std::string& source) {
  if (source.empty()) return nullptr;
  const auto digest = crypto::Sha256(AsBytes(token));
  return std::make_unique<RefusedPin>(
      data_directory + "/refused-pin-" + HexEncode(ByteView(digest).first(kNameBytes)), token,
      source);
}

}  // namespace kmaas::app
