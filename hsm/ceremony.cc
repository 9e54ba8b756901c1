// The ceremonies, in the order that SoftHSM needs: docs/architecture.md, "Keys".
#include "hsm/ceremony.h"

#include <map>
#include <memory>
#include <utility>

#include "base/log.h"
#include "hsm/attack_trials.h"
#include "hsm/errors.h"
#include "hsm/key_templates.h"
#include "hsm/known_answers.h"
#include "hsm/own_objects.h"
#include "hsm/service_keys.h"
#include "hsm/token_files.h"
#include "hsm/token_profiles.h"

namespace kmaas::hsm {
namespace {

constexpr std::uint32_t kFirstGeneration = 1;

class Ceremony {
 public:
  Ceremony(const CeremonyOptions& options, std::shared_ptr<Library> library)
      : options_(options), library_(std::move(library)) {}

  // The first one.
  Result<CeremonyReport> Perform();
  // A later one.
  Result<CeremonyReport> PerformAddition();

 private:
  void Say(std::string_view step) const {
    if (options_.progress) options_.progress(step);
  }
  Result<void> FindToken();
  Result<void> LogIn(Role role, const Session& session) const;
  Result<void> RefuseWhatIsThere(const Session& session) const;
  Result<void> CheckFirst(bool is_addition);
  Result<void> PlanAddition(const Session& session);
  // From the officer's originals to roots that are kept; `session` is the user's then.
  Result<void> MakeRoots(Session& session);
  Result<void> MakeOriginals();
  Result<void> Rehearse();
  Result<void> KeepRoots(const Session& session);
  Result<void> MakeWeakRoots(const Session& session);
  Result<void> MakeServiceKeys(const Session& session);
  Result<void> Flush();
  Result<void> ReadBack(const Session& session);
  Result<void> AttackKept(const Session& session, std::vector<ObjectHandle> lasting,
                          std::string_view advice);
  bool IsThere(RootClass root) const { return there_.Find(root, report_.generation).has_value(); }
  Expectation expected() const { return {*profile_, wrap_.mechanism, options_.accept_weak_token}; }
  Result<void> Judge(std::vector<AttackOutcome> outcomes, std::string_view when);
  AttributeList Portable(AttributeList list) const {
    const auto& refused = profile_->not_on_token_objects;
    return Without(std::move(list), {refused.begin(), refused.end()});
  }
  void Made(std::string_view label) {
    report_.made.push_back(std::string(label) + " generation " +
                           std::to_string(report_.generation));
  }

