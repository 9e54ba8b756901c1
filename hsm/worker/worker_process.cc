#include "hsm/worker/worker_process.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <condition_variable>
#include <cstring>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "base/log.h"
#include "base/secret_bytes.h"

namespace kmaas::hsm::worker {
namespace {

constexpr int kFailed = 3;
constexpr int kReportMillis = 1000;

[[noreturn]] void Leave(const std::string& module, const std::string& why) {
  log::Error("hsm_worker_not_started", {{"module", module}, {"detail", why}});
  ::_exit(kFailed);
}

const CK_FUNCTION_LIST* Load(const std::string& path) {
  void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* why = ::dlerror();
    Leave(path, why != nullptr ? why : "it cannot be loaded");
  }
  void* symbol = ::dlsym(handle, "C_GetFunctionList");
  if (symbol == nullptr) Leave(path, "it has no C_GetFunctionList");
  CK_FUNCTION_LIST* functions = nullptr;
  const CK_RV rv = reinterpret_cast<CK_C_GetFunctionList>(symbol)(&functions);
  if (rv != CKR_OK || functions == nullptr) Leave(path, "C_GetFunctionList fails");
  return functions;
}

// The slot says to which processor its thread belongs (Link::QuickHere). One that it may not use
// is none: then it roams.
void StayOn(std::size_t slot, const Layout& layout) {
  if (slot >= layout.quick) return;
  const std::size_t count = layout.quick / kQuickOfProcessor;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(slot % count, &one);
  (void)::sched_setaffinity(0, sizeof one, &one);
}

// A process has one module.
const CK_FUNCTION_LIST* loaded = nullptr;
std::string loaded_parameters;

// What the server passed is of its own memory; the parameters are those of this process.
CK_RV InitializeLoaded(void* /*ignored*/) {
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = CKF_OS_LOCKING_OK;  // SoftHSM is reported to crash without it
  if (!loaded_parameters.empty()) arguments.pReserved = loaded_parameters.data();
  return loaded->C_Initialize(&arguments);
}

CK_FUNCTION_LIST FunctionsOf(const ModuleSource& module) {
  loaded = Load(module.path);
  loaded_parameters = module.parameters;
  CK_FUNCTION_LIST functions = *loaded;
  functions.C_Initialize = &InitializeLoaded;
  return functions;
}

class WorkerThreads {
 public:
  WorkerThreads(const Region& region, const Layout& layout, const CK_FUNCTION_LIST& module)
      : region_(region), layout_(layout), module_(module) {
    for (std::size_t i = 0; i < layout.slots(); ++i) threads_.emplace_back([this, i] { Serve(i); });
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ready_ == threads_.size(); });
  }
  void Begin() {
    const std::lock_guard lock(mutex_);
    begun_ = true;
    changed_.notify_all();
  }

 private:
  void Serve(std::size_t number) {
    StayOn(number, layout_);
    {
      std::unique_lock lock(mutex_);
      ++ready_;
      changed_.notify_all();
      changed_.wait(lock, [&] { return begun_; });
    }
    SecretBytes request(kMessageBytesMax);
    SecretBytes reply(kMessageBytesMax);
    Slot& slot = region_.slot(number);
    for (std::uint32_t last = 0;;) {
      last = Next(slot, last);
      Answer(slot, last, request.span(), reply.span());
    }
  }

  static std::uint32_t Next(Slot& slot, std::uint32_t last) {
    slot.worker_sleeps.store(1);
    for (;;) {
      const std::uint32_t asked = slot.asked.load();
      if (asked != last) {
        slot.worker_sleeps.store(0, std::memory_order_relaxed);
        return asked;
      }
      FutexWait(slot.asked, last);
    }
  }

  void Answer(Slot& slot, std::uint32_t number, MutableByteView request, MutableByteView reply) {
    const std::size_t size = std::min<std::size_t>(slot.size.load(), kMessageBytesMax);
    std::memcpy(request.data(), slot.message, size);
    Reader reader(request.first(size));
    Writer writer(reply);
    ServeRequest(module_, reader, writer);
    std::memcpy(slot.message, reply.data(), writer.size());
    // One that did not fit is none; the server takes it so.
    slot.size.store(static_cast<std::uint32_t>(writer.ok() ? writer.size() : 0));
    slot.answered.store(number);
    if (slot.caller_sleeps.load() != 0) FutexWake(slot.answered);
    // While the caller goes on.
    WipeMemory(request.first(size));
    WipeMemory(reply.first(writer.size()));
  }

  const Region& region_;
  const Layout layout_;
  const CK_FUNCTION_LIST& module_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t ready_ = 0;
  bool begun_ = false;
  std::vector<std::thread> threads_;  // never end: the process does
};

// Resident memory of this process, from the open file of its statm; 0 when that cannot be read.
std::uint64_t ResidentBytes(int statm) {
  std::array<char, 128> text{};
  const ssize_t got = ::pread(statm, text.data(), text.size(), 0);
  if (got <= 0) return 0;
  const char* const end = text.data() + got;
  const char* const blank = std::find<const char*>(text.data(), end, ' ');
  std::uint64_t pages = 0;
  if (blank == end || std::from_chars(blank + 1, end, pages).ec != std::errc()) return 0;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

[[noreturn]] void WaitForTheEnd(int lifeline, const Region& region,
                                const Confinement& confinement) {
  const int statm = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  for (;;) {
    region.resident_bytes().store(ResidentBytes(statm));
    pollfd ends{lifeline, POLLIN, 0};
    if (::poll(&ends, 1, kReportMillis) > 0) break;
    if (confinement.report) confinement.report();
  }
  if (confinement.report) confinement.report();
  // Modules are reported to crash in their exit handlers.
  ::_exit(0);
}

}  // namespace

void RunWorker(int memory, int lifeline, const Layout& layout, const ModuleSource& module,
               const Confinement& confinement) {
  try {
    (void)::prctl(PR_SET_NAME, "kmaas-hsm", 0, 0, 0);
    auto region = Region::Map(memory, layout);
    ::close(memory);
    if (!region) Leave(module.path, region.error().message);
    const CK_FUNCTION_LIST functions = FunctionsOf(module);
    WorkerThreads threads(*region, layout, functions);
    if (confinement.of_calls) {
      if (const auto confined = confinement.of_calls(); !confined)
        Leave(module.path, confined.error().message);
    }
    threads.Begin();
    WaitForTheEnd(lifeline, *region, confinement);
  } catch (const std::exception& failure) {
    Leave(module.path, failure.what());
  }
}

}  // namespace kmaas::hsm::worker
