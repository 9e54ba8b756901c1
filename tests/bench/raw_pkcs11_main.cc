// The floor of the HSM, straight through PKCS#11: HMAC-SHA-256 of 80 bytes, made, or made and
// verified by the token, or a signature of a SHA-256 digest, under a session object, by one or
// several threads, each with a session of its own. Prints the CPU microseconds of one call and the
// calls in a second. Arguments: module, token label, calls of each thread, operation, threads, and
// `worker` when the module shall run in one: its microseconds count, too. The PIN is read from
// standard input.
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <iostream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "hsm/worker/isolated_module.h"
#include "hsm/worker/isolation.h"

namespace {

using namespace kmaas::hsm;  // NOLINT(google-build-using-namespace): a program of one file

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

CK_BBOOL yes = CK_TRUE;
CK_BBOOL no = CK_FALSE;

CK_OBJECT_HANDLE MakeSecret(CK_FUNCTION_LIST* p11, CK_SESSION_HANDLE session) {
  CK_ULONG length = 32;
  CK_MECHANISM generate{CKM_GENERIC_SECRET_KEY_GEN, nullptr, 0};
  std::array<CK_ATTRIBUTE, 5> attributes{{{CKA_TOKEN, &no, sizeof no},
                                          {CKA_PRIVATE, &yes, sizeof yes},
                                          {CKA_SIGN, &yes, sizeof yes},
                                          {CKA_VERIFY, &yes, sizeof yes},
                                          {CKA_VALUE_LEN, &length, sizeof length}}};
  CK_OBJECT_HANDLE key = 0;
  Require(p11->C_GenerateKey(session, &generate, attributes.data(), attributes.size(), &key),
          "C_GenerateKey");
  return key;
}

CK_OBJECT_HANDLE MakePair(CK_FUNCTION_LIST* p11, CK_SESSION_HANDLE session,
                          CK_MECHANISM_TYPE mechanism, std::vector<CK_ATTRIBUTE> public_half) {
  CK_MECHANISM generate{mechanism, nullptr, 0};
  public_half.push_back({CKA_TOKEN, &no, sizeof no});
  public_half.push_back({CKA_VERIFY, &yes, sizeof yes});
  std::array<CK_ATTRIBUTE, 4> private_half{{{CKA_TOKEN, &no, sizeof no},
                                            {CKA_PRIVATE, &yes, sizeof yes},
                                            {CKA_SENSITIVE, &yes, sizeof yes},
                                            {CKA_SIGN, &yes, sizeof yes}}};
  CK_OBJECT_HANDLE made[2] = {0, 0};
  Require(p11->C_GenerateKeyPair(session, &generate, public_half.data(), public_half.size(),
                                 private_half.data(), private_half.size(), &made[0], &made[1]),
          "C_GenerateKeyPair");
  return made[1];
}

CK_OBJECT_HANDLE MakeRsa(CK_FUNCTION_LIST* p11, CK_SESSION_HANDLE session, CK_ULONG bits) {
  CK_BYTE exponent[] = {1, 0, 1};
  return MakePair(
      p11, session, CKM_RSA_PKCS_KEY_PAIR_GEN,
      {{CKA_MODULUS_BITS, &bits, sizeof bits}, {CKA_PUBLIC_EXPONENT, exponent, sizeof exponent}});
}

CK_OBJECT_HANDLE MakeP256(CK_FUNCTION_LIST* p11, CK_SESSION_HANDLE session) {
  CK_BYTE curve[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
  return MakePair(p11, session, CKM_EC_KEY_PAIR_GEN, {{CKA_EC_PARAMS, curve, sizeof curve}});
}

// A key and what it does to how many bytes.
struct Operation {
  CK_OBJECT_HANDLE key;
  CK_MECHANISM_TYPE mechanism;
  std::vector<CK_BYTE> data;
  bool verifies = false;
};

// The DigestInfo of a SHA-256 digest (RFC 8017 section 9.2).
std::vector<CK_BYTE> DigestInfo() {
  std::vector<CK_BYTE> info = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                               0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
  info.resize(info.size() + 32, 0x5a);
  return info;
}

Operation Prepare(CK_FUNCTION_LIST* p11, CK_SESSION_HANDLE session, const std::string& name) {
  if (name == "hmac") return {MakeSecret(p11, session), CKM_SHA256_HMAC, std::vector<CK_BYTE>(80)};
  if (name == "verified-hmac")
    return {MakeSecret(p11, session), CKM_SHA256_HMAC, std::vector<CK_BYTE>(80), true};
  if (name == "rsa-2048") return {MakeRsa(p11, session, 2048), CKM_RSA_PKCS, DigestInfo()};
  if (name == "rsa-4096") return {MakeRsa(p11, session, 4096), CKM_RSA_PKCS, DigestInfo()};
  if (name == "p-256") return {MakeP256(p11, session), CKM_ECDSA, std::vector<CK_BYTE>(32, 0x5a)};
  std::fprintf(stderr, "no operation %s: hmac, verified-hmac, rsa-2048, rsa-4096, p-256\n",
               name.c_str());
  std::_Exit(2);
}

void Sign(CK_FUNCTION_LIST* p11, CK_SESSION_HANDLE session, const Operation& operation,
          unsigned long calls) {
  CK_MECHANISM mechanism{operation.mechanism, nullptr, 0};
  std::vector<CK_BYTE> data = operation.data;
  std::array<CK_BYTE, 512> out{};
  const CK_ULONG room = operation.verifies ? 32 : out.size();  // of a MAC
  // As the engine does it (MakeHmac).
  std::optional<worker::WithVerification> announced;
  if (operation.verifies) announced.emplace();
  for (unsigned long i = 0; i < calls; ++i) {
    CK_ULONG size = room;
    Require(p11->C_SignInit(session, &mechanism, operation.key), "C_SignInit");
    Require(p11->C_Sign(session, data.data(), data.size(), out.data(), &size), "C_Sign");
    if (!operation.verifies) continue;
    Require(p11->C_VerifyInit(session, &mechanism, operation.key), "C_VerifyInit");
    Require(p11->C_Verify(session, data.data(), data.size(), out.data(), size), "C_Verify");
  }
}

// Of the worker, if there is one.
double WorkerCpuMicros() {
  const auto workers = worker::Workers();
  clockid_t clock = CLOCK_REALTIME;
  timespec now{};
  if (workers.empty() || clock_getcpuclockid(workers.front().process, &clock) != 0) return 0;
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

// The CPU microseconds of one call in each thread, summed up, and the calls of all in a second.
void Measure(CK_FUNCTION_LIST* p11, const std::vector<CK_SESSION_HANDLE>& sessions,
             const Operation& operation, unsigned long calls) {
  std::vector<double> used(sessions.size());
  std::vector<std::thread> threads;
  const double worker_before = WorkerCpuMicros();
  const auto began = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    threads.emplace_back([&, i] {
      const double before = ThreadCpuMicros();
      Sign(p11, sessions[i], operation, calls);
      used[i] = ThreadCpuMicros() - before;
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - began;
  const double all = static_cast<double>(calls) * static_cast<double>(sessions.size());
  double micros = WorkerCpuMicros() - worker_before;
  for (const double one : used) micros += one;
  std::printf("%.3f %.0f\n", micros / all, all / elapsed.count());
  std::fflush(stdout);
}

CK_FUNCTION_LIST* LoadHere(const char* path) {
  void* module = dlopen(path, RTLD_NOW);
  if (module == nullptr) std::_Exit(1);
  const auto get_list = reinterpret_cast<CK_C_GetFunctionList>(dlsym(module, "C_GetFunctionList"));
  CK_FUNCTION_LIST* p11 = nullptr;
  Require(get_list(&p11), "C_GetFunctionList");
  return p11;
}

CK_FUNCTION_LIST* LoadIntoWorker(const char* path) {
  if (!worker::Isolate({.modules = {{path}}}, {})) std::_Exit(1);
  const auto loaded = worker::LoadIsolated({path});
  return loaded ? *loaded : (std::_Exit(1), nullptr);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6 || argc > 7 || (argc == 7 && std::strcmp(argv[6], "worker") != 0)) {
    std::fprintf(stderr,
                 "usage: %s MODULE LABEL CALLS hmac|verified-hmac|rsa-2048|rsa-4096|p-256 THREADS "
                 "[worker] < pin\n",
                 argv[0]);
    return 2;
  }
  CK_FUNCTION_LIST* p11 = argc == 7 ? LoadIntoWorker(argv[1]) : LoadHere(argv[1]);
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = CKF_OS_LOCKING_OK;
  Require(p11->C_Initialize(&arguments), "C_Initialize");
  std::string pin;
  std::getline(std::cin, pin);
  const CK_SLOT_ID slot = FindSlot(p11, argv[2]);
  std::vector<CK_SESSION_HANDLE> sessions(std::strtoul(argv[5], nullptr, 10));
  for (CK_SESSION_HANDLE& session : sessions)
    Require(
        p11->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session),
        "C_OpenSession");
  Require(p11->C_Login(sessions.at(0), CKU_USER, reinterpret_cast<CK_UTF8CHAR*>(pin.data()),
                       pin.size()),
          "C_Login");
  const unsigned long calls = std::strtoul(argv[3], nullptr, 10);
  const Operation operation = Prepare(p11, sessions.at(0), argv[4]);
  Sign(p11, sessions.at(0), operation, calls / 10 + 1);
  Measure(p11, sessions, operation, calls);
  p11->C_Finalize(nullptr);
  std::_Exit(0);  // the module's own exit handlers are known to crash
}
