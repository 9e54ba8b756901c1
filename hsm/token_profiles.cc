// The table of tokens.
#include "hsm/token_profiles.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

namespace kmaas::hsm {
namespace {

constexpr WrapMethod kPad{CKM_AES_KEY_WRAP_PAD, domain::WrapDialect::kPkcs11WrapPad};
constexpr WrapMethod kKwp{CKM_AES_KEY_WRAP_KWP, domain::WrapDialect::kPkcs11WrapKwp};

constexpr WrapMethod kPadOnly[] = {kPad};
constexpr WrapMethod kKwpOnly[] = {kKwp};
constexpr WrapMethod kKwpThenPad[] = {kKwp, kPad};

// NSS answers CKR_GENERAL_ERROR to COPYABLE and ALLOWED_MECHANISMS on token keys, ignores
// the others and forgets LOCAL.
constexpr CK_ATTRIBUTE_TYPE kNssRefuses[] = {CKA_COPYABLE,
                                             CKA_DESTROYABLE,
                                             CKA_ALLOWED_MECHANISMS,
                                             CKA_UNWRAP_TEMPLATE,
                                             CKA_WRAP_WITH_TRUSTED,
                                             CKA_TRUSTED,
                                             CKA_LOCAL};

constexpr CK_ATTRIBUTE_TYPE kNssDatabaseKey = 0xd5a0db00UL;  // CKA_NSS_DB

std::string Trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1));
}

}  // namespace

std::string SoftHsmConfiguration() {
  // kmaas reads its environment before it starts threads, and never writes it.
  if (const char* path = std::getenv("SOFTHSM2_CONF")) return path;
  if (const char* home = std::getenv("HOME")) {
    std::string own = std::string(home) + "/.config/softhsm2/softhsm2.conf";
    if (std::ifstream(own).good()) return own;
  }
  return "/etc/softhsm/softhsm2.conf";
}

std::string SoftHsmDirectory() {
  std::ifstream file(SoftHsmConfiguration());
  for (std::string line; std::getline(file, line);) {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    if (Trimmed(std::string_view(line).substr(0, equals)) == "directories.tokendir")
      return Trimmed(std::string_view(line).substr(equals + 1));
  }
  return {};
}

namespace {

// SoftHSM keeps each token in a directory that a UUID names, whose last 16 digits are the serial
// number.
bool IsSoftHsmTokenAway(const std::string& serial) {
  constexpr std::size_t kSerialDigits = 16;
  constexpr std::size_t kFourthGroupDigits = 4;
  const std::string directory = SoftHsmDirectory();
  if (directory.empty() || serial.size() != kSerialDigits) return false;
  const std::string ending =
      serial.substr(0, kFourthGroupDigits) + "-" + serial.substr(kFourthGroupDigits);
  std::error_code failure;
  for (std::filesystem::directory_iterator it(directory, failure), end; !failure && it != end;
       it.increment(failure))
    if (it->path().filename().string().ends_with(ending)) return false;
  return true;
}

constexpr TokenProfile kProfiles[] = {
    {.name = "SoftHSM 2",
     .manufacturer = "SoftHSM",
     .separates_keys = true,
     .officer_makes_roots = true,
     .not_on_token_objects = {},
     .wrap_methods = kPadOnly,
     .point_of_private_keys = 0,
     .directory = SoftHsmDirectory,
     .returns_by_restart = true,
     .is_away = IsSoftHsmTokenAway},
    {.name = "NSS softokn",
     .manufacturer = "Mozilla Foundation",
     .separates_keys = false,
     .officer_makes_roots = false,
     .not_on_token_objects = kNssRefuses,
     .wrap_methods = kKwpOnly,
     .point_of_private_keys = kNssDatabaseKey,
     .directory = nullptr,
     .returns_by_restart = true,
     .is_away = nullptr},
    {.name = "any PKCS#11 token",
     .manufacturer = "",
     .separates_keys = true,
     .officer_makes_roots = true,
     .not_on_token_objects = {},
     .wrap_methods = kKwpThenPad,
     .point_of_private_keys = 0,
     .directory = nullptr,
     .returns_by_restart = false,
     .is_away = nullptr},
};

}  // namespace

const TokenProfile& ProfileOf(const TokenFacts& facts) {
  for (const TokenProfile& profile : kProfiles)
    if (facts.manufacturer.starts_with(profile.manufacturer)) return profile;
  return kProfiles[std::size(kProfiles) - 1];
}

const WrapMethod* WrapMethodOf(domain::WrapDialect dialect) {
  switch (dialect) {
    case domain::WrapDialect::kNone:
    case domain::WrapDialect::kProcessSeal:
      return nullptr;
    case domain::WrapDialect::kPkcs11WrapPad:
      return &kPad;
    case domain::WrapDialect::kPkcs11WrapKwp:
      return &kKwp;
  }
  return nullptr;
}

}  // namespace kmaas::hsm
