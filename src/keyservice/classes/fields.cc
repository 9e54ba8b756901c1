#include "keyservice/classes/fields.h"

#include "base/limits.h"

namespace kmaas::keyservice {
namespace {

using Words = std::span<const std::string_view>;

template <auto Member>
std::uint32_t Get(const ClassRules& rules) {
  return static_cast<std::uint32_t>(rules.*Member);
}
template <auto Member>
void Set(ClassRules& rules, std::uint32_t value) {
  using Value = std::remove_reference_t<decltype(rules.*Member)>;
  rules.*Member = static_cast<Value>(value);
}

struct Bounds {
  std::uint32_t min;
  std::uint32_t max;
};

template <auto Member>
constexpr Field Number(std::string_view name, Bounds bounds, Stronger stronger,
                       std::string_view meaning) {
  return {name, Get<Member>, Set<Member>, {}, bounds.min, bounds.max, stronger, meaning};
}
template <auto Member>
constexpr Field Choice(std::string_view name, Words words, std::string_view meaning,
                       Stronger stronger = Stronger::kMore) {
  const auto last = static_cast<std::uint32_t>(words.size() - 1);
  return {name, Get<Member>, Set<Member>, words, 0, last, stronger, meaning};
}

constexpr std::string_view kNeeds[] = {"optional", "required"};
constexpr std::string_view kNonProduction[] = {"refused", "justified", "exception"};
constexpr std::string_view kCustodies[] = {"wrapped", "resident"};
constexpr std::string_view kNoYes[] = {"no", "yes"};
constexpr std::string_view kStrengths[] = {"any", "totp", "hardware"};
constexpr std::string_view kLevels[] = {"AO", "MA", "SA"};
constexpr std::string_view kSeparations[] = {"advised", "four-functions",
                                             "four-functions-controlled"};
constexpr std::string_view kSystems[] = {"signed", "mtls", "mtls-and-network"};
constexpr std::string_view kUses[] = {"counters", "every-call", "fail-closed"};
constexpr std::string_view kProtections[] = {"chain", "signed-encrypted"};
constexpr std::string_view kDeliveries[] = {"batch", "live", "live-with-alarm"};
constexpr std::string_view kBackups[] = {"wrapped", "custodian-pair", "custodians",
                                         "custodians-ceremony"};

constexpr Bounds kDays{1, 36'500};
constexpr Bounds kPersons{0, 9};
constexpr Bounds kDeletion{limits::kDeletionWindowDaysMin, limits::kDeletionWindowDaysMax};

using R = ClassRules;
constexpr Field kFields[] = {
    Choice<&R::key>("key", kNeeds, "whether data of the class have to be encrypted"),
    Choice<&R::non_production>("non_production", kNonProduction,
                               "keys outside of production: none, with a justification, or only "
                               "with two approvals, one of them the security officer's",
                               Stronger::kNeither),
    Choice<&R::custody>("custody", kCustodies, "where a key lives: at least so well kept"),
    Number<&R::rsa_bits_min>("rsa_bits_min", {2048, 4096}, Stronger::kMore, "least size of RSA"),
    Number<&R::ec_bits_min>("ec_bits_min", {224, 521}, Stronger::kMore, "least size of a curve"),
    Number<&R::hash_bits_min>("hash_bits_min", {224, 512}, Stronger::kMore,
                              "least size of a hash, and of a MAC key"),
    Number<&R::rotation_days>("rotation_days", {90, 2560}, Stronger::kLess,
                              "rotation of a symmetric key whose request names none"),
    Number<&R::rotation_days_max>("rotation_days_max", {90, 2560}, Stronger::kLess,
                                  "longest rotation that a request may name"),
    Choice<&R::expiry>("expiry", kNeeds, "whether a key has an expiry date"),
    Number<&R::lifetime_days_max>("lifetime_days_max", kDays, Stronger::kLess,
                                  "longest time from activation to expiry"),
    Number<&R::deletion_wait_days>("deletion_wait_days", kDeletion, Stronger::kMore,
                                   "days between the revocation and the destruction of a key"),
    Number<&R::approvals_create>("approvals_create", kPersons, Stronger::kMore,
                                 "persons who approve a new key"),
    Number<&R::approvals_change>("approvals_change", kPersons, Stronger::kMore,
                                 "persons who approve a change of policy, or disabling"),
    Number<&R::approvals_delete>("approvals_delete", kPersons, Stronger::kMore,
                                 "persons who approve a revocation"),
    Number<&R::approvers_min>("approvers_min", kPersons, Stronger::kMore,
                              "approvers that there have to be"),
    Choice<&R::officer_for_delete>("officer_for_delete", kNoYes,
                                   "whether the security officer is one who approves a revocation"),
    Choice<&R::mfa>("mfa", kStrengths, "least second factor of whoever manages keys"),
    Number<&R::mfa_age_seconds_max>("mfa_age_seconds_max", {30, 86'400}, Stronger::kLess,
                                    "greatest age of that factor"),
    Choice<&R::pam>("pam", kLevels, "level of privileged access"),
    Number<&R::elevation_minutes_max>("elevation_minutes_max", {5, 1440}, Stronger::kLess,
                                      "longest elevation"),
    Choice<&R::separation>("separation", kSeparations, "separation of duties"),
    Choice<&R::systems>("systems", kSystems, "how systems prove who they are"),
    Choice<&R::use_audit>("use_audit", kUses, "what is recorded of each use of a key"),
    Choice<&R::audit_protection>("audit_protection", kProtections, "how records are protected"),
    Choice<&R::siem>("siem", kDeliveries, "how records reach the SIEM"),
    Number<&R::log_retention_days>("log_retention_days", kDays, Stronger::kMore,
                                   "how long records are kept"),
    Number<&R::access_review_days>("access_review_days", {1, 730}, Stronger::kLess,
                                   "how often access is reviewed"),
    Choice<&R::backup>("backup", kBackups, "how keys are backed up"),
};

}  // namespace

std::span<const Field> Fields() { return kFields; }

std::string ValueText(const Field& field, const ClassRules& rules) {
  const std::uint32_t value = field.get(rules);
  return field.words.empty() ? std::to_string(value) : std::string(field.words[value]);
}

}  // namespace kmaas::keyservice
