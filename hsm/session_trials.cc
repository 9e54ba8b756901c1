// The parts of Session that only ask whether a token would do something that it must not.
#include <array>

#include "hsm/session.h"

namespace kmaas::hsm {
namespace {

// Longer than any output of the trials, so that the operation ends whatever comes back.
using Scratch = std::array<CK_BYTE, 256>;

}  // namespace

Rv Session::EncryptInit(CK_MECHANISM_TYPE mechanism, ObjectHandle key) const {
  std::array<CK_BYTE, 16> block{};
  CK_MECHANISM how{mechanism, nullptr, 0};
  const Rv rv{api().C_EncryptInit(handle_.value, &how, key.value), "C_EncryptInit"};
  if (!rv.ok()) return rv;
  Scratch output{};
  CK_ULONG size = output.size();
  (void)api().C_Encrypt(handle_.value, block.data(), block.size(), output.data(), &size);
  return rv;
}

Rv Session::DecryptInit(CK_MECHANISM_TYPE mechanism, ObjectHandle key) const {
  std::array<CK_BYTE, 16> block{};
  CK_MECHANISM how{mechanism, nullptr, 0};
  const Rv rv{api().C_DecryptInit(handle_.value, &how, key.value), "C_DecryptInit"};
  if (!rv.ok()) return rv;
  Scratch output{};
  CK_ULONG size = output.size();
  (void)api().C_Decrypt(handle_.value, block.data(), block.size(), output.data(), &size);
  return rv;
}

Rv Session::WrapByCbc(ObjectHandle wrapping_key, ObjectHandle key, Bytes& out) const {
  std::array<CK_BYTE, 16> iv{};
  CK_MECHANISM how{CKM_AES_CBC, iv.data(), iv.size()};
  out.resize(256);
  CK_ULONG size = out.size();
  return {api().C_WrapKey(handle_.value, &how, wrapping_key.value, key.value, out.data(), &size),
          "C_WrapKey"};
}

Rv Session::DeriveByEncryption(ObjectHandle key, const Template& attributes,
                               ObjectHandle& out) const {
  std::array<CK_BYTE, 32> block{};
  CK_KEY_DERIVATION_STRING_DATA data{block.data(), block.size()};
  CK_MECHANISM how{CKM_AES_ECB_ENCRYPT_DATA, &data, sizeof data};
  return {api().C_DeriveKey(handle_.value, &how, key.value, attributes.data(), attributes.size(),
                            &out.value),
          "C_DeriveKey"};
}

}  // namespace kmaas::hsm
