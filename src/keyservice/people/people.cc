#include "keyservice/people/people.h"

#include <algorithm>

#include "base/ascii_case.h"

namespace kmaas::keyservice {

const Person* People::FindPerson(std::string_view id) const {
  const auto found = persons_.find(id);
  return found == persons_.end() ? nullptr : &found->second;
}

const Entity* People::FindEntity(std::string_view code) const {
  const auto found = entities_.find(code);
  return found == entities_.end() ? nullptr : &found->second;
}

const Person* People::PersonOf(std::string_view account_arn) const {
  const auto found = person_of_.find(account_arn);
  return found == person_of_.end() ? nullptr : FindPerson(found->second);
}

Result<std::optional<KnownPrincipal>> People::Find(std::string_view name) const {
  const bool is_arn = name.starts_with("arn:");
  if (is_arn && systems_.contains(name))
    return std::optional(KnownPrincipal{std::string(name), {}});
  const Person* person = PersonOf(is_arn ? std::string(name) : LowerAscii(name));
  if (person == nullptr) return std::optional<KnownPrincipal>();
  return std::optional(
      KnownPrincipal{is_arn ? std::string(name) : person->accounts.front(), person->id});
}

Result<bool> People::Belongs(std::string_view person, std::string_view entity_code) const {
  const Person* found = FindPerson(person);
  return found != nullptr && found->entities.contains(std::string(entity_code));
}

Result<bool> People::HasApprovers(std::string_view entity_code) const {
  return std::any_of(persons_.begin(), persons_.end(), [&](const auto& one) {
    return one.second.approves.contains(std::string(entity_code));
  });
}

Result<std::optional<Approver>> People::FindApprover(std::string_view person) const {
  const Person* found = FindPerson(person);
  if (found == nullptr || found->role != Role::kApprover) return std::optional<Approver>();
  return std::optional(Approver{found->approves, found->central});
}

}  // namespace kmaas::keyservice
