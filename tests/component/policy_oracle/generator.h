// Policies and questions from a seed. Wildcards, NotX, set operators, absent keys and empty sets
// come up far more often than in life, and names are few, so that every outcome comes up often.
#pragma once

#include <cstdint>
#include <random>

#include "tests/component/policy_oracle/model.h"

namespace kmaas::policy_oracle {

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : engine_(seed) {}

  World NextWorld();
  Ask NextAsk(const World& world);
  // As they stand in `world`, for who adds one to it.
  Statement NextStatement(const World& world, bool with_principal);
  GrantText NextGrant(const World& world);
  // The same world in another order: statements, policies, grants, and the values of every list.
  World Shuffled(World world);

  std::size_t Below(std::size_t bound) { return engine_() % bound; }
  bool OneIn(std::size_t n) { return Below(n) == 0; }

 private:
  template <class List>
  const typename List::value_type& Pick(const List& list) {
    return list[Below(list.size())];
  }
  Texts Some(const Texts& from, std::size_t at_most);
  std::string NameOfCaller(const Caller& caller);
  PrincipalName NextPrincipal(const World& world);
  void GivePrincipals(Statement& statement, const World& world);
  Test NextTest();
  void GiveTests(Statement& statement);
  Statement OpenDoor(const World& world, bool with_principal);
  PolicyText NextPolicy(const World& world, bool with_principal, std::size_t statements, bool open);
  void GivePlace(World& world);
  void ShuffleStatement(Statement& statement);
  void ShufflePolicy(PolicyText& policy);

  std::mt19937_64 engine_;
};

}  // namespace kmaas::policy_oracle
