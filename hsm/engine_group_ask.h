// How a call finds a member that answers it; included by the parts of EngineGroup alone.
#pragma once

#include <algorithm>
#include <utility>

#include "hsm/engine_group.h"

namespace kmaas::hsm {

template <class Use>
auto EngineGroup::Ask(const Order& order, const Manner& manner, Deadline deadline, Use use,
                      std::size_t* served) -> decltype(use(std::declval<Engine&>(), deadline)) {
  std::optional<Error> failure;
  for (std::size_t i = 0; i < order.size(); ++i) {
    GroupMember& member = *members_[order[i]];
    // It may have gone since the order was made.
    if (!IsAlone() && !member.IsUp()) continue;
    if (failure && clock_.SteadyNow() >= deadline.at) break;
    member.NoteCall();
    auto result = use(*member.engine(), Patience(deadline, i + 1 == order.size()));
    if (result) {
      if (served != nullptr) *served = order[i];
      return result;
    }
    if (IsAlone() || !IsOfMember(member, result.error())) return result;
    failure = std::move(result).error();
    // What found no turn has not begun.
    if (!manner.repeatable && failure->code != ErrorCode::kThrottling) {
      not_repeated_.fetch_add(1, std::memory_order_relaxed);
      break;
    }
    if (i + 1 < order.size()) member.NoteHandedOn();
  }
  return failure ? *std::move(failure) : Nobody(manner.when_nobody);
}

template <class Use>
auto EngineGroup::AskWith(const domain::KeyMaterial& material, Deadline deadline, Use use)
    -> decltype(use(std::declval<Engine&>(), deadline)) {
  std::size_t served = 0;
  const bool resident = material.custody == domain::Custody::kResident && !IsAlone();
  auto result = Ask(OrderOf(material), kForKey, deadline, use, &served);
  if (result) {
    // Once it is known nothing is noted again: this is the path of each call.
    if (resident && (places_.Of(material.id) >> served & 1U) == 0)
      places_.Note(material.id, served);
    return result;
  }
  if (resident) return HolderAway(material, std::move(result).error());
  return result;
}

}  // namespace kmaas::hsm
