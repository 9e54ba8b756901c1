// Makes one call to the module fail, at any place in a sequence of calls.
#pragma once

#include <atomic>
#include <string>

#include "tests/component/hsm/module_hook.h"

namespace kmaas::hsm {

enum class FailureIs {
  kBefore,  // the token did nothing
  kAfter,   // the token did it, and the answer was lost
};

// Counts calls to `Members`. Thread-safe; one at a time.
template <auto... Members>
class FailingCallsTo {
 public:
  explicit FailingCallsTo(const std::string& module_path)
      : hooks_(module_path, [this](auto original, auto... arguments) -> CK_RV {
          const bool fails = ++calls_ == fail_at_;
          if (fails && when_ == FailureIs::kBefore) return code_;
          const CK_RV rv = original(arguments...);
          return fails ? code_ : rv;
        }) {}

  // The n-th call from now on, counted from 1, returns `code`.
  void FailAt(int n, CK_RV code, FailureIs when) {
    calls_ = 0;
    code_ = code;
    when_ = when;
    fail_at_ = n;
  }
  // Nothing fails any more. True when the call that was to fail has been made.
  bool Stop() {
    const bool failed = calls_ >= fail_at_;
    fail_at_ = -1;
    return failed;
  }

 private:
  std::atomic<int> calls_{0};
  std::atomic<int> fail_at_{-1};
  CK_RV code_ = CKR_OK;
  FailureIs when_ = FailureIs::kBefore;
  ModuleHooks<Members...> hooks_;
};

// The calls that do something to sessions, objects and keys. C_DestroyObject is left out: what
// cannot be destroyed stays until its session ends.
using FailingCalls =
    FailingCallsTo<&CK_FUNCTION_LIST::C_Initialize, &CK_FUNCTION_LIST::C_GetTokenInfo,
                   &CK_FUNCTION_LIST::C_OpenSession, &CK_FUNCTION_LIST::C_Login,
                   &CK_FUNCTION_LIST::C_Logout, &CK_FUNCTION_LIST::C_FindObjectsInit,
                   &CK_FUNCTION_LIST::C_FindObjects, &CK_FUNCTION_LIST::C_FindObjectsFinal,
                   &CK_FUNCTION_LIST::C_CreateObject, &CK_FUNCTION_LIST::C_CopyObject,
                   &CK_FUNCTION_LIST::C_GenerateKey, &CK_FUNCTION_LIST::C_GenerateKeyPair,
                   &CK_FUNCTION_LIST::C_WrapKey, &CK_FUNCTION_LIST::C_UnwrapKey,
                   &CK_FUNCTION_LIST::C_SignInit, &CK_FUNCTION_LIST::C_Sign,
                   &CK_FUNCTION_LIST::C_VerifyInit, &CK_FUNCTION_LIST::C_Verify,
                   &CK_FUNCTION_LIST::C_GenerateRandom>;

// What is done with customers' keys; attributes are read for them, too.
using FailingKeyCalls =
    FailingCallsTo<&CK_FUNCTION_LIST::C_GetTokenInfo, &CK_FUNCTION_LIST::C_OpenSession,
                   &CK_FUNCTION_LIST::C_FindObjectsInit, &CK_FUNCTION_LIST::C_FindObjects,
                   &CK_FUNCTION_LIST::C_GetAttributeValue, &CK_FUNCTION_LIST::C_CreateObject,
                   &CK_FUNCTION_LIST::C_GenerateKey, &CK_FUNCTION_LIST::C_GenerateKeyPair,
                   &CK_FUNCTION_LIST::C_WrapKey, &CK_FUNCTION_LIST::C_UnwrapKey,
                   &CK_FUNCTION_LIST::C_DeriveKey, &CK_FUNCTION_LIST::C_SignInit,
                   &CK_FUNCTION_LIST::C_Sign, &CK_FUNCTION_LIST::C_VerifyInit,
                   &CK_FUNCTION_LIST::C_Verify, &CK_FUNCTION_LIST::C_DecryptInit,
                   &CK_FUNCTION_LIST::C_Decrypt, &CK_FUNCTION_LIST::C_GenerateRandom>;

}  // namespace kmaas::hsm
