// What will be made of an accepted row: exactly what approvers see, and what is made.
#pragma once

#include "keyservice/rules/row_check.h"

namespace kmaas::keyservice {

using Tag = std::pair<std::string, std::string>;

struct KeyPlan {
  Action action = Action::kNew;
  std::string key_id;  // of the live key; empty for a new one
  std::string entity_code;
  std::string alias;
  std::vector<Tag> tags;  // sorted by key
  std::string policy;     // JSON
  domain::KeySpec spec = domain::KeySpec::kSymmetricDefault;
  domain::KeyUsage usage = domain::KeyUsage::kEncryptDecrypt;
  KeyCustody custody = KeyCustody::kWrapped;
  std::optional<std::uint32_t> rotation_days;  // none: it does not rotate by itself
  Date activation{};
  std::optional<Date> expiry;
  std::uint32_t deletion_wait_days = 0;
  int information_class = 0;
  int class_to_approve = 0;
  bool exception = false;  // V3: two approvals, one of them the security officer's
  // V11: outside of the own entity one approver decides even where the class asks for none; central
  // key managers decide for entities without approvers only.
  Route route = Route::kOwnEntity;
  std::vector<std::string> owners;    // persons; empty when the owner is no person
  std::vector<std::string> officers;  // persons
  std::string justification;
  std::string change_number;
  // By id of its column: what approvers see besides, and nothing is made of.
  std::vector<Tag> particulars;
};

struct PlanQuestion {
  const LookedUp& subject;  // without errors
  const ClassTable& table;
  std::string_view request_id;
  std::string_view account;  // in which the key is made; 12 digits
  // The day on which the request was submitted, whenever this is asked: "today" for whoever left
  // the activation empty, or approvals would not outlive the day.
  Date submitted;
};

// kMalformedPolicyDocument when the policy would be beyond 32 KiB; says to name roles instead.
Result<KeyPlan> PlanKey(const PlanQuestion& question);

// "alias/ovo002949/app-1234/prod/encrypt", with "-02" for the second key of that purpose.
std::string AliasOf(const Subject& subject, const ClassTable& table);

}  // namespace kmaas::keyservice
