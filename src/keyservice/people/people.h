// Who is who: persons behind accounts, the entities they belong to, what they may decide. It is
// data that an organisation edits and signs; docs/people.md explains each line.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "keyservice/approval/approval.h"
#include "keyservice/elevation/elevation.h"
#include "keyservice/rules/surroundings.h"

namespace kmaas::keyservice {

struct Person {
  std::string id;                   // lasting: of the person, whatever the account
  std::vector<std::string> emails;  // lower case; what requests name
  std::vector<std::string>
      accounts;                    // ARNs of users and roles; the first is what key policies name
  std::set<std::string> entities;  // codes: belongs to them
  Role role = Role::kRequester;
  std::set<std::string> approves;  // codes; of approvers only
  bool central = false;            // approves for entities without approvers
};

struct Entity {
  std::string code;  // "OVO002949"
  std::string name;
  std::string account;  // 12 digits: in which its keys are made
};

// Immutable once it is read, so thread-safe.
class People final : public Directory, public ApproverSource {
 public:
  // kValidation; "file:line: text" for each finding: what the format does not allow, a name,
  // account or code that two have, a code that no entity has, decisions without the role for them.
  static Result<People> Parse(std::string_view text, const std::string& file);

  std::uint64_t serial() const { return serial_; }
  const crypto::Sha256Digest& digest() const { return digest_; }

  Result<std::optional<KnownPrincipal>> Find(std::string_view name) const override;
  Result<bool> Belongs(std::string_view person, std::string_view entity_code) const override;
  Result<bool> HasApprovers(std::string_view entity_code) const override;
  Result<std::optional<Approver>> FindApprover(std::string_view person) const override;

  // Null for an unknown one.
  const Person* PersonOf(std::string_view account_arn) const;
  const Person* FindPerson(std::string_view id) const;
  const Entity* FindEntity(std::string_view code) const;
  const std::map<std::string, Entity, std::less<>>& entities() const { return entities_; }
  const std::map<std::string, Person, std::less<>>& persons() const { return persons_; }
  const std::vector<Eligibility>& eligibilities() const { return eligibilities_; }

 private:
  friend class PeopleReader;

  std::uint64_t serial_ = 0;
  crypto::Sha256Digest digest_{};
  std::map<std::string, Entity, std::less<>> entities_;
  std::map<std::string, Person, std::less<>> persons_;
  std::map<std::string, std::string, std::less<>> person_of_;  // by e-mail and by account
  std::set<std::string, std::less<>> systems_;                 // ARNs
  std::vector<Eligibility> eligibilities_;
};

}  // namespace kmaas::keyservice
