// Goal: every wrapped material comes to the new generation of roots as the key that it was,
// whatever fails and whoever changes it meanwhile, and the trail says so once. Method: the n-th
// call to store, token or trail fails, for every n until a run passes untouched; then a new process
// goes on. The plant: a token that answers other keys and nobody checks.
#include "lifecycle/root_rotation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>

#include "records/every_row.h"
#include "tests/fakes/fake_token_roots.h"
#include "tests/fakes/faulty_store.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_audit_sink.h"
#include "tests/fakes/memory_store.h"
#include "tests/fakes/seeded_random.h"

namespace kmaas::lifecycle {
namespace {

using domain::Custody;
using domain::KeyMaterial;
using Next = RootRotation::Next;

constexpr char kRegion[] = "eu-west-1";

// What stays when a process ends.
struct Stage {
  fakes::MemoryStore store;
  fakes::MemoryAuditSink trail;
  fakes::FakeTokenRoots roots;
  fakes::ManualClock clock;
  fakes::SeededRandom random{7};
};

// One process over it.
struct Process {
  explicit Process(Stage& over, std::chrono::seconds in_flight = std::chrono::seconds(0))
      : stage(over),
        rotation({.catalog = catalog,
                  .roots = over.roots,
                  .outbox = outbox,
                  .audit = over.trail,
                  .clock = over.clock,
                  .record =
                      [this](std::string name, std::string details) {
                        ports::AuditRecord record;
                        record.event_id = stage.random.Uuid();
                        record.event_name = std::move(name);
                        record.response_elements_json = std::move(details);
                        return record;
                      },
                  .in_flight = in_flight}) {}

  Stage& stage;
  fakes::FaultyStore store{stage.store};
  records::Catalog catalog{store};
  core::Outbox outbox{catalog, stage.trail};
  RootRotation rotation;

  // Until there is nothing to do, or an error, or it waits.
  Result<Next> Run() {
    for (;;) {
      KM_TRY(const Next next, rotation.Step());
      if (next != Next::kMore) return next;
    }
  }
};

class Rotating : public testing::Test {
 protected:
  KeyMaterial Row(int number, Custody custody = Custody::kWrapped) {
    KeyMaterial material;
    material.region = kRegion;
    material.account = "111122223333";
    stage_.random.Fill(material.id.bits);
    std::array<std::uint8_t, 16> bits{};
    stage_.random.Fill(bits);
    material.key_id = domain::KeyId::FromRandom(bits);
    material.custody = custody;
    if (custody == Custody::kWrapped) {
      material.dialect = domain::WrapDialect::kPkcs11WrapPad;
      material.root_generation = stage_.roots.wrapping;
      material.blob =
          fakes::FakeTokenRoots::BlobOf("key" + std::to_string(number), stage_.roots.wrapping);
    } else if (custody == Custody::kProcess) {
      material.dialect = domain::WrapDialect::kProcessSeal;
      material.blob = ToBytes(AsBytes("sealed"));
    }
    return material;
  }
  void Put(const KeyMaterial& material) {
    records::Catalog catalog(stage_.store);
    ASSERT_TRUE(catalog.Write([&](records::Changes& changes) { return changes.Put(material); },
                              Deadline::Never()));
  }
  void PutRows(int count) {
    for (int i = 0; i < count; ++i) {
      const KeyMaterial row = Row(i);
      keys_[records::Table<KeyMaterial>::RowKey(row)] = "key" + std::to_string(i);
      Put(row);
    }
  }
  std::vector<KeyMaterial> Rows() {
    records::Catalog catalog(stage_.store);
    auto rows = records::EveryRow<KeyMaterial>(catalog, "");
    EXPECT_TRUE(rows);
    return *std::move(rows);
  }
  // The harness: rows whose blob does not open, or has another key in it than before.
  std::size_t Unusable() {
    const auto rows = Rows();
    return static_cast<std::size_t>(std::ranges::count_if(rows, [this](const KeyMaterial& row) {
      return row.custody == Custody::kWrapped &&
             (!stage_.roots.Opens(row) || fakes::FakeTokenRoots::KeyIn(row) !=
                                              keys_.at(records::Table<KeyMaterial>::RowKey(row)));
    }));
  }
  std::size_t Under(std::uint32_t generation) {
    const auto rows = Rows();
    return static_cast<std::size_t>(
        std::ranges::count(rows, generation, &KeyMaterial::root_generation));
  }
  std::size_t Recorded(const std::string& name) const {
    const auto names = stage_.trail.event_names();
    return static_cast<std::size_t>(std::ranges::count(names, name));
  }
  void AddGeneration() { stage_.roots.generations.insert(*stage_.roots.generations.rbegin() + 1); }
  records::RootUse Use() {
    records::Catalog catalog(stage_.store);
    return **records::ReadRootUse(catalog);
  }

