// What concerns the tokens of a group as tokens: the keys that stand in them, and their roots.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "hsm/group_member.h"
#include "hsm/root_challenge.h"
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

// Likewise. All members wrap by the same generation, and who does not open what the others wrap is
// never let in: a key would be lost with one token.
class GroupTokenRoots final : public ports::TokenRoots {
 public:
  explicit GroupTokenRoots(std::vector<GroupMember*> members) : members_(std::move(members)) {}

  // Those that every token has: a new generation counts when it was cloned to all of them.
  Result<std::vector<std::uint32_t>> Find(Deadline deadline) override;
  Result<void> Prove(std::uint32_t generation, Deadline deadline) override;
  // By those that are up, or by none; others are told when they come.
  Result<void> WrapWith(std::uint32_t generation, Deadline deadline) override;
  Result<ports::GeneratedMaterial> Rewrap(const domain::KeyMaterial& material,
                                          Deadline deadline) override;
  // What broke off between two tokens leaves them with different generations, and is done again.
  Result<void> Destroy(std::uint32_t generation, Deadline deadline) override;

  // As each member last found its own; no call to a token. Of those that were opened.
  std::vector<std::uint32_t> InAll() const;

  // Before the first member is let in: until WrapWith says otherwise, the lowest generation that
  // all of these have is the one that wraps. kConflict when there is none.
  Result<void> Begin(const std::vector<Engine*>& engines);
  // Before a member is let in; says which generation it was told. kConflict when its token lacks
  // the roots in use. The first that comes says what they are.
  Result<std::uint32_t> Admit(Engine& engine, Deadline deadline);
  // Unless another generation was taken into use since it was told.
  void LetIn(GroupMember& member, std::uint32_t told);

 private:
  Result<void> ProveAmong(const std::vector<GroupMember*>& members, std::uint32_t generation,
                          Deadline deadline);
  // Back to the one in use; who cannot is put out.
  void TakeBack(const std::vector<GroupMember*>& told, Deadline deadline);

  const std::vector<GroupMember*> members_;
  std::mutex mutex_;                               // guards what follows
  std::uint32_t wrapping_ = 0;                     // over several
  std::map<std::uint32_t, RootChallenge> proofs_;  // of generations that those up had alike
};

}  // namespace kmaas::hsm
