// A PKCS#11 module that stands in front of another one and spoils its answers as a plan says.
//
// KMAAS_SHIM_MODULE names the module, KMAAS_SHIM_PLAN the file of the plan (plan.h), which exists.
// A copy X.so of the shim beside which there is X.so.plan has that plan, and X.so.module behind it:
// so that a process may have several.
#include <dlfcn.h>
#include <fcntl.h>
#include <p11-kit/pkcs11.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <tuple>

#include "tests/shim/plan.h"

namespace kmaas::shim {
namespace {

[[noreturn]] void Fail(const char* what) {
  std::fprintf(stderr, "the shim of the HSM: %s\n", what);
  std::abort();
}

// The file beside this copy of the shim, or what the variable names.
std::string Beside(const char* ending, const char* variable) {
  Dl_info own{};
  if (dladdr(reinterpret_cast<void*>(&Fail), &own) != 0 && own.dli_fname != nullptr) {
    const std::string path = std::string(own.dli_fname) + ending;
    if (access(path.c_str(), F_OK) == 0) return path;
  }
  const char* path = std::getenv(variable);
  return path == nullptr ? "" : path;
}

Plan* MapPlan() {
  const int file = open(Beside(".plan", "KMAAS_SHIM_PLAN").c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) Fail("no plan");
  void* mapped = mmap(nullptr, sizeof(Plan), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (mapped == MAP_FAILED) Fail("the plan cannot be mapped");
  return static_cast<Plan*>(mapped);
}

CK_FUNCTION_LIST* LoadModule() {
  void* module = dlopen(Beside(".module", "KMAAS_SHIM_MODULE").c_str(), RTLD_NOW | RTLD_LOCAL);
  void* symbol = module == nullptr ? nullptr : dlsym(module, "C_GetFunctionList");
  CK_FUNCTION_LIST* functions = nullptr;
  if (symbol == nullptr || reinterpret_cast<CK_C_GetFunctionList>(symbol)(&functions) != CKR_OK)
    Fail("no module");
  return functions;
}

// Both are there from the first C_GetFunctionList on, and never go.
Plan* plan = nullptr;
CK_FUNCTION_LIST* module_functions = nullptr;

void Wait(int milliseconds) { (void)poll(nullptr, 0, milliseconds); }

// Well mixed, so that neighbours differ (splitmix64).
std::uint64_t Mixed(std::uint64_t number) {
  number += 0x9e3779b97f4a7c15U;
  number = (number ^ (number >> 30U)) * 0xbf58476d1ce4e5b9U;
  number = (number ^ (number >> 27U)) * 0x94d049bb133111ebU;
  return number ^ (number >> 31U);
}

void Flip(void* bytes, CK_ULONG size, std::uint64_t choice) {
  if (bytes == nullptr || size == 0 || size == CK_UNAVAILABLE_INFORMATION) return;
  const std::uint64_t bit = choice % (std::uint64_t{8} * size);
  static_cast<unsigned char*>(bytes)[bit / 8] ^= static_cast<unsigned char>(1U << (bit % 8));
}

// The bytes among what a function answers. Handles and numbers are left alone.
template <Function kFunction, class... Args>
void FlipOutputs(std::uint64_t choice, Args... args) {
  const std::tuple<Args...> all(args...);
  if constexpr (kFunction == Function::C_Sign || kFunction == Function::C_Decrypt) {
    Flip(std::get<3>(all), *std::get<4>(all), choice);
  } else if constexpr (kFunction == Function::C_WrapKey) {
    Flip(std::get<4>(all), *std::get<5>(all), choice);
  } else if constexpr (kFunction == Function::C_GenerateRandom) {
    Flip(std::get<1>(all), std::get<2>(all), choice);
  } else if constexpr (kFunction == Function::C_GetTokenInfo) {
    Flip(std::get<1>(all)->serialNumber, sizeof std::get<1>(all)->serialNumber, choice);
  } else if constexpr (kFunction == Function::C_GetAttributeValue) {
    CK_ATTRIBUTE* rows = std::get<2>(all);
    for (CK_ULONG i = 0; i < std::get<3>(all); ++i)
      if ((rows[i].type & CKF_ARRAY_ATTRIBUTE) == 0)
        Flip(rows[i].pValue, rows[i].ulValueLen, choice);
  } else {
    (void)all;
    (void)choice;
  }
}

// Whether the plan hits this call.
bool IsHit(Function function) {
  ++plan->calls[static_cast<std::size_t>(function)];
  if (plan->armed.load(std::memory_order_acquire) == 0) return false;
  const auto meant = static_cast<Function>(plan->function);
  if (meant != function && meant != Function::kEvery) return false;
  const std::uint64_t number = ++plan->seen;
  if (number < plan->first || number > plan->last) return false;
  ++plan->injected;
  return true;
}

void Hang() {
  const std::uint32_t armed = plan->armed;
  ++plan->hanging;
  while (plan->armed.load() == armed) Wait(1);
  --plan->hanging;
}

void Leak(std::uint64_t kibibytes) {
  const std::size_t size = kibibytes * 1024;
  volatile auto* block = static_cast<volatile char*>(std::malloc(size));
  for (std::size_t i = 0; block != nullptr && i < size; i += 1024) block[i] = 1;
}

template <Function kFunction, auto kMember, class... Args>
CK_RV Call(Args... args) {
  if (!IsHit(kFunction)) return (module_functions->*kMember)(args...);
  // What the plan is now, though it may change while this call is on its way.
  const std::uint64_t argument = plan->argument;
  const std::uint64_t number = plan->injected;
  const auto fault = static_cast<Fault>(plan->fault);
  switch (fault) {
    case Fault::kRefusal:
      return argument;
    case Fault::kLostAnswer:
      (void)(module_functions->*kMember)(args...);
      return argument;
    case Fault::kSlow:
      Wait(static_cast<int>(argument));
      break;
    case Fault::kHang:
      Hang();
      break;
    case Fault::kCrash:
      (void)raise(SIGKILL);
      break;
    case Fault::kLeak:
      Leak(argument);
      break;
    case Fault::kFlippedBit:
    case Fault::kStuckBit:
    case Fault::kNone:
      break;
  }
  const CK_RV rv = (module_functions->*kMember)(args...);
  if (rv == CKR_OK && fault == Fault::kFlippedBit)
    FlipOutputs<kFunction>(Mixed(argument + number), args...);
  if (rv == CKR_OK && fault == Fault::kStuckBit) FlipOutputs<kFunction>(argument, args...);
  return rv;
}

template <Function kFunction, auto kMember, class... Args>
void Stand(CK_RV (*&place)(Args...)) {
  place = &Call<kFunction, kMember, Args...>;
}

CK_RV ListOfShim(CK_FUNCTION_LIST** out);

CK_FUNCTION_LIST* MakeList() {
  static CK_FUNCTION_LIST list;
  plan = MapPlan();
  module_functions = LoadModule();
  list.version = module_functions->version;
#define X(name) Stand<Function::name, &CK_FUNCTION_LIST::name>(list.name);
#include "tests/shim/functions.inc"
#undef X
  list.C_GetFunctionList = &ListOfShim;
  return &list;
}

CK_RV ListOfShim(CK_FUNCTION_LIST** out) {
  static CK_FUNCTION_LIST* const list = MakeList();
  if (out == nullptr) return CKR_ARGUMENTS_BAD;
  *out = list;
  return CKR_OK;
}

}  // namespace
}  // namespace kmaas::shim

extern "C" __attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST** out) {
  return kmaas::shim::ListOfShim(out);
}
