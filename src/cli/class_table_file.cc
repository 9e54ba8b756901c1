#include "cli/class_table_file.h"

#include <algorithm>
#include <array>

#include "app/private_file.h"
#include "cli/input_file.h"
#include "cli/public_key_file.h"
#include "keyservice/classes/signed_table.h"

namespace kmaas::cli {
namespace {

constexpr std::size_t kTableBytesMax = std::size_t{1} << 20U;
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
                                           ": is no Ed25519 key; the class table is signed with "
                                           "one (openssl genpkey -algorithm ed25519)"};
}

}  // namespace

void ClassTableFile::AddOptions(CLI::App& command) {
  command.add_option("--classes", file, "The class table")
      ->envname("KMAAS_CLASSES")
      ->type_name("FILE")
      ->capture_default_str();
  CLI::Option* signed_by =
      command.add_option("--signature", signature, "Its signature: base64 of Ed25519")
          ->type_name("FILE");
  CLI::Option* key =
      command.add_option("--public-key", public_key, "The key that signs it, as PEM")
          ->type_name("FILE");
  signed_by->needs(key);
  key->needs(signed_by);
}

Result<keyservice::ClassTable> ClassTableFile::Read() const {
  if (!app::Exists(file)) {
    return Error{ErrorCode::kValidation,
                 file +
                     ": there is no such file; name the class table with --classes or by the "
                     "variable KMAAS_CLASSES (one to begin with comes with kmaas: "
                     "share/kmaas/classes.yaml)"};
  }
  KM_TRY(const Bytes text, ReadInput(file, kTableBytesMax));
  if (signature.empty()) return keyservice::ParseClassTable(AsText(text), file);
  KM_TRY(const Bytes signed_with, ReadInput(signature, kSignatureBytesMax));
  KM_TRY(const Bytes key, ReadEd25519Key(public_key));
  return keyservice::ReadSignedTable({file, AsText(text), AsText(signed_with)}, key, 0);
}

}  // namespace kmaas::cli
