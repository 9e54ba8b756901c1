// Puts a function of the test in the place of one of the module's, which can count calls, fail
// them, change what they are given or hold them up.
#pragma once

#include <dlfcn.h>

#include <cstdlib>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>

#include "hsm/cryptoki.h"

namespace kmaas::hsm {

// The function list of the module itself: SoftHSM's can be written to.
inline CK_FUNCTION_LIST& FunctionsOf(const std::string& module_path) {
  void* module = dlopen(module_path.c_str(), RTLD_NOW | RTLD_LOCAL);
  void* symbol = module == nullptr ? nullptr : dlsym(module, "C_GetFunctionList");
  CK_FUNCTION_LIST* functions = nullptr;
  if (symbol == nullptr || reinterpret_cast<CK_C_GetFunctionList>(symbol)(&functions) != CKR_OK ||
      functions == nullptr)
    std::abort();
  return *functions;
}

template <auto Member,
          class Function =
              std::remove_reference_t<decltype(std::declval<CK_FUNCTION_LIST&>().*Member)>>
class ModuleHook;

// ModuleHook<&CK_FUNCTION_LIST::C_Login> hook(path, [](auto original, auto... args) {...});
// Lasts as long as the object. One at a time for each function; made and dropped while nobody
// calls it, but the replacement may run in many threads.
template <auto Member, class... Args>
class ModuleHook<Member, CK_RV (*)(Args...)> {
 public:
  using Original = CK_RV (*)(Args...);
  using Replacement = std::function<CK_RV(Original, Args...)>;

  ModuleHook(const std::string& module_path, Replacement replacement)
      : functions_(FunctionsOf(module_path)) {
    original_ = std::exchange(functions_.*Member, &Call);
    replacement_ = std::move(replacement);
  }
  ~ModuleHook() { functions_.*Member = original_; }
  ModuleHook(const ModuleHook&) = delete;
  ModuleHook& operator=(const ModuleHook&) = delete;

 private:
  static CK_RV Call(Args... args) { return replacement_(original_, args...); }

  static inline Original original_ = nullptr;
  static inline Replacement replacement_;
  CK_FUNCTION_LIST& functions_;
};

// One replacement for several functions: a lambda over `auto`.
template <auto... Members>
class ModuleHooks : ModuleHook<Members>... {
 public:
  template <class Replacement>
  ModuleHooks(const std::string& module_path, const Replacement& replacement)
      : ModuleHook<Members>(module_path, replacement)... {}
};

}  // namespace kmaas::hsm
