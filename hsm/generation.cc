// Starting an engine generation.
#include "hsm/generation.h"

#include <algorithm>

#include "base/log.h"
#include "crypto/digest.h"
#include "hsm/errors.h"
#include "hsm/known_answers.h"
#include "hsm/pin_verdict.h"
#include "hsm/token_files.h"

namespace kmaas::hsm {
namespace {

constexpr std::string_view kFingerprintQuestion = "kmaas engine fingerprint v1";

Error PinRefused(Rv rv, const std::string& label) {
  return {ErrorCode::kAccessDenied,
          "The token \"" + label + "\" refuses the user PIN (" + Describe(rv) +
              "). It was tried once and will not be tried again.",
          Describe(rv)};
}

Result<void> RefuseWeakProfile(const TokenProfile& profile, bool accept_weak) {
  if (profile.separates_keys) return {};
  if (accept_weak) {
    log::Warning("hsm_weak_token_accepted", {{"token", profile.name}});
    return {};
  }
  return Error{ErrorCode::kUnsupportedOperation,
               std::string(profile.name) +
                   " does not keep keys apart: whoever has a session reads them. It is fit for "
                   "tests only.",
               "weak token"};
}

}  // namespace

Result<std::unique_ptr<Generation>> Generation::Start(const std::shared_ptr<Library>& library,
                                                      const EngineOptions& options) {
  KM_TRY(auto token, Token::Find(library, {options.token_label, options.token_serial}));
  std::unique_ptr<Generation> generation(new Generation(std::move(token), options.cached_keys_max));
  KM_CHECK(generation->Begin(options));
  return generation;
}

Result<void> Generation::Begin(const EngineOptions& options) {
  KM_CHECK(RefuseWeakProfile(*profile_, options.accept_weak_token));
  // Its serial number is part of what anchors are made with.
  if (const Rv rv = token_->Refresh(); !rv.ok())
    return SetupError(rv, "The token does not say the same of itself twice");
  KM_CHECK(LogIn(options));
  KM_CHECK(ProbeMac(keeper_));
  KM_CHECK(ProbeRandom(keeper_));
  KM_CHECK(options.key_store ? TakeKeyStoreKey(options) : TakeServiceKeys(options));
  const Rv rv = Mac(keeper_, keys_.integrity, AsBytes(kFingerprintQuestion), fingerprint_);
  if (!rv.ok()) return SetupError(rv, "The integrity key makes no MAC");
  KM_CHECK(OpenSessions(options.short_lane.width, short_sessions_));
  return OpenSessions(options.long_lane.width, long_sessions_);
}

Result<void> Generation::LogIn(const EngineOptions& options) {
  Rv rv = Session::Open(token_, keeper_);
  if (!rv.ok()) return SetupError(rv, "The token opens no session");
  // Whoever has logged in to the token of a key store before may have done so as the service.
  const auto log_in = [&] {
    return options.key_store ? keeper_.LoginFirst(Role::kUser, options.user_pin.view())
                             : keeper_.Login(Role::kUser, options.user_pin.view());
  };
  rv = options.pin_verdict == nullptr ? log_in() : options.pin_verdict->Ask(log_in);
  if (IsPinRefusal(rv.code)) return PinRefused(rv, token_->facts().label);
  if (!rv.ok()) return SetupError(rv, "The token does not let the user log in");
  return {};
}

Result<void> Generation::TakeServiceKeys(const EngineOptions& options) {
  KM_TRY(wrap_, ProbeWrap(keeper_, *profile_));
  KM_TRY(keys_, FindServiceKeys(keeper_, {*profile_, wrap_.mechanism, options.accept_weak_token}));
  KM_CHECK(SeekRoots(keeper_, options.accept_weak_token));
  wrapping_root_ = roots()->generations().front();
  return ProbeAuditKey(keeper_, keys_.audit, keys_.audit_public_key);
}

Result<void> Generation::SeekRoots(const Session& session, bool accept_weak) {
  KM_TRY(Roots found, FindRoots(session, {*profile_, wrap_.mechanism, accept_weak}));
  auto shared = std::make_shared<const Roots>(std::move(found));
  const std::lock_guard lock(roots_mutex_);
  roots_ = std::move(shared);
  return {};
}

std::shared_ptr<const Roots> Generation::roots() const {
  const std::lock_guard lock(roots_mutex_);
  return roots_;
}

Result<void> Generation::WrapWith(std::uint32_t root_generation) {
  const std::vector<std::uint32_t> whole = roots()->generations();
  if (std::ranges::find(whole, root_generation) == whole.end())
    return Error{ErrorCode::kNotFound,
                 "The token \"" + token_->facts().label + "\" does not have generation " +
                     std::to_string(root_generation) +
                     " of the roots, which the database uses. It is another token, or an older "
                     "copy of it: restore the token from a backup made after `kmaas root add`.",
                 "no root of generation " + std::to_string(root_generation)};
  wrapping_root_ = root_generation;
  return {};
}

Result<void> Generation::TakeKeyStoreKey(const EngineOptions& options) {
  KM_TRY(const KeyStoreKey key,
         FindOrMakeKeyStoreKey(keeper_, {*profile_, wrap_.mechanism, options.accept_weak_token}));
  keys_.integrity = key.handle;
  if (!key.is_new) return {};
  return FlushFiles(FilesToFlush(), FlushScope::kAll);
}

Result<void> Generation::OpenSessions(std::size_t count, std::vector<Session>& sessions) {
  sessions.resize(count);
  for (Session& session : sessions) {
    const Rv rv = Session::Open(token_, session);
    if (!rv.ok()) return SetupError(rv, "The token opens too few sessions");
  }
  return {};
}

Rv Generation::Reopen(const Session& session) {
  for (auto* sessions : {&short_sessions_, &long_sessions_})
    for (Session& own : *sessions)
      if (&own == &session) return Session::Open(token_, own);
  return {CKR_SESSION_HANDLE_INVALID, "C_OpenSession"};
}

Rv Generation::UnwrapIntoKeeper(ObjectHandle root, ByteView blob, const Template& attributes,
                                ObjectHandle& out) {
  const std::lock_guard lock(keeper_mutex_);
  return keeper_.Unwrap(wrap_.mechanism, root, blob, attributes, out);
}

Rv Generation::CheckAlive(const Session& session) const {
  Rv rv = token_->Refresh();
  if (!rv.ok()) return rv;
  Fingerprint answer{};
  rv = Mac(session, keys_.integrity, AsBytes(kFingerprintQuestion), answer);
  if (rv.ok() && !crypto::ConstantTimeEqual(answer, fingerprint_)) rv.code = kWrongAnswer;
  return rv;
}

std::string Generation::FilesToFlush() const {
  return profile_->directory == nullptr ? std::string() : profile_->directory();
}

}  // namespace kmaas::hsm
