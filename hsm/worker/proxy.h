// A PKCS#11 module that runs in a worker: a function list whose functions hand calls over.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "base/result.h"
#include "hsm/cryptoki.h"
#include "hsm/worker/link.h"
#include "hsm/worker/options.h"
#include "hsm/worker/supervisor.h"

namespace kmaas::hsm::worker {

// C_Initialize starts a worker, C_Finalize ends it. When it ends by itself, every call in it and
// every later one answers CKR_DEVICE_REMOVED until the next C_Initialize. Functions that the engine
// does not call answer CKR_FUNCTION_NOT_SUPPORTED.
//
// As with any module, C_Initialize and C_Finalize need that nobody else is calling; the others are
// thread-safe. C_SignInit and C_VerifyInit only take note, and go to the worker with the call
// that follows in the same thread: their errors are that call's.
class Proxy {
 public:
  // At most kProxiesMax live at a time: kThrottling.
  static constexpr std::size_t kProxiesMax = 80;
  static Result<std::unique_ptr<Proxy>> Make(std::shared_ptr<Supervisor> supervisor,
                                             const ModuleSource& module,
                                             const ProxyOptions& options);
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  CK_FUNCTION_LIST* functions() const;
  std::size_t place() const { return place_; }
  // Whether a worker was started and is there no more, or is about to go.
  bool IsLost() const;
  bool HasOutgrown() const;
  // 0: none runs.
  pid_t process() const { return process_.load(); }
  ProxyCounters counters() const;

  // For the functions of the list.
  CK_RV Initialize();
  CK_RV Finalize();
  CK_RV Note(Function init, CK_ULONG session, const Asking& arguments);
  CK_RV Call(Function function, CK_ULONG session, const Asking& arguments);
  // C_Sign, with a look ahead to the C_Verify that WithVerification announces.
  CK_RV Sign(CK_ULONG session, const Asking& arguments, const CK_BYTE* data,
             const CK_BYTE* signature, const CK_ULONG* size);
  // What C_Verify returned when it was done together with C_Sign; nothing for any other one.
  std::optional<CK_RV> TakeVerified(CK_ULONG session, const CK_BYTE* data,
                                    ByteView signature) const;

 private:
  Proxy(std::shared_ptr<Supervisor> supervisor, std::size_t module, const ProxyOptions& options,
        std::size_t place)
      : supervisor_(std::move(supervisor)), module_(module), options_(options), place_(place) {}
  CK_RV Exchange(const Link::Message& message, Function function, bool quick, CK_RV& rv);
  CK_RV Start();
  void Stop();

  const std::shared_ptr<Supervisor> supervisor_;
  const std::size_t module_;
  const ProxyOptions options_;
  const std::size_t place_;     // among the proxies of the process
  std::shared_ptr<Link> link_;  // null: no worker was started; read by whoever calls
  mutable std::mutex mutex_;    // for whoever does not: guards counts_, and link_ while it changes
  ProxyCounters counts_;        // of workers that are gone
  std::atomic<pid_t> process_{0};
};

}  // namespace kmaas::hsm::worker
