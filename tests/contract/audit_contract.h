// What every audit sink must do, as a suite over a type that makes one.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "ports/audit_sink.h"
#include "tests/fakes/sample_record.h"

namespace kmaas::contract {

// World: default-constructible, with `ports::AuditSink& sink()`, `std::vector<std::string>
// event_ids()` (what is in the trail, in order) and `void Fail(bool)`.
template <class World>
class AuditContract : public testing::Test {
 protected:
  ports::AuditSink& sink() { return world_.sink(); }
  World& world() { return world_; }
  Result<void> AppendRendered(const std::string& id) {
    return sink().AppendRendered(id, sink().Render(fakes::SampleRecord(id)));
  }

 private:
  World world_;
};

TYPED_TEST_SUITE_P(AuditContract);

TYPED_TEST_P(AuditContract, KeepsRecordsInOrder) {
  for (const char* id : {"a", "b"}) EXPECT_TRUE(this->sink().Append(fakes::SampleRecord(id)));
  EXPECT_TRUE(this->AppendRendered("c"));
  EXPECT_THAT(this->world().event_ids(), testing::ElementsAre("a", "b", "c"));
}

TYPED_TEST_P(AuditContract, SkipsARenderedRecordThatItHas) {
  EXPECT_TRUE(this->AppendRendered("a"));
  EXPECT_TRUE(this->AppendRendered("b"));
  EXPECT_TRUE(this->AppendRendered("a"));
  EXPECT_THAT(this->world().event_ids(), testing::ElementsAre("a", "b"));
}

TYPED_TEST_P(AuditContract, RenderingLeavesNothingInTheTrail) {
  EXPECT_THAT(this->sink().Render(fakes::SampleRecord("a")), testing::HasSubstr("\"a\""));
  EXPECT_THAT(this->world().event_ids(), testing::IsEmpty());
}

TYPED_TEST_P(AuditContract, FailsWithoutATraceAndRecovers) {
  EXPECT_TRUE(this->sink().Append(fakes::SampleRecord("a")));
  this->world().Fail(true);
  EXPECT_FALSE(this->sink().Append(fakes::SampleRecord("b")));
  EXPECT_FALSE(this->AppendRendered("c"));
  this->world().Fail(false);
  EXPECT_TRUE(this->AppendRendered("c"));
  EXPECT_TRUE(this->sink().Append(fakes::SampleRecord("d")));
  EXPECT_THAT(this->world().event_ids(), testing::ElementsAre("a", "c", "d"));
}

TYPED_TEST_P(AuditContract, KeepsEveryRecordOfManyThreadsOnce) {
  constexpr int kThreads = 8;
  constexpr int kRecords = 250;
  std::vector<std::thread> threads;
  std::vector<std::string> expected;
  for (int thread = 0; thread < kThreads; ++thread) {
    for (int record = 0; record < kRecords; ++record)
      expected.push_back(std::to_string(thread) + "-" + std::to_string(record));
    threads.emplace_back([this, thread] {
      for (int record = 0; record < kRecords; ++record) {
        const std::string id = std::to_string(thread) + "-" + std::to_string(record);
        EXPECT_TRUE(record % 2 == 0 ? this->sink().Append(fakes::SampleRecord(id))
                                    : this->AppendRendered(id));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(this->world().event_ids(), testing::UnorderedElementsAreArray(expected));
}

REGISTER_TYPED_TEST_SUITE_P(AuditContract, KeepsRecordsInOrder, SkipsARenderedRecordThatItHas,
                            RenderingLeavesNothingInTheTrail, FailsWithoutATraceAndRecovers,
                            KeepsEveryRecordOfManyThreadsOnce);

}  // namespace kmaas::contract
