#include "core/request_conditions.h"

#include <algorithm>

#include "base/ascii_case.h"
#include "base/encoding.h"
#include "core/call_envelope.h"
#include "core/field_values.h"
#include "core/resolver.h"
#include "ports/attestation.h"
#include "ports/key_uses.h"
#include "records/row_keys.h"

namespace kmaas::core {
namespace {

namespace pb = google::protobuf;
using policy::KnownKey;

constexpr std::string_view kAliasPrefix = "alias/";
constexpr std::string_view kAnonymous = "anonymous";
// GenerateDataKey, GenerateDataKeyPair, and both without plaintext.
constexpr std::string_view kDataKeyActions = "kms:GenerateDataKey";

std::string EpochText(WallTime time) { return std::to_string(ToEpochMillis(time) / 1000); }

std::string_view TypeName(domain::PrincipalType type) {
  switch (type) {
    case domain::PrincipalType::kIamUser:
      return "User";
    case domain::PrincipalType::kRoot:
      return "Account";
    case domain::PrincipalType::kAssumedRole:
      return "AssumedRole";
    case domain::PrincipalType::kService:
      return "Service";
  }
  return "";
}

// Two condition keys have an older name as well.
KnownKey Current(KnownKey key) {
  if (key == KnownKey::kCustomerMasterKeySpec) return KnownKey::kKeySpec;
  if (key == KnownKey::kCustomerMasterKeyUsage) return KnownKey::kKeyUsage;
  return key;
}

std::string SecondsBetween(WallTime from, WallTime to) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(to - from).count());
}

}  // namespace

bool RequestConditions::Values(const policy::ConditionKey& key, Out& values) const {
  if (question_.more != nullptr && question_.more->Values(key, values)) return true;
  for (const auto source :
       {&RequestConditions::OfPrincipal, &RequestConditions::OfSession,
        &RequestConditions::OfEnvelope, &RequestConditions::OfKey, &RequestConditions::OfEntity,
        &RequestConditions::OfRecipient, &RequestConditions::OfRequest}) {
    if (const std::optional<bool> found = (this->*source)(key, values)) return *found;
  }
  return OfFields(key.known, values);
}

std::optional<bool> RequestConditions::OfPrincipal(const policy::ConditionKey& key,
                                                   Out& out) const {
  const domain::Principal& principal = question_.principal;
  switch (key.known) {
    case KnownKey::kCallerAccount:
    case KnownKey::kPrincipalAccount:
      // Who shows an identity token is nobody of an account yet; AWS calls an unsigned call so.
      return View(principal.arn.empty() ? kAnonymous : principal.account, out);
    case KnownKey::kPrincipalArn: {
      if (principal.arn.empty()) return false;
      const bool assumed = principal.session != nullptr && !principal.session->role_arn.empty();
      return View(assumed ? principal.session->role_arn : principal.arn, out);
    }
    case KnownKey::kPrincipalType:
      return View(TypeName(principal.type), out);
    case KnownKey::kUserId:
      return View(principal.user_id, out);
    case KnownKey::kUserName:
      return principal.type == domain::PrincipalType::kIamUser && !principal.user_name.empty() &&
             View(principal.user_name, out);
    case KnownKey::kPrincipalTag:
      for (const auto& [name, value] : identity_.tags) {
        if (EqualsIgnoringCase(name, key.member)) return View(value, out);
      }
      return false;
    case KnownKey::kPrincipalIsAwsService:
    case KnownKey::kViaAwsService:
      return Flag(false, out);
    default:
      return std::nullopt;
  }
}

