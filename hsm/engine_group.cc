// Who is in the group: opening, looking at members, letting them in.
#include "hsm/engine_group.h"

#include <algorithm>

#include "base/log.h"
#include "hsm/engine_group_ask.h"
#include "hsm/token.h"

namespace kmaas::hsm {
namespace {

constexpr std::chrono::seconds kOpenMax{30};
constexpr std::chrono::milliseconds kCheckOfWhoIsUp{1000};

// The device, a lost link, a PIN that is locked: not that it is another token.
bool MeansAway(const Error& error) {
  return error.code == ErrorCode::kDependencyTimeout || error.code == ErrorCode::kAccessDenied ||
         error.code == ErrorCode::kThrottling || error.detail == kTokenNotFound ||
         error.detail.starts_with("C_");
}

std::string Listed(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

}  // namespace

EngineGroup::EngineGroup(std::vector<GroupSeat> seats, GroupOptions options, const Clock& clock)
    : options_(options), clock_(clock) {
  for (GroupSeat& seat : seats) {
    members_.push_back(std::make_unique<GroupMember>(std::move(seat), clock));
    joining_.push_back(std::make_unique<std::atomic<bool>>(false));
  }
  anchor_ = std::make_unique<GroupAnchor>(AnchorHolders());
  std::vector<GroupMember*> members;
  for (const auto& member : members_) members.push_back(member.get());
  token_keys_ = std::make_unique<GroupTokenKeys>(members);
  roots_ = std::make_unique<GroupTokenRoots>(members);
}

EngineGroup::~EngineGroup() { Close(); }

std::vector<AnchorHolder> EngineGroup::AnchorHolders() {
  std::vector<AnchorHolder> holders;
  for (const auto& owned : members_) {
    GroupMember* member = owned.get();
    holders.push_back({member->name(), member->token(), [member] { return member->IsUp(); },
                       [member] { return &member->engine()->anchor(); },
                       [member](const Error& failure) { member->PutOut(failure); }});
  }
  return holders;
}

Result<std::unique_ptr<EngineGroup>> EngineGroup::Open(std::vector<GroupSeat> seats,
                                                       GroupOptions options, const Clock& clock) {
  if (seats.empty() || seats.size() > ResidentPlaces::kMembersMax)
    return Error{ErrorCode::kValidation, "A group of HSMs has 1 to 64 members."};
  std::unique_ptr<EngineGroup> group(new EngineGroup(std::move(seats), options, clock));
  KM_CHECK(group->OpenAll());
  return group;
}

Result<void> EngineGroup::OpenAll() {
  if (IsAlone()) {
    KM_CHECK(members_.front()->Open());
    members_.front()->LetIn();
    return {};
  }
  std::string absent;
  const auto leave_out = [&](const GroupMember& member, const Error& error) {
    absent += "\n" + member.Named(error).message;
    log::Error("hsm_member_away",
               {{"member", member.name()}, {"detail", member.Named(error).message}});
  };
  std::vector<std::size_t> opened;
  std::vector<Engine*> engines;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    GroupMember& member = *members_[i];
    if (const Result<void> open = member.Open(); open) {
      opened.push_back(i);
      engines.push_back(member.engine());
    } else if (MeansAway(open.error())) {
      leave_out(member, open.error());
    } else {
      return member.Named(open.error());
    }
  }
  if (!engines.empty()) KM_CHECK(roots_->Begin(engines));
  for (const std::size_t i : opened) {
    const Result<void> in = LetInOrRefuse(i);
    if (!in && !MeansAway(in.error())) return members_[i]->Named(in.error());
    if (!in) leave_out(*members_[i], in.error());
  }
  if (challenge_) return {};
  return Error{ErrorCode::kNotFound, "None of the HSMs of hsm.tokens is there:" + absent, absent};
}

// The first one that is there says what the keys are: the database is proven by them next.
Result<void> EngineGroup::LetInOrRefuse(std::size_t index) {
  Engine& engine = *members_[index]->engine();
  const Deadline deadline = Deadline::After(clock_, kOpenMax);
  if (!challenge_) {
    auto made = RootChallenge::OfService(engine, deadline);
    if (!made) return made.error();
    challenge_.emplace(*std::move(made));
  }
  Result<void> in = Join(index, deadline);
  if (!in && engine.IsAway()) return Error{ErrorCode::kDependencyTimeout, "", in.error().detail};
  return in;
}

Result<void> EngineGroup::Join(std::size_t index, Deadline deadline) {
  GroupMember& member = *members_[index];
  const auto prove = [&]() -> Result<void> {
    KM_CHECK(challenge_->Ask(*member.engine(), deadline));
    KM_TRY(const std::uint32_t told, roots_->Admit(*member.engine(), deadline));
    KM_CHECK(member.ForgetWhatWasDestroyed(deadline));
    return anchor_->Join(index, deadline, [&] { roots_->LetIn(member, told); });
  };
  const Result<void> fit = prove();
  if (fit) return fit;
  if (fit.error().code == ErrorCode::kConflict) {
    member.RefuseForGood(fit.error());
  } else {
    member.PutOut(fit.error());
  }
  return fit;
}

Result<void> EngineGroup::Check(std::size_t index, Deadline deadline) {
  GroupMember& member = *members_[index];
  if (member.IsRefused()) return Error{ErrorCode::kDependencyTimeout, "", "refused for good"};
  if (joining_[index]->exchange(true)) return {};  // another look is under way
  const auto look = [&]() -> Result<void> {
    if (member.engine() == nullptr) KM_CHECK(member.Open());
    KM_CHECK(member.CheckHealth(deadline));
    // One that was only busy when a key was destroyed has it loaded still.
    return member.IsIn() ? member.ForgetWhatWasDestroyed(deadline) : Join(index, deadline);
  };
  struct End {
    std::atomic<bool>& joining;
    ~End() { joining = false; }
  } const end{*joining_[index]};
  return look();
}

void EngineGroup::BeginChecks(std::chrono::milliseconds interval) {
  if (IsAlone()) return;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    checks_.push_back(std::make_unique<Ticker>(
        "hsm_member_not_checked",
        [this, i, last = SteadyTime::min()]() mutable {
          const SteadyTime now = clock_.SteadyNow();
          if (members_[i]->IsUp() && last != SteadyTime::min() && now - last < kCheckOfWhoIsUp)
            return;
          last = now;
          (void)Check(i, Deadline::After(clock_, options_.check_max));
        },
        interval));
  }
}

