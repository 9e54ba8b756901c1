// The calls of the port that are not about customers' keys; those stand in engine_materials.cc.
#include "hsm/engine.h"

#include <algorithm>
#include <utility>

#include "crypto/aead.h"
#include "crypto/ecdsa.h"
#include "hsm/engine_core.h"
#include "hsm/service_keys.h"
#include "hsm/token_anchor.h"
#include "hsm/token_keys.h"
#include "hsm/token_roots.h"
#include "hsm/worker/isolated_module.h"

namespace kmaas::hsm {
namespace {

constexpr Manner kShortForService{LaneKind::kShort, ErrorCode::kDependencyTimeout};
constexpr Manner kLongForService{LaneKind::kLong, ErrorCode::kDependencyTimeout};

// Fewer zero bytes than this come by chance.
constexpr std::size_t kSuspiciousZeros = 16;

bool LooksDead(ByteView bytes) {
  return bytes.size() >= kSuspiciousZeros &&
         std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

Engine::Engine(std::unique_ptr<EngineCore> core)
    : core_(std::move(core)),
      anchor_(std::make_unique<TokenAnchor>(*core_)),
      token_keys_(std::make_unique<TokenKeys>(*core_)),
      roots_(std::make_unique<TokenRoots>(*core_)) {}
Engine::~Engine() { EngineCore::End(std::move(core_)); }

Result<std::unique_ptr<Engine>> Engine::Open(EngineOptions options, const Clock& clock) {
  KM_TRY(auto core, EngineCore::Open(std::move(options), clock));
  return std::unique_ptr<Engine>(new Engine(std::move(core)));
}

ports::TokenAnchor& Engine::anchor() { return *anchor_; }
ports::TokenKeys& Engine::token_keys() { return *token_keys_; }

ports::TokenRoots& Engine::roots() { return *roots_; }

void Engine::Close() { core_->Close(); }

bool Engine::IsPinRefused() const { return core_->IsPinRefused(); }

bool Engine::IsAway() const { return core_->IsAway(); }

Result<void> Engine::Revive(Deadline deadline) { return core_->Revive(deadline); }

Result<void> Engine::GenerateRandom(MutableByteView out, Deadline deadline) {
  return core_->Run<void>(kShortForService, deadline, [&](Call& call) -> Result<void> {
    if (out.empty()) return {};
    Rv rv = call.session().Random(out);
    if (rv.ok() && LooksDead(out)) rv.code = kWrongAnswer;
    if (!rv.ok()) return call.Fail(rv);
    // From two generators: one that is weak, watched or spoilt on its way is not enough.
    SecretBytes more(out.size());
    crypto::ProcessRandom(more.span());
    for (std::size_t i = 0; i < out.size(); ++i) out[i] ^= more.view()[i];
    return {};
  });
}

Result<SecretBytes> Engine::DeriveServiceKey(ports::ServiceKey key, std::string_view label,
                                             ByteView context, Deadline deadline) {
  return core_->Run<SecretBytes>(
      kShortForService, deadline, [&](Call& call) -> Result<SecretBytes> {
        const ServiceKeys& keys = call.generation().keys();
        const ObjectHandle handle =
            key == ports::ServiceKey::kIntegrity ? keys.integrity : keys.seal;
        SecretBytes derived(kMacBytes);
        const Rv rv = DeriveUnder(call.session(), handle, label, context, derived.span());
        if (!rv.ok()) return call.Fail(rv);
        return derived;
      });
}

Result<Bytes> Engine::SignAuditDigest(const std::array<std::uint8_t, 32>& digest,
                                      Deadline deadline) {
  return core_->Run<Bytes>(kLongForService, deadline, [&](Call& call) -> Result<Bytes> {
    Bytes signature(crypto::kP256SignatureBytes);
    std::size_t written = 0;
    const ServiceKeys& keys = call.generation().keys();
    Rv rv = call.session().Sign(CKM_ECDSA, keys.audit, digest, signature, written);
    // A seal that does not verify is worse than none: it would be found years later.
    if (rv.ok() && (written != signature.size() ||
                    !crypto::VerifyP256(keys.audit_public_key, digest, signature)))
      rv.code = kWrongAnswer;
    if (!rv.ok()) return call.Fail(rv);
    return signature;
  });
}

Result<Bytes> Engine::AuditPublicKey() { return core_->audit_public_key(); }

ports::EngineStatus Engine::Status() const { return core_->Status(); }

EngineCounters Engine::counters() const { return core_->counters(); }

Result<void> Engine::CheckHealth(Deadline deadline) {
  // Once: a worker for whose budget the start alone is too much would never be healthy.
  bool may_be_replaced = true;
  KM_CHECK(core_->Run<void>(kShortForService, deadline, [&](Call& call) -> Result<void> {
    // Callers wait for the new one, as for any generation; none of them is refused.
    if (std::exchange(may_be_replaced, false) &&
        worker::HasOutgrown(call.generation().token().api()))
      return call.FailAs({CKR_DEVICE_MEMORY, "a worker that has outgrown its memory"},
                         Verdict::kLost);
    const Rv rv = call.generation().CheckAlive(call.session());
    if (!rv.ok()) return call.FailAs(rv, Verdict::kLost);
    return {};
  }));
  core_->NoteAlive();
  return {};
}

}  // namespace kmaas::hsm
