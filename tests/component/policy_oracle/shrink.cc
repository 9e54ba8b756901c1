#include "tests/component/policy_oracle/shrink.h"

#include <iterator>

namespace kmaas::policy_oracle {
namespace {

using Still = std::function<bool()>;

// Drops each element without which `still` holds.
template <class List>
bool DropFrom(List& list, const Still& still, std::size_t at_least = 0) {
  bool dropped = false;
  for (std::size_t i = list.size(); i-- > 0;) {
    if (list.size() <= at_least) break;
    const List before = list;
    list.erase(std::next(list.begin(), static_cast<std::ptrdiff_t>(i)));
    if (still())
      dropped = true;
    else
      list = before;
  }
  return dropped;
}

bool ShrinkStatement(Statement& statement, const Still& still) {
  bool dropped = DropFrom(statement.tests, still);
  for (auto& test : statement.tests) dropped |= DropFrom(test.values, still, 1);
  if (statement.actions) dropped |= DropFrom(*statement.actions, still, 1);
  if (statement.resources) dropped |= DropFrom(*statement.resources, still, 1);
  return DropFrom(statement.principals, still, 1) || dropped;
}

bool ShrinkPolicy(PolicyText& policy, const Still& still) {
  bool dropped = DropFrom(policy.statements, still, 1);
  for (auto& statement : policy.statements) dropped |= ShrinkStatement(statement, still);
  return dropped;
}

bool ShrinkOnce(World& world, Ask& ask, const Still& still) {
  bool dropped = DropFrom(world.identity, still) | DropFrom(world.session, still) |
                 DropFrom(world.grants, still) | DropFrom(ask.context, still);
  if (world.boundary) {
    const auto before = world.boundary;
    world.boundary.reset();
    if (still())
      dropped = true;
    else
      world.boundary = before;
  }
  if (world.kind != World::Kind::kNothing) dropped |= ShrinkPolicy(world.resource_policy, still);
  for (auto& policy : world.identity) dropped |= ShrinkPolicy(policy, still);
  if (world.boundary) dropped |= ShrinkPolicy(*world.boundary, still);
  for (auto& policy : world.session) dropped |= ShrinkPolicy(policy, still);
  return dropped;
}

}  // namespace

void Shrink(World& world, Ask& ask, const std::function<bool(const World&, const Ask&)>& still) {
  while (ShrinkOnce(world, ask, [&] { return still(world, ask); })) {
  }
}

}  // namespace kmaas::policy_oracle