void EngineGroup::Close() {
  checks_.clear();
  for (const auto& member : members_)
    if (Engine* engine = member->engine()) engine->Close();
}

Result<void> EngineGroup::CheckHealth(Deadline deadline) {
  if (IsAlone()) return members_.front()->engine()->CheckHealth(deadline);
  // With threads of their own they have been looked at just before.
  if (checks_.empty())
    for (std::size_t i = 0; i < members_.size(); ++i) (void)Check(i, deadline);
  const bool any = std::ranges::any_of(members_, [](const auto& one) { return one->IsUp(); });
  return any ? Result<void>() : Nobody(ErrorCode::kDependencyTimeout);
}

ports::TokenAnchor& EngineGroup::anchor() {
  if (IsAlone()) return members_.front()->engine()->anchor();
  return *anchor_;
}

GroupMember& EngineGroup::first_opened() const {
  const auto up = std::ranges::find_if(members_, [](const auto& member) { return member->IsUp(); });
  if (up != members_.end()) return **up;
  // Open() had one.
  return **std::ranges::find_if(members_,
                                [](const auto& member) { return member->engine() != nullptr; });
}

std::vector<std::string> EngineGroup::NotUp() const {
  std::vector<std::string> names;
  for (const auto& member : members_)
    if (!member->IsUp()) names.push_back(member->name());
  return names;
}

Error EngineGroup::Nobody(ErrorCode code) const {
  const bool for_key = code == ErrorCode::kKeyUnavailable;
  return {code, for_key ? "" : "The HSM does not answer at the moment. You can retry the request.",
          "no HSM of the group is there; away: " + Listed(NotUp())};
}

std::vector<MemberFacts> EngineGroup::members() const {
  std::vector<MemberFacts> facts;
  facts.reserve(members_.size());
  for (const auto& member : members_) facts.push_back(member->facts());
  return facts;
}

GroupCounters EngineGroup::group_counters() const {
  return {not_repeated_.load(std::memory_order_relaxed), anchor_->counters()};
}

bool EngineGroup::IsPinRefused() const {
  return std::ranges::any_of(members_, [](const auto& member) {
    return member->engine() != nullptr && member->engine()->IsPinRefused();
  });
}

bool EngineGroup::IsDegraded() const { return !IsAlone() && !NotUp().empty(); }

EngineCounters EngineGroup::counters() const {
  EngineCounters sum;
  for (const auto& member : members_)
    if (const Engine* engine = member->engine()) sum += engine->counters();
  return sum;
}

ports::EngineStatus EngineGroup::Status() const {
  ports::EngineStatus status = first_opened().engine()->Status();
  if (IsAlone()) return status;
  status.cached_keys = status.short_lane_waiting = status.long_lane_waiting = 0;
  status.engine_generation = 0;
  status.healthy = false;
  status.root_generations = roots_->InAll();
  for (const auto& member : members_) {
    status.healthy = status.healthy || member->IsUp();
    if (member->engine() == nullptr) continue;
    const ports::EngineStatus one = member->engine()->Status();
    status.engine_generation += one.engine_generation;
    status.cached_keys += one.cached_keys;
    status.short_lane_waiting += one.short_lane_waiting;
    status.long_lane_waiting += one.long_lane_waiting;
  }
  const std::vector<std::string> away = NotUp();
  status.last_error = away.empty() ? "" : "not up: " + Listed(away);
  return status;
}

}  // namespace kmaas::hsm
