// The PKCS#11 header, the constants that it is too old for, and handles that cannot be mixed up.
#pragma once

#include <p11-kit/pkcs11.h>

#include <cstdint>

#ifndef CKM_AES_KEY_WRAP_KWP
#define CKM_AES_KEY_WRAP_KWP 0x210bUL
#endif
#ifndef CKR_CURVE_NOT_SUPPORTED
#define CKR_CURVE_NOT_SUPPORTED 0x140UL
#endif

namespace kmaas::hsm {

// PKCS#11 3.0 section 2.3.14, CK_EDDSA_PARAMS.
struct EddsaParameters {
  CK_BBOOL prehash;
  CK_ULONG context_bytes;
  CK_BYTE* context;
};

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

// A mechanism and its parameter, which is borrowed for the call. The parameter is public.
struct Mechanism {
  CK_MECHANISM_TYPE type;
  const void* parameter = nullptr;
  CK_ULONG parameter_bytes = 0;

  // NOLINTNEXTLINE(google-explicit-constructor): most mechanisms have no parameter
  Mechanism(CK_MECHANISM_TYPE plain) : type(plain) {}
  template <class Parameter>
  Mechanism(CK_MECHANISM_TYPE with, const Parameter& its)
      : type(with), parameter(&its), parameter_bytes(sizeof its) {}
};

// In the place of CKR_OK where the token answered what cannot be.
inline constexpr CK_RV kWrongAnswer = CKR_VENDOR_DEFINED | 0x6b6d6161UL;

// What a PKCS#11 function returned. Translated into an Error in errors.cc only.
struct [[nodiscard]] Rv {
  CK_RV code = CKR_OK;
  const char* function = "";  // static text: "C_Sign"
  bool ok() const { return code == CKR_OK; }
};

}  // namespace kmaas::hsm
