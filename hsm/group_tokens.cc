#include "hsm/group_tokens.h"

#include <algorithm>
#include <set>
#include <utility>

namespace kmaas::hsm {
namespace {

std::vector<GroupMember*> MembersUp(const std::vector<GroupMember*>& members) {
  std::vector<GroupMember*> up;
  for (GroupMember* member : members)
    if (members.size() == 1 || member->IsUp()) up.push_back(member);
  return up;
}

Result<std::vector<Engine*>> AllEngines(const std::vector<GroupMember*>& members) {
  std::vector<Engine*> engines;
  for (const GroupMember* member : members) {
    if (members.size() > 1 && !member->IsUp())
      return Error{
          ErrorCode::kDependencyTimeout,
          "All HSMs of hsm.tokens are needed for this, and one does not answer: " + member->name()};
    engines.push_back(member->engine());
  }
  return engines;
}

Error NoneUp() { return {ErrorCode::kDependencyTimeout, "", "no HSM of hsm.tokens is up"}; }

// Roots that were made in each token by itself open nothing of the others.
Error Differing(const GroupMember& member, std::uint32_t generation, Error error) {
  if (member.engine()->IsAway() || error.code == ErrorCode::kThrottling) return member.Named(error);
  return {ErrorCode::kConflict,
          "hsm.tokens: \"" + member.name() + "\" has other roots of generation " +
              std::to_string(generation) +
              " than another token. Make them in one token with `kmaas root add`, and clone that "
              "one to the others.",
          error.detail};
}

std::vector<std::uint32_t> CommonOf(const std::vector<Engine*>& engines) {
  std::optional<std::vector<std::uint32_t>> common;
  for (const Engine* engine : engines) {
    const std::vector<std::uint32_t> has = engine->Status().root_generations;
    if (has.empty()) continue;  // its token is away
    if (!common) common = has;
    std::erase_if(*common, [&has](std::uint32_t generation) {
      return std::ranges::find(has, generation) == has.end();
    });
  }
  return common.value_or(std::vector<std::uint32_t>());
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
  // Each knows afterwards what it has.
  for (Engine* engine : engines) KM_CHECK(engine->roots().Find(deadline));
  return CommonOf(engines);
}

Result<void> GroupTokenRoots::Prove(std::uint32_t generation, Deadline deadline) {
  KM_CHECK(AllEngines(members_));
  if (members_.size() == 1) return members_.front()->engine()->roots().Prove(generation, deadline);
  const std::lock_guard lock(mutex_);
  return ProveAmong(members_, generation, deadline);
}

Result<void> GroupTokenRoots::ProveAmong(const std::vector<GroupMember*>& members,
                                         std::uint32_t generation, Deadline deadline) {
  for (const GroupMember* member : members)
    if (const Result<void> has = member->engine()->roots().Prove(generation, deadline); !has)
      return member->Named(has.error());
  auto proof = proofs_.find(generation);
  if (proof == proofs_.end()) {
    KM_TRY(RootChallenge made,
           RootChallenge::OfRoots(*members.front()->engine(), generation, deadline));
    proof = proofs_.emplace(generation, std::move(made)).first;
  }
  for (const GroupMember* member : members) {
    Result<void> alike = proof->second.Ask(*member->engine(), deadline);
    if (alike) continue;
    // Whose are right is not known: the next try asks anew.
    if (generation != wrapping_) proofs_.erase(proof);
    return Differing(*member, generation, std::move(alike).error());
  }
  return {};
}

void GroupTokenRoots::TakeBack(const std::vector<GroupMember*>& told, Deadline deadline) {
  for (GroupMember* member : told)
    if (const auto back = member->engine()->roots().WrapWith(wrapping_, deadline); !back)
      member->PutOut(back.error());
}

Result<void> GroupTokenRoots::WrapWith(std::uint32_t generation, Deadline deadline) {
  if (members_.size() == 1)
    return members_.front()->engine()->roots().WrapWith(generation, deadline);
  const std::lock_guard lock(mutex_);
  const std::vector<GroupMember*> up = MembersUp(members_);
  if (up.empty()) return NoneUp();
  KM_CHECK(ProveAmong(up, generation, deadline));
  std::vector<GroupMember*> told;
  for (GroupMember* member : up) {
    const Result<void> wraps = member->engine()->roots().WrapWith(generation, deadline);
    if (wraps) {
      told.push_back(member);
    } else if (member->engine()->IsAway()) {
      member->PutOut(wraps.error());
    } else {
      TakeBack(told, deadline);
      return member->Named(wraps.error());
    }
  }
  if (told.empty()) return NoneUp();
  wrapping_ = generation;
  return {};
}

Result<ports::GeneratedMaterial> GroupTokenRoots::Rewrap(const domain::KeyMaterial& material,
                                                         Deadline deadline) {
  const std::vector<GroupMember*> up = MembersUp(members_);
  if (up.empty()) return Error{ErrorCode::kKeyUnavailable, "", "no HSM of hsm.tokens is up"};
  return up.front()->engine()->roots().Rewrap(material, deadline);
}

Result<void> GroupTokenRoots::Destroy(std::uint32_t generation, Deadline deadline) {
  KM_TRY(const std::vector<Engine*> engines, AllEngines(members_));
  for (Engine* engine : engines) KM_CHECK(engine->roots().Destroy(generation, deadline));
  return {};
}

std::vector<std::uint32_t> GroupTokenRoots::InAll() const {
  std::vector<Engine*> engines;
  for (const GroupMember* member : members_)
    if (member->engine() != nullptr) engines.push_back(member->engine());
  return CommonOf(engines);
}

Result<void> GroupTokenRoots::Begin(const std::vector<Engine*>& engines) {
  const std::vector<std::uint32_t> common = CommonOf(engines);
  if (common.empty())
    return Error{ErrorCode::kConflict,
                 "hsm.tokens: the tokens have no generation of the roots in common: clone one to "
                 "the others.",
                 "no roots in common"};
  const std::lock_guard lock(mutex_);
  wrapping_ = common.front();
  return {};
}

Result<std::uint32_t> GroupTokenRoots::Admit(Engine& engine, Deadline deadline) {
  const std::lock_guard lock(mutex_);
  const std::vector<std::uint32_t> has = engine.Status().root_generations;
  if (std::ranges::find(has, wrapping_) == has.end())
    return Error{ErrorCode::kConflict,
                 "The token has no roots of generation " + std::to_string(wrapping_) +
                     ", which is in use: clone the others to it.",
                 "no roots of the generation in use"};
  auto proof = proofs_.find(wrapping_);
  if (proof == proofs_.end()) {
    KM_TRY(RootChallenge made, RootChallenge::OfRoots(engine, wrapping_, deadline));
    proof = proofs_.emplace(wrapping_, std::move(made)).first;
  }
  KM_CHECK(proof->second.Ask(engine, deadline));
  KM_CHECK(engine.roots().WrapWith(wrapping_, deadline));
  return wrapping_;
}

void GroupTokenRoots::LetIn(GroupMember& member, std::uint32_t told) {
  const std::lock_guard lock(mutex_);
  if (told == wrapping_) member.LetIn();
}

}  // namespace kmaas::hsm
