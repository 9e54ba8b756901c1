// Making an NSS token without certutil: an empty officer PIN, then the user's.
#include "tests/contract/engine/nss_token.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "hsm/errors.h"
#include "hsm/library.h"

namespace kmaas::contract {
namespace {

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "NssToken: %s\n", what.c_str());
  std::exit(1);
}

// Of the two slots, the one with a database. Not by hsm::Token: it takes initialised tokens only.
CK_SLOT_ID DatabaseSlot(const CK_FUNCTION_LIST& api, const std::string& label) {
  std::array<CK_SLOT_ID, 8> slots{};
  CK_ULONG count = slots.size();
  if (api.C_GetSlotList(CK_TRUE, slots.data(), &count) != CKR_OK) Fail("no slots");
  for (CK_ULONG i = 0; i < count; ++i) {
    CK_TOKEN_INFO info{};
    if (api.C_GetTokenInfo(slots[i], &info) == CKR_OK && hsm::UnpaddedText(info.label) == label)
      return slots[i];
  }
  Fail("no database slot");
}

void SetUserPin(const std::shared_ptr<hsm::Library>& library, const NssToken& nss) {
  const CK_FUNCTION_LIST& api = library->api();
  CK_SESSION_HANDLE session = 0;
  CK_RV rv = api.C_OpenSession(DatabaseSlot(api, nss.label()), CKF_SERIAL_SESSION | CKF_RW_SESSION,
                               nullptr, nullptr, &session);
  std::string pin = nss.user_pin();
  std::string nothing;
  if (rv == CKR_OK)
    rv = api.C_Login(session, CKU_SO, reinterpret_cast<CK_BYTE*>(nothing.data()), 0);
  if (rv == CKR_OK) rv = api.C_InitPIN(session, reinterpret_cast<CK_BYTE*>(pin.data()), pin.size());
  if (rv != CKR_OK) Fail("the user PIN cannot be set: " + hsm::ReturnCodeName(rv));
}

}  // namespace

NssToken::NssToken(std::string directory) : directory_(std::move(directory)) {}
NssToken::NssToken(NssToken&& other) noexcept : directory_(std::exchange(other.directory_, {})) {}

NssToken::~NssToken() {
  std::error_code ignored;
  if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
}

std::string NssToken::module_path() {
  for (const char* path :
       {"/usr/lib/x86_64-linux-gnu/libsoftokn3.so", "/usr/lib/x86_64-linux-gnu/nss/libsoftokn3.so",
        "/usr/lib/aarch64-linux-gnu/libsoftokn3.so"}) {
    if (std::filesystem::exists(path)) return path;
  }
  return {};
}

bool NssToken::Installed() { return !module_path().empty(); }

std::string NssToken::parameters() const {
  return "configdir='sql:" + directory_ +
         "' certPrefix='' keyPrefix='' secmod='secmod.db' flags=optimizeSpace";
}

NssToken NssToken::Create() {
  const char* base = std::getenv("TMPDIR");
  std::string path = std::string(base != nullptr ? base : "/tmp") + "/kmaas-nss.XXXXXX";
  if (mkdtemp(path.data()) == nullptr) Fail("cannot make " + path);
  NssToken token(path);
  auto library = hsm::Library::Load(module_path(), token.parameters());
  if (!library) Fail(library.error().message);
  if (auto started = (*library)->Initialize(); !started) Fail(started.error().message);
  SetUserPin(*library, token);
  (*library)->Finalize();
  return token;
}

}  // namespace kmaas::contract
