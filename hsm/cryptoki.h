// The PKCS#11 header, the constants that it is too old for, and handles that cannot be mixed up.
#pragma once

#include <p11-kit/pkcs11.h>

#include <cstdint>

#ifndef CKM_AES_KEY_WRAP_KWP
#define CKM_AES_KEY_WRAP_KWP 0x210bUL
#endif

namespace kmaas::hsm {

struct SlotId {
  CK_SLOT_ID value = 0;
};
struct SessionHandle {
  CK_SESSION_HANDLE value = CK_INVALID_HANDLE;
};
struct ObjectHandle {
  CK_OBJECT_HANDLE value = CK_INVALID_HANDLE;
  bool operator==(const ObjectHandle&) const = default;
};

// What a PKCS#11 function returned. Translated into an Error in errors.cc only.
struct [[nodiscard]] Rv {
  CK_RV code = CKR_OK;
  const char* function = "";  // static text: "C_Sign"
  bool ok() const { return code == CKR_OK; }
};

}  // namespace kmaas::hsm