// Long-term credentials have no session: then these keys are absent, as at AWS.
std::optional<bool> RequestConditions::OfSession(const policy::ConditionKey& key, Out& out) const {
  const domain::Session* session = question_.principal.session.get();
  switch (key.known) {
    case KnownKey::kMultiFactorAuthPresent:
      return session != nullptr && Flag(session->mfa_time.has_value(), out);
    case KnownKey::kMultiFactorAuthAge:
      return session != nullptr && session->mfa_time &&
             Put(SecondsBetween(*session->mfa_time, clock_.Now()), out);
    case KnownKey::kTokenIssueTime:
      return session != nullptr && Put(FormatIso8601(session->issued), out);
    case KnownKey::kSourceIdentity:
      return session != nullptr && !session->source_identity.empty() &&
             View(session->source_identity, out);
    case KnownKey::kFederatedProvider:
      return session != nullptr && !session->federated_provider.empty() &&
             View(session->federated_provider, out);
    default:
      return std::nullopt;
  }
}

std::optional<bool> RequestConditions::OfEnvelope(const policy::ConditionKey& key, Out& out) const {
  const CallEnvelope* envelope = question_.envelope;
  switch (key.known) {
    case KnownKey::kCurrentTime:
      return Put(FormatIso8601(clock_.Now()), out);
    case KnownKey::kEpochTime:
      return Put(EpochText(clock_.Now()), out);
    case KnownKey::kRequestedRegion:
      // A key of another Region is asked about as it would be there.
      return View(question_.key != nullptr ? std::string_view(question_.key->region) : region_,
                  out);
    case KnownKey::kSourceIp:
      return envelope != nullptr && !envelope->source_address.empty() &&
             View(envelope->source_address, out);
    case KnownKey::kSecureTransport:
      // Every front end speaks TLS only.
      return envelope != nullptr && Flag(true, out);
    case KnownKey::kUserAgent:
      return envelope != nullptr && !envelope->user_agent.empty() &&
             View(envelope->user_agent, out);
    default:
      return std::nullopt;
  }
}

std::optional<bool> RequestConditions::OfKey(const policy::ConditionKey& key, Out& out) const {
  const domain::Key* target = question_.key;
  if (key.known == KnownKey::kResourceAccount) return Put(ResourceAccountOf(question_), out);
  if (target == nullptr) return std::nullopt;
  switch (key.known) {
    case KnownKey::kKeySpec:
    case KnownKey::kCustomerMasterKeySpec:
      return View(ToText(target->spec), out);
    case KnownKey::kKeyUsage:
    case KnownKey::kCustomerMasterKeyUsage:
      return View(ToText(target->usage), out);
    case KnownKey::kKeyOrigin:
      return View(ToText(target->origin), out);
    case KnownKey::kMultiRegion:
      return Flag(target->id.multi_region, out);
    case KnownKey::kMultiRegionKeyType:
      return target->multi_region &&
             View(ToText(target->multi_region->TypeIn(target->region)), out);
    case KnownKey::kResourceTag:
      for (const domain::Tag& tag : target->tags) {
        if (EqualsIgnoringCase(tag.key, key.member)) return View(tag.value, out);
      }
      return false;
    case KnownKey::kResourceAliases:
      return ResourceAliases(out);
    case KnownKey::kTrailingDaysWithoutKeyUsage:
      return TrailingDays(out);
    default:
      return std::nullopt;
  }
}

// A user, role, policy or device that the call acts on. Of its boundary, only the operations know
// for which AWS documents it; those that set one answer with what they set.
std::optional<bool> RequestConditions::OfEntity(const policy::ConditionKey& key, Out& out) const {
  if (question_.key != nullptr) return std::nullopt;
  switch (key.known) {
    case KnownKey::kResourceTag:
    case KnownKey::kIamResourceTag:
      for (const domain::Tag& tag : facts().tags) {
        if (EqualsIgnoringCase(tag.key, key.member)) return View(tag.value, out);
      }
      return false;
    case KnownKey::kIamPermissionsBoundary:
      if (!AsksForBoundary()) return std::nullopt;
      return !facts().permissions_boundary.empty() && View(facts().permissions_boundary, out);
    default:
      return std::nullopt;
  }
}

