// What an information class demands of keys, and of who manages them.
#pragma once

#include <cstdint>

namespace kmaas::keyservice {

inline constexpr int kClassMin = 1;
inline constexpr int kClassMax = 5;

// Each enumeration goes from weak to strong; NonProduction aside.
enum class KeyNeed { kOptional, kRequired };
enum class NonProduction { kRefused, kJustified, kException };
enum class KeyCustody { kWrapped, kResident };
enum class Expiry { kOptional, kRequired };
enum class MfaStrength { kAny, kTotp, kHardware };  // hardware: WebAuthn or a smart card
enum class PamLevel { kAccessOnly, kManaged, kSecure };
enum class Separation { kAdvised, kFourFunctions, kFourFunctionsControlled };
enum class SystemProof { kSigned, kMutualTls, kMutualTlsAndNetwork };
enum class UseAudit { kCounters, kEveryCall, kFailClosed };
enum class AuditProtection { kChain, kSignedEncrypted };
enum class SiemDelivery { kBatch, kLive, kLiveWithAlarm };
enum class KeyBackup { kWrapped, kCustodianPair, kCustodians, kCustodiansCeremony };

struct ClassRules {
  KeyNeed key = KeyNeed::kOptional;
  NonProduction non_production = NonProduction::kRefused;
  KeyCustody custody = KeyCustody::kWrapped;  // the least; a row may ask for resident
  std::uint32_t rsa_bits_min = 0;
  std::uint32_t ec_bits_min = 0;
  std::uint32_t hash_bits_min = 0;
  std::uint32_t rotation_days = 0;      // what a row without rotation gets
  std::uint32_t rotation_days_max = 0;  // what a row may ask for
  Expiry expiry = Expiry::kOptional;
  std::uint32_t lifetime_days_max = 0;
  std::uint32_t deletion_wait_days = 0;
  std::uint32_t approvals_create = 0;
  std::uint32_t approvals_change = 0;  // of a key's policy; disabling it
  std::uint32_t approvals_delete = 0;
  std::uint32_t approvers_min = 0;  // how many there have to be, so that one absence stops nobody
  bool officer_for_delete = false;  // one of those approvals is the security officer's
  MfaStrength mfa = MfaStrength::kAny;
  std::uint32_t mfa_age_seconds_max = 0;
  PamLevel pam = PamLevel::kAccessOnly;
  std::uint32_t elevation_minutes_max = 0;
  Separation separation = Separation::kAdvised;
  SystemProof systems = SystemProof::kSigned;
  UseAudit use_audit = UseAudit::kCounters;
  AuditProtection audit_protection = AuditProtection::kChain;
  SiemDelivery siem = SiemDelivery::kBatch;
  std::uint32_t log_retention_days = 0;
  std::uint32_t access_review_days = 0;
  KeyBackup backup = KeyBackup::kWrapped;
};

}  // namespace kmaas::keyservice