  Stage stage_;
  std::map<std::string, std::string> keys_;  // by row key
};

TEST_F(Rotating, DoesNothingBeforeThereAreNewerRoots) {
  PutRows(3);
  Process process(stage_);
  EXPECT_TRUE(process.rotation.Resume());
  EXPECT_EQ(*process.rotation.Begin(), std::nullopt);
  EXPECT_EQ(*process.Run(), Next::kNothing);
  EXPECT_TRUE(stage_.trail.records().empty());
}

TEST_F(Rotating, BringsEveryWrappedMaterialOver) {
  PutRows(100);
  Put(Row(0, Custody::kResident));
  Put(Row(0, Custody::kProcess));
  AddGeneration();
  Process process(stage_);
  EXPECT_EQ(*process.rotation.Begin(), 2U);
  EXPECT_EQ(*process.Run(), Next::kNothing);
  EXPECT_EQ(Under(2), 100U);
  EXPECT_EQ(Under(0), 2U) << "no root wraps these";
  EXPECT_EQ(Unusable(), 0U);
  EXPECT_EQ(process.rotation.counters().rewrapped, 100U);
  EXPECT_EQ(Use().rewrapped, 100U);
  EXPECT_TRUE(Use().settled);
  EXPECT_EQ(*process.rotation.Begin(), std::nullopt);
}

TEST_F(Rotating, RecordsEachKeyAndFloodsNothing) {
  PutRows(100);
  AddGeneration();
  Process process(stage_);
  ASSERT_TRUE(process.rotation.Begin());
  ASSERT_TRUE(process.Run());
  EXPECT_EQ(Recorded("RotateRoots"), 1U);
  EXPECT_EQ(Recorded("RewrapKeyMaterial"), 4U) << "32 in each";
  EXPECT_EQ(Recorded("SettleRoots"), 1U);
  std::set<std::string> named;
  for (const auto& record : stage_.trail.records())
    for (const auto& resource : record.resources) named.insert(resource.arn);
  EXPECT_EQ(named.size(), 100U);
}

TEST_F(Rotating, LeavesWhatSomebodyChangedMeanwhile) {
  PutRows(3);
  AddGeneration();
  Process process(stage_);
  int turn = 0;
  stage_.roots.meanwhile = [&](const KeyMaterial& before) {
    KeyMaterial now = before;
    const std::string row = records::Table<KeyMaterial>::RowKey(before);
    switch (turn++) {
      case 0:  // imported again
        keys_[row] = "imported";
        now.blob = fakes::FakeTokenRoots::BlobOf("imported", 2);
        now.root_generation = 2;
        return Put(now);
      case 1:  // a rotation took its place
        now.state = domain::KeyMaterialState::kNonCurrent;
        return Put(now);
      case 2: {  // deleted
        records::Catalog catalog(stage_.store);
        ASSERT_TRUE(catalog.Write(
            [&](records::Changes& changes) { return changes.Delete<KeyMaterial>(row); },
            Deadline::Never()));
        return;
      }
      default:
        return;
    }
  };
  ASSERT_TRUE(process.rotation.Begin());
  EXPECT_EQ(*process.Run(), Next::kNothing);
  const auto rows = Rows();
  ASSERT_EQ(rows.size(), 2U) << "what was deleted does not come back";
  EXPECT_EQ(Unusable(), 0U);
  EXPECT_EQ(Under(2), 2U);
  EXPECT_EQ(std::ranges::count(rows, domain::KeyMaterialState::kNonCurrent, &KeyMaterial::state),
            1);
  EXPECT_EQ(process.rotation.counters().overtaken, 2U);
}

TEST_F(Rotating, SettlesWhenNoCallCanWriteUnderTheOldRootAnyMore) {
  PutRows(1);
  AddGeneration();
  Process process(stage_, std::chrono::seconds(20));
  ASSERT_TRUE(process.rotation.Begin());
  EXPECT_EQ(*process.Run(), Next::kLater);
  // A call that began before writes now.
  KeyMaterial late = Row(1);
  late.root_generation = 1;
  late.blob = fakes::FakeTokenRoots::BlobOf("key1", 1);
  keys_[records::Table<KeyMaterial>::RowKey(late)] = "key1";
  Put(late);
  EXPECT_EQ(*process.Run(), Next::kLater);
  EXPECT_EQ(Under(1), 0U);
  EXPECT_FALSE(Use().settled);
  stage_.clock.Advance(std::chrono::seconds(21));
  ASSERT_TRUE(process.Run());
  EXPECT_EQ(*process.Run(), Next::kNothing);
  EXPECT_TRUE(Use().settled);
}

TEST_F(Rotating, NamesWhatCannotBeBroughtOverAndDoesTheRest) {
  PutRows(40);
  stage_.roots.broken = "key7";
  AddGeneration();
  Process process(stage_);
  ASSERT_TRUE(process.rotation.Begin());
  const auto next = process.Run();
  ASSERT_FALSE(next);
  EXPECT_EQ(Under(2), 39U);
  EXPECT_FALSE(Use().settled);
  stage_.roots.broken.clear();
  EXPECT_EQ(*process.Run(), Next::kNothing);
  EXPECT_EQ(Under(2), 40U);
}

TEST_F(Rotating, RefusesATokenWithoutTheRootsInUse) {
  AddGeneration();
  Process process(stage_);
  ASSERT_TRUE(process.rotation.Begin());
  stage_.roots.generations = {1};
  const auto refused = Process(stage_).rotation.Resume();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
}

TEST_F(Rotating, TakesNoRootsThatTokensHaveDifferently) {
  AddGeneration();
  stage_.roots.is_of_strangers = true;
  Process process(stage_);
  const auto refused = process.rotation.Begin();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_EQ(stage_.roots.wrapping, 1U);
  EXPECT_EQ(process.rotation.counters().generation, 0U);
}

TEST_F(Rotating, CatchesATokenWhoseAnswersNobodyChecked) {
  PutRows(5);
  AddGeneration();
  stage_.roots.is_unchecked_and_wrong = true;
  Process process(stage_);
  ASSERT_TRUE(process.rotation.Begin());
  ASSERT_TRUE(process.Run());
  EXPECT_EQ(Unusable(), 5U);
}

TEST_F(Rotating, CatchesARetirementThatDidNotLook) {
  PutRows(40);
  AddGeneration();
  Process process(stage_);
  ASSERT_TRUE(process.rotation.Begin());
  ASSERT_TRUE(process.rotation.Step());
  stage_.roots.generations.erase(1);
  EXPECT_EQ(Unusable(), 8U);
}

enum class FaultIn { kStore, kToken, kTrail };

class RotationFaults : public Rotating, public testing::WithParamInterface<FaultIn> {
 protected:
  // One server's life with a fault in it; true when the fault did not come to pass.
  bool RunWithFault(std::uint64_t n) {
    Process process(stage_);
    EXPECT_TRUE(process.rotation.Resume());
    if (GetParam() == FaultIn::kStore) process.store.FailNth(n);
    if (GetParam() == FaultIn::kToken) stage_.roots.FailNth(n);
    if (GetParam() == FaultIn::kTrail) stage_.trail.FailNth(n);
    const bool untouched = process.rotation.Begin() && process.Run();
    stage_.roots.FailNth(0);
    stage_.trail.FailNth(0);
    return untouched;
  }
  // What a start after a crash does, and the operator who asks again.
  void Finish() {
    Process process(stage_);
    ASSERT_TRUE(process.outbox.Recover(Deadline::Never()));
    ASSERT_TRUE(process.rotation.Resume());
    ASSERT_TRUE(process.rotation.Begin());
    EXPECT_EQ(*process.Run(), Next::kNothing);
  }
};

TEST_P(RotationFaults, LeaveEveryKeyUsableAndTheRotationToBeGoneOnWith) {
  bool untouched = false;
  for (std::uint64_t n = 1; !untouched; ++n) {
    ASSERT_LT(n, 400U);
    // Another generation each time, over the same rows.
    if (n == 1) PutRows(40);
    AddGeneration();
    const std::uint32_t wanted = *stage_.roots.generations.rbegin();
    untouched = RunWithFault(n);
    EXPECT_EQ(Unusable(), 0U) << n;
    Finish();
    EXPECT_EQ(Unusable(), 0U) << n;
    EXPECT_EQ(Under(wanted), 40U) << n;
    EXPECT_EQ(Use().rewrapped, 40U) << n;
    EXPECT_EQ(Recorded("RotateRoots"), n) << n;
    EXPECT_EQ(Recorded("SettleRoots"), n) << n;
    EXPECT_EQ(stage_.roots.wrapping, wanted);
  }
}

std::string NameOfFault(const testing::TestParamInfo<FaultIn>& fault) {
  switch (fault.param) {
    case FaultIn::kStore:
      return "Store";
    case FaultIn::kToken:
      return "Token";
    case FaultIn::kTrail:
      return "Trail";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(Every, RotationFaults,
                         testing::Values(FaultIn::kStore, FaultIn::kToken, FaultIn::kTrail),
                         NameOfFault);

}  // namespace
}  // namespace kmaas::lifecycle