const EntityFacts& RequestConditions::facts() const {
  if (!facts_) {
    Result<EntityFacts> found = FactsOfEntity(catalog_, question_.resource);
    if (!found) failure_ = found.error();
    facts_ = found ? *std::move(found) : EntityFacts();
  }
  return *facts_;
}

bool RequestConditions::AsksForBoundary() const {
  if (question_.operation == nullptr) return false;
  const auto& entities = question_.operation->entities;
  return std::any_of(entities.begin(), entities.end(),
                     [](const EntityPlan& plan) { return plan.rule->boundary(); });
}

// Of an enclave, "PCR0" and so on, and its image, which is register 0; of a NitroTPM,
// "NitroTPMPCR0". The values are hexadecimal, lower case.
std::optional<bool> RequestConditions::OfRecipient(const policy::ConditionKey& key,
                                                   Out& out) const {
  if (key.known != KnownKey::kRecipientAttestation) return std::nullopt;
  const ports::Attestation* attested = question_.attestation;
  if (attested == nullptr) return false;
  const std::string prefix = attested->nitro_tpm ? "nitrotpmpcr" : "pcr";
  const bool image = !attested->nitro_tpm && key.member == "imagesha384";
  for (const auto& [index, value] : attested->pcrs) {
    if (key.member == prefix + std::to_string(index) || (image && index == 0))
      return Put(HexEncode(value), out);
  }
  return false;
}

std::optional<bool> RequestConditions::OfRequest(const policy::ConditionKey& key, Out& out) const {
  switch (key.known) {
    case KnownKey::kRequestTag:
      return RequestTag(key.member, out);
    case KnownKey::kTagKeys:
      return TagKeys(out);
    case KnownKey::kRequestAlias:
      return RequestAlias(out);
    case KnownKey::kEncryptionContext:
      return ContextValue(key.member, out);
    case KnownKey::kEncryptionContextKeys:
      return ContextKeys(out);
    case KnownKey::kGrantConstraintType:
      return PutUnlessEmpty(GrantConstraintType, out);
    case KnownKey::kGrantConstraintSourceArn:
      return PutUnlessEmpty(GrantConstraintSourceArn, out);
    case KnownKey::kGrantIsForAwsResource:
      return Flag(false, out);  // no caller here is a service of AWS
    case KnownKey::kReEncryptOnSameKey:
      return SameKey(out);
    case KnownKey::kMultiRegionKeyType:
      return NewKeyType(out);
    case KnownKey::kEncryptionAlgorithm:
      // Data keys are encrypted by the one algorithm that symmetric keys have.
      if (!question_.action.starts_with(kDataKeyActions)) return std::nullopt;
      return View(ToText(domain::EncryptionAlgorithm::kSymmetricDefault), out);
    default:
      return std::nullopt;
  }
}

// What the caller wrote goes before a default, whichever of two names of one member he used.
bool RequestConditions::OfFields(KnownKey key, Out& out) const {
  if (question_.operation == nullptr || question_.request == nullptr) return false;
  for (const auto read : {&WrittenTexts, &DefaultTexts}) {
    for (const ConditionField& field : question_.operation->conditions) {
      if (Current(field.key) != Current(key)) continue;
      if (field.target != nullptr && field.target != question_.target) continue;
      std::vector<std::string> texts = read(*field.plan, *question_.request);
      if (texts.empty()) continue;
      for (std::string& text : texts) Put(std::move(text), out);
      return true;
    }
  }
  return false;
}

bool RequestConditions::RequestTag(const std::string& member, Out& out) const {
  for (auto& [name, value] : TagsOfRequest(question_.operation, question_.request)) {
    if (EqualsIgnoringCase(name, member)) return Put(std::move(value), out);
  }
  return false;
}

bool RequestConditions::TagKeys(Out& out) const {
  const auto tags = TagsOfRequest(question_.operation, question_.request);
  for (const auto& [name, value] : tags) Put(name, out);
  return !tags.empty() || OfFields(KnownKey::kTagKeys, out);
}

