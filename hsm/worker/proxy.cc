#include "hsm/worker/proxy.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include "base/log.h"
#include "base/secret_bytes.h"
#include "crypto/digest.h"
#include "hsm/worker/isolated_module.h"

namespace kmaas::hsm::worker {
namespace {

// A mechanism of the engine with its parameter, and two handles.
constexpr std::size_t kNoteBytesMax = 512;

// C_SignInit or C_VerifyInit, before the call that it is for.
struct Noted {
  const Proxy* proxy = nullptr;
  Function init = Function::kNone;
  CK_ULONG session = CK_INVALID_HANDLE;
  bool is_quick = false;
  std::size_t size = 0;
  alignas(kAlignment) std::array<std::uint8_t, kNoteBytesMax> bytes;
};
thread_local Noted noted;

bool Fits(const Noted& note, const Proxy& proxy, Function function, CK_ULONG session) {
  const Function call = note.init == Function::C_SignInit ? Function::C_Sign : Function::C_Verify;
  return note.proxy == &proxy && note.session == session && call == function;
}

// The first items of a noted call are the session and the mechanism.
bool IsQuick(const Noted& note) {
  CK_MECHANISM_TYPE mechanism = 0;
  std::memcpy(&mechanism, note.bytes.data() + sizeof(std::uint64_t), sizeof mechanism);
  return mechanism == CKM_SHA256_HMAC || mechanism == CKM_SHA384_HMAC ||
         mechanism == CKM_SHA512_HMAC || mechanism == CKM_SHA224_HMAC;
}

// In a thread: the C_Verify that is announced, and what it returned when it was done already.
struct Verification {
  bool is_announced = false;
  const Proxy* proxy = nullptr;  // null: not done
  CK_ULONG session = CK_INVALID_HANDLE;
  const CK_BYTE* data = nullptr;
  CK_RV verified = CKR_GENERAL_ERROR;
  std::size_t size = 0;  // of the signature
  std::array<CK_BYTE, 64> signature{};
  std::size_t mechanism_and_key_size = 0;
  std::array<std::uint8_t, kNoteBytesMax> mechanism_and_key{};
};
thread_local Verification verification;

class CallMessage final : public Link::Message {
 public:
  // `verified`: where that of kSignThenVerify goes, whose first call is part of it.
  CallMessage(const Noted* first, Function function, const Asking& arguments, CK_RV& rv,
              CK_RV* verified = nullptr)
      : first_(first), function_(function), arguments_(arguments), rv_(rv), verified_(verified) {}

  void Ask(Writer& request) const override {
    const bool has_first = first_ != nullptr && verified_ == nullptr;
    request.Number(static_cast<std::uint64_t>(has_first ? first_->init : Function::kNone));
    request.Number(static_cast<std::uint64_t>(function_));
    if (first_ != nullptr) request.Raw({first_->bytes.data(), first_->size});
    arguments_.Ask(request);
  }
  void Learn(Reader& reply) const override {
    rv_ = reply.Number();
    // A refusal may come alone.
    if (rv_ == CKR_OK || !reply.AtEnd()) arguments_.Learn(rv_, reply);
    if (rv_ == CKR_OK && verified_ != nullptr) *verified_ = reply.Number();
  }

