// Coming in and going out.
#include "hsm/group_member.h"

#include <utility>

#include "base/log.h"

namespace kmaas::hsm {
namespace {

// A check that takes longer hangs, or waits behind a call that does.
constexpr std::chrono::milliseconds kHangs{500};

const std::string& TextOf(const Error& error) {
  return error.message.empty() ? error.detail : error.message;
}

}  // namespace

bool GroupMember::IsUp() const {
  const Engine* engine = this->engine();
  if (engine == nullptr || !IsIn() || engine->IsAway()) return false;
  const SteadyTime began = check_began_.load(std::memory_order_relaxed);
  if (began == SteadyTime::max() || clock_.SteadyNow() - began < kHangs) return true;
  was_left_out_.store(true);
  return false;
}

Result<void> GroupMember::Open() {
  auto opened = seat_.open();
  if (!opened) {
    const Error& error = opened.error();
    if (error.code == ErrorCode::kAccessDenied) {
      RefuseForGood(error);
    } else {
      PutOut(error);
    }
    return error;
  }
  owned_ = *std::move(opened);
  engine_.store(owned_.get(), std::memory_order_release);
  return {};
}

// Whether calls ended since the last look.
bool GroupMember::MadeProgress() {
  const std::uint64_t turns = engine()->counters().short_lane.turns;
  return std::exchange(turns_seen_, turns) != turns;
}

Result<void> GroupMember::CheckHealth(Deadline deadline) {
  Engine& engine = *this->engine();
  if (engine.IsAway()) {
    // Before it is back: then it is not up until it has been let in.
    PutOut({ErrorCode::kDependencyTimeout, "", "the token is away"});
    if (Result<void> back = engine.Revive(deadline); !back) {
      if (engine.IsPinRefused()) RefuseForGood(back.error());
      PutOut(back.error());
      return back;
    }
  }
  check_began_ = clock_.SteadyNow();
  Result<void> healthy = engine.CheckHealth(deadline);
  check_began_ = SteadyTime::max();
  PutOutIfLeftOut();
  const bool progress = MadeProgress();
  if (!healthy && healthy.error().code == ErrorCode::kThrottling && progress) return {};
  if (!healthy) PutOut(healthy.error());
  return healthy;
}

// Roots, anchors and destroyed keys may have passed it by: it has to be let in again.
void GroupMember::PutOutIfLeftOut() {
  if (was_left_out_.exchange(false))
    PutOut({ErrorCode::kDependencyTimeout, "", "it was left out while its check hung"});
}

void GroupMember::LetIn() {
  {
    const std::lock_guard lock(mutex_);
    last_error_.clear();
  }
  in_.store(true, std::memory_order_release);
  log::Info("hsm_member_in", {{"member", name()}, {"serial", engine()->Status().token_serial}});
}

void GroupMember::PutOut(const Error& why) {
  {
    const std::lock_guard lock(mutex_);
    if (!IsRefused()) last_error_ = TextOf(why);
  }
  if (!in_.exchange(false)) return;
  ++losses_;
  log::Error("hsm_member_out", {{"member", name()}, {"detail", why.detail}});
}

void GroupMember::RefuseForGood(const Error& why) {
  {
    const std::lock_guard lock(mutex_);
    if (IsRefused()) return;
    last_error_ = TextOf(why);
    refused_.store(true, std::memory_order_release);
  }
  log::Error("hsm_member_refused", {{"member", name()}, {"error", TextOf(why)}});
  if (in_.exchange(false)) ++losses_;
}

void GroupMember::NoteForget(const domain::KeyMaterial& material) {
  if (engine() == nullptr) return;
  const std::lock_guard lock(mutex_);
  forgets_.emplace(material.id, material);
}

Result<void> GroupMember::ForgetWhatWasDestroyed(Deadline deadline) {
  for (;;) {
    domain::KeyMaterial material;
    {
      const std::lock_guard lock(mutex_);
      if (forgets_.empty()) return {};
      material = forgets_.begin()->second;
    }
    KM_CHECK(engine()->DestroyMaterial(material, deadline));
    const std::lock_guard lock(mutex_);
    forgets_.erase(material.id);
  }
}

Error GroupMember::Named(const Error& error) const {
  return {error.code, "hsm.tokens: \"" + name() + "\": " + TextOf(error), error.detail};
}

MemberFacts GroupMember::facts() const {
  MemberFacts facts;
  facts.name = name();
  facts.up = IsUp();
  facts.refused = IsRefused();
  if (const Engine* engine = this->engine()) facts.serial = engine->Status().token_serial;
  facts.calls = calls_.load(std::memory_order_relaxed);
  facts.handed_on = handed_on_.load(std::memory_order_relaxed);
  facts.losses = losses_.load(std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  facts.last_error = last_error_;
  return facts;
}

}  // namespace kmaas::hsm