  const CeremonyOptions& options_;
  std::shared_ptr<Library> library_;
  std::shared_ptr<Token> token_;
  const TokenProfile* profile_ = nullptr;
  WrapMethod wrap_{};
  // Holds the officer's originals; they go when it closes.
  Session officer_;
  std::map<RootClass, ObjectHandle> originals_;
  Roots there_;  // before the ceremony
  CeremonyReport report_;
};

Result<void> Ceremony::FindToken() {
  KM_TRY(token_, Token::Find(library_, {options_.token_label, options_.token_serial}));
  profile_ = &ProfileOf(token_->facts());
  report_.token_label = token_->facts().label;
  report_.token_serial = token_->facts().serial;
  if (profile_->separates_keys || options_.accept_weak_token) return {};
  return Error{ErrorCode::kUnsupportedOperation,
               std::string(profile_->name) +
                   " does not keep keys apart: whoever has a session reads them. Nothing was made.",
               "weak token"};
}

Result<void> Ceremony::LogIn(Role role, const Session& session) const {
  const bool user = role == Role::kUser;
  const std::string who = user ? "the user" : "the security officer";
  const Rv rv = session.Login(role, user ? options_.user_pin.view() : options_.so_pin.view());
  if (IsPinRefusal(rv.code)) {
    return Error{
        ErrorCode::kAccessDenied,
        "The token refuses the PIN of " + who + " (" + Describe(rv) + "). It was tried once.",
        Describe(rv)};
  }
  if (!rv.ok()) return SetupError(rv, "The token does not let " + who + " log in");
  return {};
}

Result<void> Ceremony::RefuseWhatIsThere(const Session& session) const {
  KM_TRY(const OwnObjects own, ListOwnObjects(session));
  if (own.objects.empty() && own.resident_keys == 0 && own.import_keys == 0) return {};
  std::string list;
  for (const TokenObject& object : own.objects) {
    list += (list.empty() ? "" : ", ") + object.label + " generation " +
            std::to_string(object.generation);
  }
  if (own.resident_keys != 0)
    list += (list.empty() ? "" : ", ") + std::to_string(own.resident_keys) + " resident keys";
  if (own.import_keys != 0)
    list += (list.empty() ? "" : ", ") + std::to_string(own.import_keys) + " keys of imports";
  return Error{ErrorCode::kAlreadyExists,
               "The token \"" + report_.token_label + "\" already has keys of kmaas: " + list +
                   ". Nothing was changed.",
               "token not empty"};
}

// All that can be found out before anything is made.
Result<void> Ceremony::CheckFirst(bool is_addition) {
  Session session;
  const Rv rv = Session::Open(token_, session);
  if (!rv.ok()) return SetupError(rv, "The token opens no session");
  KM_CHECK(LogIn(Role::kUser, session));
  if (!is_addition) KM_CHECK(RefuseWhatIsThere(session));
  Say("Testing what the token really does");
  KM_CHECK(ProbeMac(session));
  KM_CHECK(ProbeRandom(session));
  KM_TRY(wrap_, ProbeWrap(session, *profile_));
  report_.generation = kFirstGeneration;
  // Closing the last session logs the user out.
  return is_addition ? PlanAddition(session) : Result<void>();
}

Result<void> Ceremony::PlanAddition(const Session& session) {
  KM_CHECK(FindServiceKeys(session, expected()));
  KM_TRY(there_, FindRoots(session, expected()));
  report_.generation = there_.generations().back() + 1;
  return {};
}

Result<void> Ceremony::MakeOriginals() {
  Say("Making the root keys as security officer");
  Rv rv = Session::Open(token_, officer_);
  if (!rv.ok()) return SetupError(rv, "The token opens no session");
  KM_CHECK(LogIn(Role::kOfficer, officer_));
  for (const RootClass root : kRootClasses) {
    const RootLife life = options_.lasting_roots ? RootLife::kLasting : RootLife::kRetirable;
    rv = officer_.GenerateKey(CKM_AES_KEY_GEN, Template(RootMaking(root, wrap_.mechanism, life)),
                              originals_[root]);
    if (!rv.ok()) return SetupError(rv, "The security officer cannot make a trusted key");
  }
  return {};
}

Result<void> Ceremony::Rehearse() {
  Say("Attacking a rehearsal root key");
  Session session;
  Rv rv = Session::Open(token_, session);
  if (!rv.ok()) return SetupError(rv, "The token opens no session");
  AttackTarget target{{}, wrap_.mechanism};
  const Template rehearsing(RootRehearsing());
  rv = session.Copy(originals_[RootClass::kMac], rehearsing, target.root);
  if (rv.ok()) rv = session.Copy(originals_[RootClass::kSign], rehearsing, target.sign_root);
  if (!rv.ok()) return SetupError(rv, "The user cannot copy a trusted key");
  if (options_.lasting_roots) target.lasting = {target.root};
  return Judge(TryAttacks(session, target), "Nothing was kept in the token.");
}

Result<void> Ceremony::Judge(std::vector<AttackOutcome> outcomes, std::string_view when) {
  std::string succeeded;
  for (const AttackOutcome& outcome : outcomes) {
    const std::string text =
        outcome.attack + " (row " + std::to_string(outcome.row) + ", " + outcome.answer + ")";
    if (outcome.withstood || succeeded.find(text) != std::string::npos) continue;
    succeeded += (succeeded.empty() ? "" : "; ") + text;
  }
  report_.attacks = std::move(outcomes);
  if (succeeded.empty()) return {};
  if (!options_.accept_weak_token) {
    return Error{
        ErrorCode::kUnsupportedOperation,
        "The token does not withstand attacks on its keys: " + succeeded + ". " + std::string(when),
        "attack succeeded"};
  }
  report_.weak = true;
  report_.warnings.push_back("WEAK TOKEN ACCEPTED: whoever has a session can " + succeeded +
                             ". For development only.");
  log::Warning("hsm_weak_token_accepted", {{"attacks", succeeded}});
  return {};
}

Result<void> Ceremony::KeepRoots(const Session& session) {
  Say("Keeping the root keys");
  for (const RootClass root : kRootClasses) {
    if (IsThere(root)) continue;
    ObjectHandle kept;
    const Rv rv =
        session.Copy(originals_[root], Template(RootKeeping(root, report_.generation)), kept);
    if (!rv.ok()) return SetupError(rv, "A root key cannot be kept");
    Made(RootLabel(root));
  }
  return {};
}

Result<void> Ceremony::MakeWeakRoots(const Session& session) {
  Say("Making untrusted root keys: this token knows no other");
  for (const RootClass root : kRootClasses) {
    if (IsThere(root)) continue;
    const Template making(Portable(WeakRootMaking(root, wrap_.mechanism, report_.generation)));
    ObjectHandle made;
    const Rv rv = session.GenerateKey(CKM_AES_KEY_GEN, making, made);
    if (!rv.ok()) return SetupError(rv, "A root key cannot be made");
    Made(RootLabel(root));
  }
  return {};
}

Result<void> Ceremony::MakeServiceKeys(const Session& session) {
  Say("Making the integrity, seal and audit keys");
  for (const std::string_view label : {kIntegrityLabel, kSealLabel}) {
    ObjectHandle made;
    const Rv rv =
        session.GenerateKey(CKM_GENERIC_SECRET_KEY_GEN,
                            Template(Portable(ServiceKeyMaking(label, kFirstGeneration))), made);
    if (!rv.ok()) return SetupError(rv, "The key " + std::string(label) + " cannot be made");
    Made(label);
  }
  Session::KeyPair made;
  const Rv rv = session.GenerateKeyPair(
      CKM_EC_KEY_PAIR_GEN, Template(Portable(AuditPublicMaking(kFirstGeneration))),
      Template(Portable(AuditPrivateMaking(kFirstGeneration))), made);
  if (!rv.ok()) return SetupError(rv, "The audit key cannot be made");
  Made(kAuditLabel);
  Made(kAuditPublicLabel);
  return {};
}

Result<void> Ceremony::Flush() {
  Say("Flushing the token to disk");
  const bool found_by_profile = options_.token_directory.empty() && profile_->directory != nullptr;
  return FlushFiles(found_by_profile ? profile_->directory() : options_.token_directory,
                    FlushScope::kAll);
}

Result<void> Ceremony::ReadBack(const Session& session) {
  Say("Reading every attribute back");
  KM_TRY(const ServiceKeys keys, FindServiceKeys(session, expected()));
  KM_CHECK(ProbeAuditKey(session, keys.audit, keys.audit_public_key));
  report_.audit_public_key = keys.audit_public_key;
  return AttackKept(session, {keys.integrity, keys.seal, keys.audit},
                    "Initialise the token anew before it is used.");
}

Result<void> Ceremony::AttackKept(const Session& session, std::vector<ObjectHandle> lasting,
                                  std::string_view advice) {
  KM_TRY(const Roots roots, FindRoots(session, expected()));
  Say("Attacking the keys");
  AttackTarget target{{}, wrap_.mechanism, std::move(lasting)};
  for (const RootClass root : kRootClasses) {
    const auto kept = roots.Find(root, report_.generation);
    if (!kept)
      return Error{ErrorCode::kKmsInternal, "A root key that was made cannot be read back.",
                   "no " + std::string(RootLabel(root))};
    if (root == RootClass::kMac) target.root = *kept;
    // Where a private key opens only together with its public one, the trials do not know how.
    if (root == RootClass::kSign && profile_->point_of_private_keys == 0) target.sign_root = *kept;
    if (options_.lasting_roots) target.lasting.push_back(*kept);
  }
  return Judge(TryAttacks(session, target), advice);
}

Result<void> Ceremony::MakeRoots(Session& session) {
  const bool by_officer = profile_->officer_makes_roots;
  if (by_officer) KM_CHECK(MakeOriginals());
  // Opened before the officer logs out: with no session left the originals would be gone.
  const Rv opened = Session::Open(token_, session);
  if (!opened.ok()) return SetupError(opened, "The token opens no session");
  if (by_officer) {
    const Rv rv = session.Logout();
    if (!rv.ok()) return SetupError(rv, "The security officer cannot log out");
  }
  KM_CHECK(LogIn(Role::kUser, session));
  if (!by_officer) return MakeWeakRoots(session);
  KM_CHECK(Rehearse());
  KM_CHECK(KeepRoots(session));
  officer_.Close();
  return {};
}

Result<CeremonyReport> Ceremony::Perform() {
  KM_CHECK(FindToken());
  KM_CHECK(CheckFirst(/*is_addition=*/false));
  Session session;
  KM_CHECK(MakeRoots(session));
  KM_CHECK(MakeServiceKeys(session));
  KM_CHECK(Flush());
  KM_CHECK(ReadBack(session));
  return std::move(report_);
}

Result<CeremonyReport> Ceremony::PerformAddition() {
  KM_CHECK(FindToken());
  KM_CHECK(CheckFirst(/*is_addition=*/true));
  Session session;
  KM_CHECK(MakeRoots(session));
  KM_CHECK(Flush());
  KM_CHECK(AttackKept(session, {}, "Do not take the new roots into use."));
  return std::move(report_);
}

// Owns the module meanwhile.
Result<CeremonyReport> Hold(const CeremonyOptions& options,
                            Result<CeremonyReport> (Ceremony::*perform)()) {
  KM_TRY(const auto library, Library::Load(options.module_path, options.module_parameters));
  KM_CHECK(library->Initialize());
  auto report = (Ceremony(options, library).*perform)();
  library->Finalize();
  return report;
}

}  // namespace

Result<CeremonyReport> MakeServiceKeys(CeremonyOptions options) {
  return Hold(options, &Ceremony::Perform);
}

Result<CeremonyReport> AddRoots(CeremonyOptions options) {
  return Hold(options, &Ceremony::PerformAddition);
}

}  // namespace kmaas::hsm
