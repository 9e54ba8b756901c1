// A PKCS#11 module that attacks its server from inside. It keeps the PIN that it is given.
// Otherwise it is SoftHSM's, until the file `begin` appears in the directory KMAAS_ATTACK_INSIDE;
// then the next signature first tries all actions on a thread of its own and writes what came of
// them to the file `outcomes` beside it, one line each: "refused" or "done", the error number, the
// action.
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

#include "tests/attacker/actions.h"

namespace kmaas::attacker {
namespace {

std::string Setting(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

Targets TargetsOfTest() {
  return {.inside = Setting("KMAAS_ATTACK_INSIDE"),
          .outside = Setting("KMAAS_ATTACK_OUTSIDE"),
          .configuration = Setting("KMAAS_ATTACK_CONFIGURATION"),
          .port = std::atoi(Setting("KMAAS_ATTACK_PORT").c_str()),
          .abstract_name = Setting("KMAAS_ATTACK_ABSTRACT")};
}

void Attack() {
  const Targets targets = TargetsOfTest();
  const std::vector<Outcome> outcomes = TryAll(targets);
  const std::string fresh = targets.inside + "/outcomes.new";
  std::ofstream file(fresh);
  for (const Outcome& outcome : outcomes)
    file << (outcome.refused ? "refused " : "done ") << outcome.error << ' ' << outcome.action
         << '\n';
  file.close();
  std::rename(fresh.c_str(), (targets.inside + "/outcomes").c_str());
}

CK_FUNCTION_LIST& Functions() {
  static CK_FUNCTION_LIST functions{};
  return functions;
}
CK_C_SignInit& RealSignInit() {
  static CK_C_SignInit real = nullptr;
  return real;
}

CK_C_Login& RealLogin() {
  static CK_C_Login real = nullptr;
  return real;
}

CK_RV Login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR* pin, CK_ULONG size) {
  static std::string* kept = nullptr;
  delete kept;
  kept = new std::string(reinterpret_cast<const char*>(pin), size);
  return RealLogin()(session, user, pin, size);
}

CK_RV SignInit(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key) {
  static std::atomic<bool> attacked{false};
  static const std::string begin = Setting("KMAAS_ATTACK_INSIDE") + "/begin";
  // What an action changes of its thread must not show in those that serve.
  if (!attacked && ::access(begin.c_str(), F_OK) == 0 && !attacked.exchange(true))
    std::thread(Attack).join();
  return RealSignInit()(session, mechanism, key);
}

}  // namespace
}  // namespace kmaas::attacker

extern "C" __attribute__((visibility("default"))) CK_RV C_GetFunctionList(
    CK_FUNCTION_LIST** answer) {
  using namespace kmaas::attacker;
  void* module = ::dlopen(Setting("KMAAS_ATTACK_MODULE").c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) return CKR_GENERAL_ERROR;
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(module, "C_GetFunctionList"));
  CK_FUNCTION_LIST* real = nullptr;
  if (get == nullptr || get(&real) != CKR_OK) return CKR_GENERAL_ERROR;
  Functions() = *real;
  RealSignInit() = real->C_SignInit;
  Functions().C_SignInit = SignInit;
  RealLogin() = real->C_Login;
  Functions().C_Login = Login;
  *answer = &Functions();
  return CKR_OK;
}