 private:
  const Noted* first_;
  Function function_;
  const Asking& arguments_;
  CK_RV& rv_;
  CK_RV* verified_;
};

bool IsSlow(Function function) {
  switch (function) {
    case Function::C_Initialize:
    case Function::C_Finalize:
    case Function::C_Login:  // a wrong PIN may be made to take long
    case Function::C_GenerateKey:
    case Function::C_GenerateKeyPair:
      return true;
    default:
      return false;
  }
}

// C functions get no object, so each proxy has functions of its own, by its place.
std::array<std::atomic<Proxy*>, Proxy::kProxiesMax> proxies{};

template <class First, class... Rest>
CK_ULONG FirstNumber(First first, Rest... /*rest*/) {
  if constexpr (std::is_integral_v<First>) {
    return first;
  } else {
    return CK_INVALID_HANDLE;
  }
}

template <std::size_t kPlace, Function kFunction, class... Kinds>
struct Relay {
  template <class... Arguments>
  static CK_RV Call(Arguments... arguments) {
    Proxy& proxy = *proxies[kPlace].load(std::memory_order_relaxed);
    if constexpr (kFunction == Function::C_Initialize) {
      return proxy.Initialize();
    } else if constexpr (kFunction == Function::C_Finalize) {
      return proxy.Finalize();
    } else if constexpr (kFunction == Function::C_Sign) {
      return Sign(proxy, arguments...);
    } else if constexpr (kFunction == Function::C_Verify) {
      return Verify(proxy, arguments...);
    } else {
      const AskingOf<Kinds...> asking(arguments...);
      const CK_ULONG session = FirstNumber(arguments...);
      if constexpr (kFunction == Function::C_SignInit || kFunction == Function::C_VerifyInit)
        return proxy.Note(kFunction, session, asking);
      else
        return proxy.Call(kFunction, session, asking);
    }
  }
  static CK_RV Sign(Proxy& proxy, CK_ULONG session, CK_BYTE* data, CK_ULONG size, CK_BYTE* out,
                    CK_ULONG* out_size) {
    const AskingOf<Number, Input, Output> asking(session, data, size, out, out_size);
    return proxy.Sign(session, asking, data, out, out_size);
  }
  static CK_RV Verify(Proxy& proxy, CK_ULONG session, CK_BYTE* data, CK_ULONG size, CK_BYTE* tag,
                      CK_ULONG tag_size) {
    if (const auto verified = proxy.TakeVerified(session, data, {tag, tag_size})) return *verified;
    const AskingOf<Number, Input, Input> asking(session, data, size, tag, tag_size);
    return proxy.Call(Function::C_Verify, session, asking);
  }
  template <class... Arguments>
  static void Stand(CK_RV (*&place)(Arguments...)) {
    place = &Call<Arguments...>;
  }
};

template <class... Arguments>
void StandAbsent(CK_RV (*&place)(Arguments...)) {
  place = [](Arguments...) -> CK_RV { return CKR_FUNCTION_NOT_SUPPORTED; };
}

template <std::size_t kPlace>
CK_FUNCTION_LIST MakeList() {
  CK_FUNCTION_LIST list{};
  list.version = {2, 40};
  StandAbsent(list.C_GetFunctionList);
#define X(name, ...) Relay<kPlace, Function::name, __VA_ARGS__>::Stand(list.name);
#define ABSENT(name) StandAbsent(list.name);
#include "hsm/worker/functions.inc"
#undef X
#undef ABSENT
  return list;
}

template <std::size_t... kPlaces>
std::array<CK_FUNCTION_LIST, sizeof...(kPlaces)> MakeLists(
    std::index_sequence<kPlaces...> /*places*/) {
  return {MakeList<kPlaces>()...};
}

CK_FUNCTION_LIST& ListAt(std::size_t place) {
  static std::array lists = MakeLists(std::make_index_sequence<Proxy::kProxiesMax>());
  return lists[place];
}

const char* NameOf(End end) {
  switch (end) {
    case End::kHung:
      return "a call did not end";
    case End::kGarbled:
      return "an answer was none";
    default:
      return "it ended by itself";
  }
}

}  // namespace

Result<std::unique_ptr<Proxy>> Proxy::Make(std::shared_ptr<Supervisor> supervisor,
                                           const ModuleSource& module,
                                           const ProxyOptions& options) {
  KM_TRY(const std::size_t number, supervisor->NumberOf(module));
  for (std::size_t place = 0; place < kProxiesMax; ++place) {
    if (proxies[place].load() != nullptr) continue;
    std::unique_ptr<Proxy> proxy(new Proxy(supervisor, number, options, place));
    Proxy* none = nullptr;
    if (proxies[place].compare_exchange_strong(none, proxy.get())) return proxy;
  }
  return Error{ErrorCode::kThrottling,
               "A process has at most " + std::to_string(kProxiesMax) + " HSM workers.", ""};
}

Proxy::~Proxy() {
  Stop();
  Proxy* self = this;
  (void)proxies[place_].compare_exchange_strong(self, nullptr);
}

CK_FUNCTION_LIST* Proxy::functions() const { return &ListAt(place_); }

bool Proxy::IsLost() const {
  const std::lock_guard lock(mutex_);
  return link_ != nullptr && (link_->IsGone() || link_->end() != End::kRunning);
}

bool Proxy::HasOutgrown() const {
  const std::lock_guard lock(mutex_);
  return options_.memory_max_bytes > 0 && link_ != nullptr && !link_->IsGone() &&
         link_->resident_bytes() > options_.memory_max_bytes;
}

ProxyCounters Proxy::counters() const {
  const std::lock_guard lock(mutex_);
  ProxyCounters counters = counts_;
  if (link_ == nullptr) return counters;
  const End end = link_->end();
  counters.crashed += end == End::kCrashed ? 1 : 0;
  counters.hung += end == End::kHung ? 1 : 0;
  counters.garbled += end == End::kGarbled ? 1 : 0;
  counters.running = !link_->IsGone();
  if (!counters.running) return counters;
  counters.resident_bytes = link_->resident_bytes();
  counters.calls = link_->calls();
  return counters;
}

CK_RV Proxy::Start() {
  auto started = supervisor_->StartWorker(module_);
  if (!started) {
    log::Error("hsm_worker_not_started", {{"detail", started.error().message}});
    return CKR_FUNCTION_FAILED;
  }
  auto region = Region::Map(started->memory, supervisor_->layout());
  ::close(started->memory);
  if (!region) {
    ::close(started->lifeline);  // ends the worker
    log::Error("hsm_worker_not_started", {{"detail", region.error().message}});
    return CKR_HOST_MEMORY;
  }
  std::shared_ptr<Link> link;
  try {
    link = std::make_shared<Link>(
        *std::move(region), supervisor_->layout(), started->lifeline,
        [supervisor = supervisor_, process = started->process] { supervisor->Kill(process); });
  } catch (...) {
    ::close(started->lifeline);
    throw;
  }
  const std::lock_guard lock(mutex_);
  link_ = std::move(link);
  ++counts_.started;
  process_ = started->process;
  return CKR_OK;
}

void Proxy::Stop() {
  std::shared_ptr<Link> ended;
  {
    const std::lock_guard lock(mutex_);
    ended = std::exchange(link_, nullptr);
  }
  if (ended == nullptr) return;
  const End end = ended->end();
  const bool outgrown = end == End::kRunning && options_.memory_max_bytes > 0 &&
                        ended->resident_bytes() > options_.memory_max_bytes;
  ended.reset();
  const std::lock_guard lock(mutex_);
  process_ = 0;
  counts_.crashed += end == End::kCrashed ? 1 : 0;
  counts_.hung += end == End::kHung ? 1 : 0;
  counts_.garbled += end == End::kGarbled ? 1 : 0;
  counts_.outgrown += outgrown ? 1 : 0;
  if (end != End::kRunning) log::Error("hsm_worker_lost", {{"detail", NameOf(end)}});
  if (outgrown) log::Warning("hsm_worker_outgrown", {{"memory_max", options_.memory_max_bytes}});
}

CK_RV Proxy::Initialize() {
  if (link_ != nullptr && !link_->IsGone()) return CKR_CRYPTOKI_ALREADY_INITIALIZED;
  Stop();
  CK_RV rv = CKR_OK;
  try {
    rv = Start();
  } catch (const std::exception& failure) {
    // No memory or no thread: the next try may have it.
    log::Error("hsm_worker_not_started", {{"detail", typeid(failure).name()}});
    rv = CKR_HOST_MEMORY;
  }
  if (rv != CKR_OK) return rv;
  rv = Call(Function::C_Initialize, CK_INVALID_HANDLE, AskingOf<Nothing<void*>>(nullptr));
  if (rv != CKR_OK) Stop();
  return rv;
}

CK_RV Proxy::Finalize() {
  if (link_ == nullptr) return CKR_CRYPTOKI_NOT_INITIALIZED;
  const CK_RV rv = Call(Function::C_Finalize, CK_INVALID_HANDLE, AskingOf<Nothing<void*>>(nullptr));
  Stop();
  return rv;
}

CK_RV Proxy::Note(Function init, CK_ULONG session, const Asking& arguments) {
  Writer writer(noted.bytes);
  arguments.Ask(writer);
  noted.proxy = nullptr;
  if (!writer.ok()) return CKR_MECHANISM_PARAM_INVALID;
  noted.proxy = this;
  noted.init = init;
  noted.session = session;
  noted.size = writer.size();
  noted.is_quick = IsQuick(noted);
  return CKR_OK;
}

CK_RV Proxy::Call(Function function, CK_ULONG session, const Asking& arguments) {
  // Whatever else the thread does, what it noted was for its next call.
  const bool fits = Fits(noted, *this, function, session);
  noted.proxy = nullptr;
  CK_RV rv = CKR_DEVICE_REMOVED;
  const CallMessage message(fits ? &noted : nullptr, function, arguments, rv);
  return Exchange(message, function, fits && noted.is_quick, rv);
}

CK_RV Proxy::Exchange(const Link::Message& message, Function function, bool quick, CK_RV& rv) {
  if (link_ == nullptr) return CKR_CRYPTOKI_NOT_INITIALIZED;
  const auto longest = IsSlow(function) ? options_.call_max * kSlowFactor : options_.call_max;
  switch (link_->Call(message, quick, longest)) {
    case Link::Outcome::kAnswered:
      return rv;
    case Link::Outcome::kTooLarge:
      return CKR_ARGUMENTS_BAD;
    case Link::Outcome::kGone:
      return CKR_DEVICE_REMOVED;
  }
  return CKR_DEVICE_REMOVED;
}

CK_RV Proxy::Sign(CK_ULONG session, const Asking& arguments, const CK_BYTE* data,
                  const CK_BYTE* signature, const CK_ULONG* size) {
  Verification& ahead = verification;
  ahead.proxy = nullptr;
  const bool fits = Fits(noted, *this, Function::C_Sign, session);
  if (!ahead.is_announced || !fits || signature == nullptr || *size > ahead.signature.size())
    return Call(Function::C_Sign, session, arguments);
  noted.proxy = nullptr;
  CK_RV rv = CKR_DEVICE_REMOVED;
  const CallMessage message(&noted, Function::kSignThenVerify, arguments, rv, &ahead.verified);
  rv = Exchange(message, Function::kSignThenVerify, noted.is_quick, rv);
  if (rv != CKR_OK) return rv;
  ahead.proxy = this;
  ahead.session = session;
  ahead.data = data;
  ahead.size = *size;
  std::memcpy(ahead.signature.data(), signature, ahead.size);
  ahead.mechanism_and_key_size = noted.size;
  std::memcpy(ahead.mechanism_and_key.data(), noted.bytes.data(), noted.size);
  return rv;
}

std::optional<CK_RV> Proxy::TakeVerified(CK_ULONG session, const CK_BYTE* data,
                                         ByteView signature) const {
  Verification& done = verification;
  const bool is_it =
      done.proxy == this && done.session == session && done.data == data &&
      Fits(noted, *this, Function::C_Verify, session) &&
      noted.size == done.mechanism_and_key_size &&
      std::memcmp(noted.bytes.data(), done.mechanism_and_key.data(), noted.size) == 0 &&
      signature.size() == done.size &&
      crypto::ConstantTimeEqual(signature, ByteView(done.signature.data(), done.size));
  done.proxy = nullptr;
  WipeMemory(done.signature.data(), done.size);
  if (!is_it) return std::nullopt;
  noted.proxy = nullptr;
  return done.verified;
}

WithVerification::WithVerification() { verification.is_announced = true; }

WithVerification::~WithVerification() {
  verification.is_announced = false;
  verification.proxy = nullptr;
  WipeMemory(verification.signature.data(), verification.size);
}

}  // namespace kmaas::hsm::worker
