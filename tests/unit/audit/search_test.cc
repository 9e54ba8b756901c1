#include "audit/search.h"

#include <filesystem>

#include "audit/chain.h"
#include "audit/file_index.h"
#include "audit/render.h"
#include "tests/unit/audit/trail_directory.h"

namespace kmaas::audit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kArn[] = "arn:aws:kms:eu-central-1:111122223333:key/";

// Sixty records in files of twenty, one a day.
class SearchInATrail : public testing::Test {
 protected:
  SearchInATrail() {
    const auto trail = directory_.Open();
    for (int number = 1; number <= 60; ++number) {
      ports::AuditRecord record = fakes::SampleRecord("event-" + std::to_string(number));
      record.request_id = "request-" + std::to_string(number);
      record.time = directory_.clock.Now();
      record.event_name = number % 3 == 0 ? "Decrypt" : "Encrypt";
      record.source_address = number % 2 == 0 ? "192.0.2.2" : "192.0.2.1";
      if (number % 10 == 0) record.error_code = "AccessDeniedException";
      record.resources = {{"111122223333", kArn + std::to_string(number % 5)}};
      record.request_parameters_json = R"({"encryptionContext":{"eventID":"event-1",)"
                                       R"("ARN":"arn:aws:kms:::key/forged"}})";
      if (!trail->Append(record)) throw std::runtime_error("append");
      if (number % 20 == 0) directory_.clock.Advance(std::chrono::hours(24));
    }
    // Indexes that searches make.
    query_.make_indexes = true;
  }
  std::vector<std::string> Ids(const SearchQuery& query) {
    std::vector<std::string> ids;
    const auto report = Search(directory_.path(), query, [&ids](std::string_view line) {
      ids.emplace_back(EventId(ParseLine(line)->event));
    });
    if (!report) throw std::runtime_error(report.error().message);
    report_ = *report;
    return ids;
  }
  // By indexes and without them, which must agree.
  std::vector<std::string> Both() {
    SearchQuery reading = query_;
    reading.use_indexes = false;
    const auto read = Ids(reading);
    EXPECT_EQ(report_.files_indexed, 0U);
    const auto found = Ids(query_);
    EXPECT_EQ(found, read);
    return found;
  }
  TrailFile FirstFile() const { return ListTrailFiles(directory_.path())->front(); }
  TrailDirectory directory_;
  SearchQuery query_;
  SearchReport report_;
};

TEST_F(SearchInATrail, FindsByEventAndRequestId) {
  query_.event_id = "event-7";
  EXPECT_THAT(Both(), ElementsAre("event-7"));
  query_ = {};
  query_.request_id = "request-41";
  EXPECT_THAT(Both(), ElementsAre("event-41"));
}

TEST_F(SearchInATrail, FindsByKeyIdAndByArn) {
  query_.resource = "3";
  EXPECT_EQ(Both().size(), 12U);
  query_.resource = std::string(kArn) + "3";
  EXPECT_EQ(Both().size(), 12U);
}

TEST_F(SearchInATrail, FindsWhatFitsAllThatIsNamed) {
  query_.event_name = "Decrypt";
  query_.error_code = "AccessDeniedException";
  query_.source_address = "192.0.2.2";
  query_.principal = "arn:aws:iam::111122223333:user/alice";
  EXPECT_THAT(Both(), ElementsAre("event-60", "event-30"));
}

TEST_F(SearchInATrail, FindsNewestOrOldestFirstUpToALimit) {
  query_.resource = "3";
  query_.limit = 2;
  EXPECT_THAT(Both(), ElementsAre("event-58", "event-53"));
  query_.oldest_first = true;
  EXPECT_THAT(Both(), ElementsAre("event-3", "event-8"));
}

TEST_F(SearchInATrail, FindsByTime) {
  query_.since = "2026-11-25";
  query_.until = "2026-11-25";
  EXPECT_EQ(Both().size(), 20U);
  query_.event_id = "event-1";
  EXPECT_THAT(Both(), IsEmpty());
}

TEST_F(SearchInATrail, IsNotMisledByWhatACallerPutsIntoAContext) {
  query_.event_id = "event-1";
  EXPECT_THAT(Both(), ElementsAre("event-1"));
  query_ = {};
  query_.resource = "arn:aws:kms:::key/forged";
  EXPECT_THAT(Both(), IsEmpty());
}

TEST_F(SearchInATrail, LooksUpFullFilesAndReadsTheNewest) {
  query_.event_id = "event-7";
  (void)Ids(query_);
  EXPECT_EQ(report_.files_indexed, 2U);
  EXPECT_EQ(report_.files_read, 1U);
}

TEST_F(SearchInATrail, ReadsWhereAnIndexIsMissingAndMayNotBeMade) {
  query_.make_indexes = false;
  query_.event_id = "event-7";
  EXPECT_THAT(Ids(query_), ElementsAre("event-7"));
  EXPECT_EQ(report_.files_read, 3U);
  EXPECT_FALSE(std::filesystem::exists(IndexPath(FirstFile())));
}

// Whatever byte of an index is damaged: nothing is missed, nothing is found that is not there.
TEST_F(SearchInATrail, MissesNothingByADamagedIndex) {
  ASSERT_TRUE(BuildIndex(FirstFile()));
  const std::string name = std::filesystem::path(IndexPath(FirstFile())).filename();
  const std::string whole = directory_.Content(name);
  query_.resource = "3";
  query_.make_indexes = false;
  const auto expected = Ids(query_);
  for (std::size_t at = 0; at < whole.size(); at += 7) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ (1U << (at % 8)));
    directory_.Replace(name, damaged);
    EXPECT_EQ(Ids(query_), expected) << at;
    directory_.Replace(name, whole.substr(0, at));
    EXPECT_EQ(Ids(query_), expected) << at;
  }
}

TEST_F(SearchInATrail, MakesAnIndexAnewThatIsOfAnotherFile) {
  ASSERT_TRUE(BuildIndex(FirstFile()));
  const std::string path = IndexPath(FirstFile());
  directory_.Edit(FirstFile().name, [](auto& lines) { lines.pop_back(); });
  EXPECT_FALSE(FileIndex::Open(FirstFile()));
  query_.event_id = "event-7";
  EXPECT_THAT(Ids(query_), ElementsAre("event-7"));
  EXPECT_TRUE(FileIndex::Open(FirstFile()));
}

TEST(TermHashes, TellFieldsApart) {
  EXPECT_NE(TermHash(Term::kName, "x"), TermHash(Term::kErrorCode, "x"));
}

}  // namespace
}  // namespace kmaas::audit
