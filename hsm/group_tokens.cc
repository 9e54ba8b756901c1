#include "hsm/group_tokens.h"

#include <algorithm>
#include <set>

namespace kmaas::hsm {
namespace {

std::vector<Engine*> EnginesUp(const std::vector<GroupMember*>& members) {
  std::vector<Engine*> engines;
  for (const GroupMember* member : members)
    if (members.size() == 1 || member->IsUp()) engines.push_back(member->engine());
  return engines;
}

Result<std::vector<Engine*>> AllEngines(const std::vector<GroupMember*>& members) {
  if (members.size() > 1)
    for (const GroupMember* member : members)
      if (!member->IsUp())
        return Error{ErrorCode::kDependencyTimeout,
                     "All HSMs of hsm.tokens are needed for this, and one does not answer: " +
                         member->name()};
  return EnginesUp(members);
}

}  // namespace

Result<std::vector<ports::TokenKey>> GroupTokenKeys::List(Deadline deadline) {
  KM_TRY(const std::vector<Engine*> engines, AllEngines(members_));
  std::set<ports::TokenKey> all;
  for (Engine* engine : engines) {
    KM_TRY(const std::vector<ports::TokenKey> listed, engine->token_keys().List(deadline));
    all.insert(listed.begin(), listed.end());
  }
  return std::vector<ports::TokenKey>(all.begin(), all.end());
}

Result<void> GroupTokenKeys::Destroy(const ports::TokenKey& key, Deadline deadline) {
  KM_TRY(const std::vector<Engine*> engines, AllEngines(members_));
  for (Engine* engine : engines) KM_CHECK(engine->token_keys().Destroy(key, deadline));
  return {};
}

Result<std::vector<std::uint32_t>> GroupTokenRoots::Find(Deadline deadline) {
  KM_TRY(const std::vector<Engine*> engines, AllEngines(members_));
  std::optional<std::vector<std::uint32_t>> common;
  for (Engine* engine : engines) {
    KM_TRY(std::vector<std::uint32_t> found, engine->roots().Find(deadline));
    if (!common) {
      common = std::move(found);
    } else {
      std::erase_if(*common, [&found](std::uint32_t generation) {
        return std::ranges::find(found, generation) == found.end();
      });
    }
  }
  return common.value_or(std::vector<std::uint32_t>());
}

Result<void> GroupTokenRoots::WrapWith(std::uint32_t generation, Deadline deadline) {
  const std::lock_guard lock(mutex_);
  for (Engine* engine : EnginesUp(members_))
    KM_CHECK(engine->roots().WrapWith(generation, deadline));
  wrapping_ = generation;
  return {};
}

Result<ports::GeneratedMaterial> GroupTokenRoots::Rewrap(const domain::KeyMaterial& material,
                                                         Deadline deadline) {
  const std::vector<Engine*> engines = EnginesUp(members_);
  if (engines.empty()) return Error{ErrorCode::kKeyUnavailable, "", "no HSM of hsm.tokens is up"};
  return engines.front()->roots().Rewrap(material, deadline);
}

Result<void> GroupTokenRoots::Destroy(std::uint32_t generation, Deadline deadline) {
  KM_TRY(const std::vector<Engine*> engines, AllEngines(members_));
  for (Engine* engine : engines) KM_CHECK(engine->roots().Destroy(generation, deadline));
  return {};
}

Result<void> GroupTokenRoots::TellNewcomer(Engine& engine, Deadline deadline) {
  const std::lock_guard lock(mutex_);
  if (!wrapping_) return {};
  Result<void> told = engine.roots().WrapWith(*wrapping_, deadline);
  if (!told && told.error().code == ErrorCode::kNotFound)
    return Error{ErrorCode::kConflict, "The token has no roots of generation " +
                                           std::to_string(*wrapping_) +
                                           ", which is in use: clone the others to it."};
  return told;
}

}  // namespace kmaas::hsm
