// Cloning tokens, and using groups.
#include "tests/component/hsm_group/group_world.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "crypto/aead.h"
#include "crypto/ecdsa.h"
#include "hsm/ceremony.h"
#include "hsm/shared_module.h"

namespace kmaas::hsm {
namespace {

namespace fs = std::filesystem;

constexpr char kSerialOfB[] = "b0b0b0b0b0b0b0b0";
constexpr std::chrono::seconds kPatience{10};
constexpr std::uint64_t kEpochsOfAScript = 100'000;

template <class T>
T Must(Result<T> result) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "%s [%s]\n", result.error().message.c_str(), result.error().detail.c_str());
  std::exit(1);
}

SecretBytes Secret(const std::string& text) { return SecretBytes(AsBytes(text)); }

CeremonyOptions CeremonyOf(const fakes::SoftToken& token, const std::string& label) {
  return {.module_path = token.module_path(),
          .token_label = label,
          .so_pin = Secret(token.so_pin()),
          .user_pin = Secret(token.user_pin())};
}

std::string SerialIn(const std::string& directory) {
  std::string name = fs::path(directory).filename();
  std::erase(name, '-');
  return name.substr(name.size() - 16);
}

Deadline Soon() { return Deadline::After(SystemClock(), kPatience); }

ports::MaterialPlan PlanOf(domain::KeySpec spec, domain::KeyUsage usage) {
  ports::MaterialPlan plan{.spec = spec, .usage = usage};
  crypto::ProcessRandom(plan.id.bits);
  return plan;
}

template <class T>
void Expect(const char* what, const Result<T>& result, bool right, std::string& failures) {
  if (!result)
    failures += std::string(what) + ": " + result.error().detail + "\n";
  else if (!right)
    failures += std::string(what) + ": a wrong answer\n";
}

}  // namespace

domain::KeyMaterial Made(EngineGroup& group, const ports::MaterialPlan& plan) {
  return ports::MaterialOf(plan, Must(group.GenerateMaterial(plan, Soon())));
}

bool IsUp(const EngineGroup& group, const std::string& name) {
  for (const MemberFacts& one : group.members())
    if (one.name == name) return one.up;
  return false;
}

Script::Script(EngineGroup& group) {
  using domain::KeySpec;
  using domain::KeyUsage;
  symmetric_ = Made(group, PlanOf(KeySpec::kSymmetricDefault, KeyUsage::kEncryptDecrypt));
  hmac_ = Made(group, PlanOf(KeySpec::kHmac256, KeyUsage::kGenerateVerifyMac));
  signer_ = Made(group, PlanOf(KeySpec::kEccNistP256, KeyUsage::kSignVerify));
  key_ = ToBytes(Must(group.DeriveMessageKey(symmetric_, AsBytes("input"), Soon())).view());
  mac_ = Must(group.MakeMac(hmac_, domain::MacAlgorithm::kHmacSha256, AsBytes("text"), Soon()));
  service_key_ =
      ToBytes(Must(group.DeriveServiceKey(ports::ServiceKey::kSeal, "script", {}, Soon())).view());
  // Beyond what earlier groups over the same tokens left there.
  static std::uint64_t epoch = 0;
  head_.epoch = epoch += kEpochsOfAScript;
}

std::string Script::Use(EngineGroup& group) {
  std::string failures;
  const auto key = group.DeriveMessageKey(symmetric_, AsBytes("input"), Soon());
  Expect("DeriveMessageKey", key, key && ToBytes(key->view()) == key_, failures);
  const auto mac = group.MakeMac(hmac_, domain::MacAlgorithm::kHmacSha256, AsBytes("text"), Soon());
  Expect("MakeMac", mac, mac && *mac == mac_, failures);
  const auto signature = group.Sign(signer_, domain::SigningAlgorithm::kEcdsaSha256, key_, Soon());
  Expect("Sign", signature, true, failures);
  Bytes random(32);
  Expect("GenerateRandom", group.GenerateRandom(random, Soon()), true, failures);
  const auto derived = group.DeriveServiceKey(ports::ServiceKey::kSeal, "script", {}, Soon());
  Expect("DeriveServiceKey", derived, derived && ToBytes(derived->view()) == service_key_,
         failures);
  std::array<std::uint8_t, 32> digest{};
  const auto seal = group.SignAuditDigest(digest, Soon());
  const auto audit_key = group.AuditPublicKey();
  Expect("SignAuditDigest", seal,
         seal && audit_key && crypto::VerifyP256(*audit_key, digest, *seal), failures);
  const auto plan = PlanOf(domain::KeySpec::kSymmetricDefault, domain::KeyUsage::kEncryptDecrypt);
  Expect("GenerateMaterial", group.GenerateMaterial(plan, Soon()), true, failures);
  ++head_.epoch;
  Expect("WriteAnchor", group.anchor().WriteAnchor(head_, Soon()), true, failures);
  const auto read = group.anchor().ReadAnchor(Soon());
  Expect("ReadAnchor", read, read && *read == head_, failures);
  return failures;
}

GroupWorld::GroupWorld() : token_(fakes::SoftToken::Create()) {
  Must(MakeServiceKeys(CeremonyOf(token_, token_.label())));
  const std::string serial = token_.serial();
  (void)token_.CloneToken(kSerialOfB);
  MakePlace(a_, "a", token_.label(), serial);
  MakePlace(b_, "b", token_.label(), kSerialOfB);
}

void GroupWorld::MakePlace(Place& place, std::string name, std::string label, std::string serial) {
  const std::string shim = token_.directory() + "/" + name + ".so";
  fs::copy_file(KMAAS_SHIM, shim);
  fs::copy_file(token_.module_path(), shim + ".module");
  place.name = std::move(name);
  place.label = std::move(label);
  place.serial = std::move(serial);
  place.pin = token_.user_pin();
  place.plan = std::make_unique<shim::FaultPlan>(shim + ".plan");
  place.module = Must(SharedModule::Load(shim, ""));
}

Place& GroupWorld::stranger() {
  if (stranger_.module != nullptr) return stranger_;
  const std::string directory = token_.AddToken("stranger");
  Must(MakeServiceKeys(CeremonyOf(token_, "stranger")));
  MakePlace(stranger_, "stranger", "stranger", SerialIn(directory));
  return stranger_;
}

void GroupWorld::AddRoots() {
  CeremonyOptions ceremony = CeremonyOf(token_, token_.label());
  ceremony.token_serial = a_.serial;
  Must(hsm::AddRoots(std::move(ceremony)));
  (void)token_.CloneToken(b_.serial);
}

GroupSeat GroupWorld::SeatAt(const Place& place) const {
  return {place.name, place.name, [this, at = &place] {
            EngineOptions options{.module_path = at->module == nullptr ? "" : at->name,
                                  .token_label = at->label,
                                  .token_serial = at->serial,
                                  .user_pin = Secret(at->pin),
                                  .recovery_interval = std::chrono::milliseconds(0),
                                  .module = at->module};
            options.is_member = true;
            return Engine::Open(std::move(options), clock_);
          }};
}

Result<std::unique_ptr<EngineGroup>> GroupWorld::Open(const std::vector<const Place*>& places,
                                                      Spread spread) const {
  std::vector<GroupSeat> seats;
  for (const Place* place : places) seats.push_back(SeatAt(*place));
  GroupOptions options;
  options.spread = spread;
  return EngineGroup::Open(std::move(seats), options, clock_);
}

}  // namespace kmaas::hsm
