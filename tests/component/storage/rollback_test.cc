// Goal: whatever older state of a whole database is put back, the anchor refuses it; what was
// acknowledged is never refused. KMAAS_ROLLBACKS says how many states there are.
#include <cstdlib>
#include <filesystem>
#include <functional>

#include "storage/anchoring.h"
#include "storage/rollback_check.h"
#include "tests/component/storage/database.h"
#include "tests/fakes/memory_anchor.h"
#include "tests/fakes/memory_audit_sink.h"
#include "tests/fakes/seeded_random.h"

namespace kmaas::storage {
namespace {

namespace fs = std::filesystem;

class Rollbacks : public testing::Test {
 protected:
  static int Count() {
    const char* wished = std::getenv("KMAAS_ROLLBACKS");
    return wished == nullptr ? 40 : std::atoi(wished);
  }

  // Commits `count` changes of rights, each anchored, and keeps a copy of the files after each.
  void MakeStates(int count, ports::HeadObserver& observer) {
    SqliteOptions options = database_.Options(OpenMode::kCreate);
    options.observer = &observer;
    const auto store = database_.Open(options);
    for (int state = 0; state < count; ++state) {
      ASSERT_TRUE(Put(*store, "key" + std::to_string(state % 7), std::to_string(state)));
      CopyFiles(database_.directory().path(), Copy(state));
    }
  }
  std::string Copy(int state) const { return copies_.File(std::to_string(state)); }
  static void CopyFiles(const std::string& from, const std::string& to) {
    fs::create_directories(to);
    for (const auto& entry : fs::directory_iterator(to)) fs::remove(entry.path());
    for (const auto& entry : fs::directory_iterator(from))
      if (entry.path().extension() != ".lock")
        fs::copy_file(entry.path(), to + "/" + entry.path().filename().string());
  }
  Standing StandingOf(int state) {
    CopyFiles(Copy(state), database_.directory().path());
    const auto store = database_.Open(OpenMode::kOpenExisting);
    Evidence evidence;
    evidence.database = store->head();
    evidence.token = token_.head();
    return Judge(evidence);
  }
  int ServedOlderStates(int count) {
    int served = 0;
    for (int state = 0; state + 1 < count; ++state) served += MayServe(StandingOf(state)) ? 1 : 0;
    return served;
  }

  Database database_;
  fakes::TemporaryDirectory copies_;
  fakes::MemoryAnchor token_;
  fakes::MemoryAuditSink trail_;
  fakes::SeededRandom random_;
};

TEST_F(Rollbacks, ToEveryOlderStateAreRefused) {
  Anchoring anchoring(token_, database_.clock(), {});
  ASSERT_TRUE(anchoring.Begin(trail_, random_, {}));
  MakeStates(Count(), anchoring);
  EXPECT_EQ(ServedOlderStates(Count()), 0);
  EXPECT_EQ(StandingOf(Count() - 1), Standing::kNewest);
}

// The planted bug: changes of rights are taken for others, and wait for a second that never comes.
class Forgetful final : public ports::HeadObserver {
 public:
  explicit Forgetful(Anchoring& anchoring) : anchoring_(anchoring) {}
  Result<void> MayChangeRights() override { return {}; }
  void Committed(const ports::StoreHead& head, bool /*rights_changed*/) override {
    anchoring_.Committed(head, false);
  }
  void AwaitAnchored(std::uint64_t /*epoch*/, Deadline /*deadline*/) override {}

 private:
  Anchoring& anchoring_;
};

TEST_F(Rollbacks, AreServedByAnAnchorThatForgetsRightsWhichTheHarnessShows) {
  Anchoring anchoring(token_, database_.clock(), {.region = "", .own_thread = false});
  ASSERT_TRUE(anchoring.Begin(trail_, random_, {}));
  Forgetful forgetful(anchoring);
  MakeStates(10, forgetful);
  EXPECT_EQ(ServedOlderStates(10), 9);
}

TEST_F(Rollbacks, AreRefusedThoughTheOlderStateWentOn) {
  Anchoring anchoring(token_, database_.clock(), {});
  ASSERT_TRUE(anchoring.Begin(trail_, random_, {}));
  MakeStates(10, anchoring);
  CopyFiles(Copy(8), database_.directory().path());
  const auto store = database_.Open(OpenMode::kOpenExisting);
  ASSERT_TRUE(Put(*store, "key1", "another"));
  Evidence evidence;
  evidence.database = store->head();
  evidence.token = token_.head();
  EXPECT_EQ(Judge(evidence), Standing::kForked);
}

TEST_F(Rollbacks, AreRefusedOnceADatabaseWentBeyondThem) {
  Anchoring anchoring(token_, database_.clock(), {});
  ASSERT_TRUE(anchoring.Begin(trail_, random_, {}));
  MakeStates(10, anchoring);
  CopyFiles(Copy(3), database_.directory().path());
  {
    SqliteOptions options = database_.Options(OpenMode::kOpenExisting);
    options.observer = &anchoring;
    const auto store = database_.Open(options);
    store->AdvanceEpochTo(1'000'000);
    ASSERT_TRUE(Put(*store, "key1", "accepted"));
    EXPECT_EQ(store->head().epoch, 1'000'000U);
    ASSERT_TRUE(Put(*store, "key1", "and on"));
    EXPECT_EQ(store->head().epoch, 1'000'001U);
  }
  EXPECT_EQ(StandingOf(9), Standing::kRolledBack);
}

}  // namespace
}  // namespace kmaas::storage
