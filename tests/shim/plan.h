// What the shim of this folder does to calls of a PKCS#11 module: a file that the shim and a test
// have mapped, so that it can change while the module is in use.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>

namespace kmaas::shim {

// The functions of PKCS#11 2.40 in the order of CK_FUNCTION_LIST; the index of one is its place.
#define KMAAS_SHIM_FUNCTIONS(X)                                                                   \
  X(C_Initialize)                                                                                 \
  X(C_Finalize) X(C_GetInfo) X(C_GetFunctionList) X(C_GetSlotList) X(C_GetSlotInfo) X(            \
      C_GetTokenInfo) X(C_GetMechanismList) X(C_GetMechanismInfo) X(C_InitToken) X(C_InitPIN)     \
      X(C_SetPIN) X(C_OpenSession) X(C_CloseSession) X(C_CloseAllSessions) X(C_GetSessionInfo) X( \
          C_GetOperationState) X(C_SetOperationState) X(C_Login) X(C_Logout) X(C_CreateObject)    \
          X(C_CopyObject) X(C_DestroyObject) X(C_GetObjectSize) X(C_GetAttributeValue) X(         \
              C_SetAttributeValue) X(C_FindObjectsInit) X(C_FindObjects) X(C_FindObjectsFinal)    \
              X(C_EncryptInit) X(C_Encrypt) X(C_EncryptUpdate) X(C_EncryptFinal) X(C_DecryptInit) \
                  X(C_Decrypt) X(C_DecryptUpdate) X(C_DecryptFinal) X(C_DigestInit) X(C_Digest)   \
                      X(C_DigestUpdate) X(C_DigestKey) X(C_DigestFinal) X(C_SignInit) X(C_Sign)   \
                          X(C_SignUpdate) X(C_SignFinal) X(C_SignRecoverInit) X(C_SignRecover)    \
                              X(C_VerifyInit) X(C_Verify) X(C_VerifyUpdate) X(C_VerifyFinal)      \
                                  X(C_VerifyRecoverInit) X(C_VerifyRecover)                       \
                                      X(C_DigestEncryptUpdate) X(C_DecryptDigestUpdate)           \
                                          X(C_SignEncryptUpdate) X(C_DecryptVerifyUpdate)         \
                                              X(C_GenerateKey) X(C_GenerateKeyPair) X(C_WrapKey)  \
                                                  X(C_UnwrapKey) X(C_DeriveKey) X(C_SeedRandom)   \
                                                      X(C_GenerateRandom) X(C_GetFunctionStatus)  \
                                                          X(C_CancelFunction)                     \
                                                              X(C_WaitForSlotEvent)

enum class Function : std::uint32_t {
#define KMAAS_SHIM_NAME(name) name,
  KMAAS_SHIM_FUNCTIONS(KMAAS_SHIM_NAME)
#undef KMAAS_SHIM_NAME
      kCount,
  kEvery = 0xffffffff,
};
inline constexpr std::size_t kFunctions = static_cast<std::size_t>(Function::kCount);

enum class Fault : std::uint32_t {
  kNone,
  kRefusal,     // the return code `argument`; the module is not called
  kLostAnswer,  // the module does it, and the return code is `argument` all the same
  kSlow,        // `argument` milliseconds later
  kHang,        // until the plan is changed
  kFlippedBit,  // of each output that holds bytes; which one follows from `argument`
  kStuckBit,    // likewise; always bit number `argument`, modulo what there is
  kCrash,       // the process ends by a signal
};

inline constexpr std::uint64_t kAlways = std::numeric_limits<std::uint64_t>::max();

// One fault at a time. Python maps it, too: numbers in the machine's order, see
// tests/e2e/hsm_shim.py.
struct Plan {
  std::atomic<std::uint32_t> armed;  // written last; 0: calls pass
  std::uint32_t function;
  std::uint32_t fault;
  std::uint32_t unused;
  std::uint64_t argument;
  std::uint64_t first;  // the calls that it hits, counted from 1 since it was armed
  std::uint64_t last;
  std::atomic<std::uint64_t> seen;               // calls of the function since it was armed
  std::atomic<std::uint64_t> injected;           // those of them that it hit
  std::atomic<std::uint64_t> hanging;            // now
  std::atomic<std::uint64_t> calls[kFunctions];  // ever
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

}  // namespace kmaas::shim