// The alias by which the caller named the key, without the ARN around it.
bool RequestConditions::RequestAlias(Out& out) const {
  if (question_.target == nullptr || question_.request == nullptr) return false;
  const std::string text =
      question_.request->GetReflection()->GetString(*question_.request, question_.target);
  if (text.starts_with(kAliasPrefix)) return Put(text, out);
  const std::optional<domain::Arn> arn = domain::Arn::Parse(text);
  return arn && arn->resource.starts_with(kAliasPrefix) && Put(arn->resource, out);
}

bool RequestConditions::PutUnlessEmpty(std::string (*read)(const pb::Message&), Out& out) const {
  if (question_.request == nullptr) return false;
  std::string text = read(*question_.request);
  return !text.empty() && Put(std::move(text), out);
}

// A multi-Region key that CreateKey makes is a primary.
bool RequestConditions::NewKeyType(Out& out) const {
  Out multi_region;
  return OfFields(KnownKey::kMultiRegion, multi_region) && multi_region.front() == "true" &&
         View(ToText(domain::MultiRegionKeyType::kPrimary), out);
}

// Both keys are looked up quietly: the answer says no more than that they are one.
bool RequestConditions::SameKey(Out& out) const {
  if (question_.operation == nullptr || question_.request == nullptr || question_.key == nullptr ||
      question_.services == nullptr || question_.operation->targets.size() < 2)
    return false;
  for (const TargetPlan& plan : question_.operation->targets) {
    const auto key =
        ResolveTarget(plan, *question_.request, *question_.services, question_.principal);
    if (!key || *key == nullptr || (*key)->id != question_.key->id) return Flag(false, out);
  }
  return Flag(true, out);
}

bool RequestConditions::ResourceAliases(Out& out) const {
  const auto aliases = catalog_.FindAll<records::KeyAlias>(
      records::KeyAliasesPrefix(question_.key->region, question_.key->id));
  if (!aliases) {
    failure_ = aliases.error();
    return false;
  }
  for (const auto& alias : **aliases) Put(alias->alias_name, out);
  return !(*aliases)->empty();
}

// Whole days since the last use; of a key without one, since uses of it are noted.
bool RequestConditions::TrailingDays(Out& out) const {
  const bool applies =
      question_.action == "kms:DisableKey" || question_.action == "kms:ScheduleKeyDeletion";
  if (!applies || question_.services == nullptr || question_.services->key_uses == nullptr)
    return false;
  ports::KeyUses& uses = *question_.services->key_uses;
  const domain::Key& key = *question_.key;
  const Result<std::optional<domain::KeyUse>> use = uses.LastUse(key.region, key.id);
  if (!use) {
    failure_ = use.error();
    return false;
  }
  const WallTime since = *use ? (*use)->time : std::max(uses.tracking_since(), key.created);
  const auto days = std::chrono::floor<std::chrono::days>(clock_.Now() - since).count();
  return Put(std::to_string(std::max<std::int64_t>(days, 0)), out);
}

const domain::EncryptionContext* RequestConditions::encryption_context() const {
  if (!context_read_) {
    context_read_ = true;
    if (question_.operation != nullptr && question_.request != nullptr)
      context_ = ContextOfRequest(*question_.operation, *question_.request, question_.target);
  }
  return context_ ? &*context_ : nullptr;
}

// Condition keys are compared without regard to case, so two keys of a context may both answer.
bool RequestConditions::ContextValue(const std::string& member, Out& out) const {
  const domain::EncryptionContext* context = encryption_context();
  if (context == nullptr) return false;
  if (!folded_) folded_.emplace(*context);
  return folded_->Values(member, out);
}

bool RequestConditions::ContextKeys(Out& out) const {
  const domain::EncryptionContext* context = encryption_context();
  if (context == nullptr || context->empty()) return false;
  for (const auto& [name, value] : *context) View(name, out);
  return true;
}

}  // namespace kmaas::core
