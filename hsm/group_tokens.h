// What concerns the tokens of a group as tokens: the keys that stand in them, and their roots.
#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include "hsm/group_member.h"
#include "ports/token_keys.h"
#include "ports/token_roots.h"

namespace kmaas::hsm {

// Thread-safe. Over one member it is that engine's; over several, whatever must hold for all tokens
// fails with kDependencyTimeout while a member is not up. Members are borrowed.
class GroupTokenKeys final : public ports::TokenKeys {
 public:
  explicit GroupTokenKeys(std::vector<GroupMember*> members) : members_(std::move(members)) {}

  // What any of them has.
  Result<std::vector<ports::TokenKey>> List(Deadline deadline) override;
  Result<void> Destroy(const ports::TokenKey& key, Deadline deadline) override;

 private:
  const std::vector<GroupMember*> members_;
};

// Likewise.
class GroupTokenRoots final : public ports::TokenRoots {
 public:
  explicit GroupTokenRoots(std::vector<GroupMember*> members) : members_(std::move(members)) {}

  // Those that every token has: a new generation counts when it was cloned to all of them.
  Result<std::vector<std::uint32_t>> Find(Deadline deadline) override;
  // By those that are up; others are told when they come.
  Result<void> WrapWith(std::uint32_t generation, Deadline deadline) override;
  Result<ports::GeneratedMaterial> Rewrap(const domain::KeyMaterial& material,
                                          Deadline deadline) override;
  Result<void> Destroy(std::uint32_t generation, Deadline deadline) override;

  // Before a member is let in. kConflict when its token lacks the roots in use.
  Result<void> TellNewcomer(Engine& engine, Deadline deadline);

 private:
  const std::vector<GroupMember*> members_;
  std::mutex mutex_;
  std::optional<std::uint32_t> wrapping_;
};

}  // namespace kmaas::hsm
