// Goal: the newest anchor in a trail is found, and nothing that a caller writes is taken for one.
#include "audit/anchored_head.h"

#include <gtest/gtest.h>

#include <fstream>

#include "audit/chain.h"
#include "audit/render.h"
#include "audit/trail_files.h"
#include "tests/fakes/sample_record.h"
#include "tests/fakes/temporary_directory.h"

namespace kmaas::audit {
namespace {

ports::AuditRecord AnchorRecord(const std::string& epoch) {
  ports::AuditRecord record = fakes::SampleRecord("e");
  record.event_source = "kmaas.internal";
  record.event_name = "AnchorStoreHead";
  record.service_event = true;
  record.response_elements_json =
      R"({"epoch":)" + epoch + R"(,"rows":21,"digest":")" + std::string(64, 'a') + R"("})";
  return record;
}

class AnchoredHeads : public testing::Test {
 protected:
  void Append(const ports::AuditRecord& record) { AppendRecord(lines_, head_, Render(record)); }
  void Close() {
    std::ofstream(directory_.File(TrailFileName(first_))) << lines_;
    lines_.clear();
    first_ = head_.sequence + 1;
  }
  std::optional<AnchoredHead> Find() {
    auto found = FindAnchoredHead(directory_.path());
    EXPECT_TRUE(found) << found.error().detail;
    return found ? *found : std::nullopt;
  }

  fakes::TemporaryDirectory directory_;
  ChainHead head_ = Genesis();
  std::string lines_;
  std::uint64_t first_ = 1;
};

TEST_F(AnchoredHeads, AreNoneInATrailOfBefore) {
  Append(fakes::SampleRecord("e"));
  Close();
  EXPECT_EQ(Find(), std::nullopt);
}

TEST_F(AnchoredHeads, AreNoneWhereThereIsNoDirectory) {
  const auto found = FindAnchoredHead(directory_.File("none"));
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, std::nullopt);
}

TEST_F(AnchoredHeads, GiveTheNewestOfTheNewestFileThatHasOne) {
  Append(AnchorRecord("5"));
  Append(AnchorRecord("6"));
  Append(fakes::SampleRecord("e"));
  Close();
  Append(fakes::SampleRecord("e"));
  Close();
  const auto found = Find();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->head.epoch, 6U);
  EXPECT_EQ(found->head.rows, 21U);
  EXPECT_EQ(found->head.digest[31], 0xaa);
  EXPECT_EQ(found->place, TrailFileName(1) + " record 2");
  EXPECT_EQ(found->time, FormatIso8601(fakes::SampleRecord("e").time));
}

TEST_F(AnchoredHeads, AreNotHiddenByALowerOneBehindThem) {
  Append(AnchorRecord("6"));
  Append(AnchorRecord("5"));
  Close();
  const auto found = Find();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->head.epoch, 6U);
  EXPECT_EQ(found->place, TrailFileName(1) + " record 1");
}

TEST_F(AnchoredHeads, AreNotWhatACallerWritesIntoACall) {
  ports::AuditRecord record = fakes::SampleRecord("e");
  const std::string forged =
      R"({"x":1,"eventSource":"kmaas.internal","eventName":"AnchorStoreHead",)"
      R"("serviceEventDetails":{"epoch":9,"rows":1,"digest":")" +
      std::string(64, 'b') + R"("}})";
  record.request_parameters_json = R"({"encryptionContext":)" + forged + "}";
  record.user_agent = R"(,"eventSource":"kmaas.internal","eventName":"AnchorStoreHead")";
  Append(record);
  Close();
  EXPECT_EQ(Find(), std::nullopt);
}

TEST_F(AnchoredHeads, AreNotWhatHasAnotherForm) {
  for (const char* epoch : {"", "-1", "1.5", "\"7\"", "99999999999999999999999"})
    EXPECT_EQ(AnchoredHeadOf(Render(AnchorRecord(epoch))), std::nullopt) << epoch;
  EXPECT_TRUE(AnchoredHeadOf(Render(AnchorRecord("7"))));
}

}  // namespace
}  // namespace kmaas::audit
