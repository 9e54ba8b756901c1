// Goal: whichever step of a rotation or a deletion fails, and whether the server goes on or starts
// anew, the work ends done once and recorded once. Method: the n-th call to store, token or trail
// fails, for every n until a run passes untouched; then a new scheduler finishes.
#include "tests/fakes/faulty_store.h"
#include "tests/unit/lifecycle/world.h"

namespace kmaas::lifecycle {
namespace {

enum class Neighbour { kStore, kToken, kTrail };

class Faults : public World, public testing::WithParamInterface<Neighbour> {};

// One server's life, with a fault in it; true when the fault did not come to pass.
bool RunWithFault(api::Environment& world, Neighbour neighbour, std::uint64_t n) {
  fakes::FaultyStore store(world.store);
  records::Catalog catalog(store);
  core::Outbox outbox(catalog, world.audit);
  Beside service(world, catalog, outbox);
  const Error error{ErrorCode::kDependencyTimeout, "", "planted"};
  if (neighbour == Neighbour::kStore) store.FailNth(n);
  if (neighbour == Neighbour::kToken) world.engine.FailCall(n, error);
  if (neighbour == Neighbour::kTrail) world.audit.FailNth(n);
  const bool untouched = service.RunDue() == 1;
  world.engine.FailCall(0, error);
  world.audit.FailNth(0);
  return untouched;
}

// What a start after a crash does.
void Finish(api::Environment& world) {
  records::Catalog catalog(world.store);
  core::Outbox outbox(catalog, world.audit);
  ASSERT_TRUE(outbox.Recover(Deadline::Never()));
  Beside service(world, catalog, outbox);
  service.RunDue();
}

std::size_t Successes(const api::Environment& world, const std::string& event_name) {
  std::size_t successes = 0;
  for (const ports::AuditRecord& record : world.audit.records())
    successes += record.event_name == event_name && record.error_code.empty() ? 1 : 0;
  return successes;
}

template <class T>
std::size_t CountOf(api::Environment& world) {
  return static_cast<std::size_t>(*world.store.Count(records::Table<T>::kName));
}

void MakeRotationDue(api::Environment& world, const std::string& arn) {
  kms::RotateKeyOnDemandRequest rotate;
  rotate.set_key_id(arn);
  ASSERT_TRUE(world.Send("RotateKeyOnDemand", rotate));
}

void MakeDeletionDue(api::Environment& world, const std::string& arn) {
  kms::CreateAliasRequest alias;
  alias.set_alias_name("alias/doomed");
  alias.set_target_key_id(arn);
  ASSERT_TRUE(world.Send("CreateAlias", alias));
  kms::CreateGrantRequest grant;
  grant.set_key_id(arn);
  grant.set_grantee_principal(api::Administrator().arn);
  grant.add_operations("Encrypt");
  ASSERT_TRUE(world.Send("CreateGrant", grant));
  kms::ScheduleKeyDeletionRequest schedule;
  schedule.set_key_id(arn);
  schedule.set_pending_window_in_days(7);
  ASSERT_TRUE(world.Send("ScheduleKeyDeletion", schedule));
  world.clock.Advance(7 * kDay);
}

TEST_P(Faults, NeverRotateTwiceNorLoseARotation) {
  bool untouched = false;
  for (std::uint64_t n = 1; !untouched; ++n) {
    ASSERT_LT(n, 100U);
    api::Environment world;
    const std::string arn = world.MakeKey();
    MakeRotationDue(world, arn);
    untouched = RunWithFault(world, GetParam(), n);
    Finish(world);
    EXPECT_EQ(CountOf<domain::KeyMaterial>(world), 2U) << n;
    EXPECT_EQ(CountOf<records::DueWork>(world), 0U) << n;
    EXPECT_EQ(Successes(world, "RotateKey"), 1U) << n;
  }
}

TEST_P(Faults, NeverHalfDeleteAKey) {
  bool untouched = false;
  for (std::uint64_t n = 1; !untouched; ++n) {
    ASSERT_LT(n, 200U);
    api::Environment world;
    world.services.default_custody = domain::Custody::kResident;
    MakeDeletionDue(world, world.MakeKey());
    untouched = RunWithFault(world, GetParam(), n);
    // Either all of the key is there, and waits, or nothing.
    EXPECT_EQ(CountOf<domain::Key>(world), CountOf<records::DueWork>(world)) << n;
    EXPECT_EQ(CountOf<domain::Key>(world), CountOf<domain::Alias>(world)) << n;
    EXPECT_EQ(CountOf<domain::Key>(world), CountOf<domain::Grant>(world)) << n;
    EXPECT_EQ(CountOf<domain::Key>(world) + CountOf<domain::DeletedKey>(world), 1U) << n;
    Finish(world);
    EXPECT_EQ(CountOf<domain::Key>(world), 0U) << n;
    EXPECT_EQ(CountOf<domain::KeyMaterial>(world), 0U) << n;
    EXPECT_EQ(CountOf<domain::DeletedKey>(world), 1U) << n;
    EXPECT_EQ(Successes(world, "DeleteKey"), 1U) << n;
  }
}

std::string NameOf(const testing::TestParamInfo<Neighbour>& neighbour) {
  switch (neighbour.param) {
    case Neighbour::kStore:
      return "Store";
    case Neighbour::kToken:
      return "Token";
    case Neighbour::kTrail:
      return "Trail";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(Every, Faults,
                         testing::Values(Neighbour::kStore, Neighbour::kToken, Neighbour::kTrail),
                         NameOf);

}  // namespace
}  // namespace kmaas::lifecycle
