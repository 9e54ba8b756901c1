// The floor of the HSM: HMAC-SHA-256 of 80 bytes under a session object, straight through PKCS#11.
// Prints the CPU microseconds of one call. Arguments: module, token label, calls; the PIN is read
// from standard input.
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <iostream>
#include <string>
#include <vector>

namespace {

void Require(CK_RV rv, const char* what) {
  if (rv == CKR_OK) return;
  std::fprintf(stderr, "%s: 0x%lx\n", what, rv);
  std::_Exit(1);
}

double ThreadCpuMicros() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

CK_SLOT_ID FindSlot(CK_FUNCTION_LIST* p11, const std::string& label) {
  std::array<CK_SLOT_ID, 64> slots{};
  CK_ULONG count = slots.size();
  Require(p11->C_GetSlotList(CK_TRUE, slots.data(), &count), "C_GetSlotList");
  for (CK_ULONG i = 0; i < count; ++i) {
    CK_TOKEN_INFO info{};
    Require(p11->C_GetTokenInfo(slots[i], &info), "C_GetTokenInfo");
    if (std::memcmp(info.label, label.c_str(), label.size()) == 0) return slots[i];
  }
  std::fprintf(stderr, "no token %s\n", label.c_str());
  std::_Exit(1);
}

CK_OBJECT_HANDLE MakeKey(CK_FUNCTION_LIST* p11, CK_SESSION_HANDLE session) {
  CK_BBOOL yes = CK_TRUE;
  CK_BBOOL no = CK_FALSE;
  CK_ULONG length = 32;
  CK_MECHANISM generate{CKM_GENERIC_SECRET_KEY_GEN, nullptr, 0};
  std::array<CK_ATTRIBUTE, 4> attributes{{{CKA_TOKEN, &no, sizeof no},
                                          {CKA_PRIVATE, &yes, sizeof yes},
                                          {CKA_SIGN, &yes, sizeof yes},
                                          {CKA_VALUE_LEN, &length, sizeof length}}};
  CK_OBJECT_HANDLE key = 0;
  Require(p11->C_GenerateKey(session, &generate, attributes.data(), attributes.size(), &key),
          "C_GenerateKey");
  return key;
}

double MeasureMac(CK_FUNCTION_LIST* p11, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key,
                  unsigned long calls) {
  CK_MECHANISM hmac{CKM_SHA256_HMAC, nullptr, 0};
  std::array<CK_BYTE, 80> data{};
  std::array<CK_BYTE, 32> mac{};
  const double before = ThreadCpuMicros();
  for (unsigned long i = 0; i < calls; ++i) {
    CK_ULONG size = mac.size();
    Require(p11->C_SignInit(session, &hmac, key), "C_SignInit");
    Require(p11->C_Sign(session, data.data(), data.size(), mac.data(), &size), "C_Sign");
  }
  return (ThreadCpuMicros() - before) / static_cast<double>(calls);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s MODULE LABEL CALLS < pin\n", argv[0]);
    return 2;
  }
  void* module = dlopen(argv[1], RTLD_NOW);
  if (module == nullptr) return 1;
  const auto get_list = reinterpret_cast<CK_C_GetFunctionList>(dlsym(module, "C_GetFunctionList"));
  CK_FUNCTION_LIST* p11 = nullptr;
  Require(get_list(&p11), "C_GetFunctionList");
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = CKF_OS_LOCKING_OK;
  Require(p11->C_Initialize(&arguments), "C_Initialize");
  std::string pin;
  std::getline(std::cin, pin);
  CK_SESSION_HANDLE session = 0;
  Require(p11->C_OpenSession(FindSlot(p11, argv[2]), CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr,
                             nullptr, &session),
          "C_OpenSession");
  Require(p11->C_Login(session, CKU_USER, reinterpret_cast<CK_UTF8CHAR*>(pin.data()), pin.size()),
          "C_Login");
  const unsigned long calls = std::strtoul(argv[3], nullptr, 10);
  const CK_OBJECT_HANDLE key = MakeKey(p11, session);
  (void)MeasureMac(p11, session, key, calls / 10 + 1);
  std::printf("%.3f\n", MeasureMac(p11, session, key, calls));
  std::fflush(stdout);
  p11->C_Finalize(nullptr);
  std::_Exit(0);  // the module's own exit handlers are known to crash
}
