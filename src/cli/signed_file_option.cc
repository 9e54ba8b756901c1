#include "cli/signed_file_option.h"

#include <algorithm>
#include <array>

#include "app/private_file.h"
#include "cli/input_file.h"
#include "cli/public_key_file.h"
#include "keyservice/files/signed_file.h"

namespace kmaas::cli {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{2} << 20U;
constexpr std::size_t kSignatureBytesMax = 1024;
// SubjectPublicKeyInfo of Ed25519 up to its key (RFC 8410, section 4).
constexpr std::array<std::uint8_t, 12> kEd25519Info = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                                       0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

Result<Bytes> ReadEd25519Key(const std::string& file) {
  KM_TRY(Bytes key, ReadPublicKey(file));
  if (key.size() > kEd25519Info.size() &&
      std::equal(kEd25519Info.begin(), kEd25519Info.end(), key.begin())) {
    key.erase(key.begin(), key.begin() + kEd25519Info.size());
    return key;
  }
  return Error{ErrorCode::kValidation, file +
                                           ": is no Ed25519 key; files are signed with "
                                           "one (openssl genpkey -algorithm ed25519)"};
}

}  // namespace

void SignedFileOption::AddSignature(CLI::App& command) {
  CLI::Option* signed_by =
      command.add_option("--signature", signature, "Its signature: base64 of Ed25519")
          ->type_name("FILE");
  CLI::Option* key =
      command.add_option("--public-key", public_key, "The key that signs it, as PEM")
          ->type_name("FILE");
  signed_by->needs(key);
  key->needs(signed_by);
}

Result<Bytes> SignedFileOption::Read(std::string_view how) const {
  if (!app::Exists(file))
    return Error{ErrorCode::kValidation, file + ": there is no such file; " + std::string(how)};
  KM_TRY(Bytes text, ReadInput(file, kFileBytesMax));
  if (signature.empty()) return text;
  KM_TRY(const Bytes signed_with, ReadInput(signature, kSignatureBytesMax));
  KM_TRY(const Bytes key, ReadEd25519Key(public_key));
  KM_CHECK(keyservice::CheckSignature({file, AsText(text), AsText(signed_with)}, key));
  return text;
}

}  // namespace kmaas::cli
