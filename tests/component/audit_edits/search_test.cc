// Searches of a trail as large as KMAAS_AUDIT_SEARCH_RECORDS says, counted against what was
// written, and their times. KMAAS_AUDIT_SEARCH_DIRECTORY: where it is made and left, for
// `kmaas audit search`; one that is there is taken as it is.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "audit/file_index.h"
#include "audit/search.h"
#include "audit/trail.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/sample_record.h"
#include "tests/fakes/temporary_directory.h"

namespace kmaas::audit {
namespace {

constexpr std::uint64_t kKeys = 10'000;
constexpr std::uint64_t kPrincipals = 500;
constexpr std::uint64_t kFailsEach = 1'000;

std::uint64_t RecordsWanted() {
  const char* text = std::getenv("KMAAS_AUDIT_SEARCH_RECORDS");
  return text == nullptr ? 20'000 : std::strtoull(text, nullptr, 10);
}

class Stopwatch {
 public:
  double Seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
  }

 private:
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

void Write(const std::string& directory, std::uint64_t records) {
  fakes::ManualClock clock;
  TrailOptions options{directory};
  options.flush_interval = std::chrono::milliseconds(0);
  if (records < 100'000) options.bytes_per_file_max = std::uint64_t{4} << 20U;
  auto trail = Trail::Open(options, clock);
  ASSERT_TRUE(trail);
  ports::AuditRecord record = fakes::SampleRecord("");
  for (std::uint64_t number = 1; number <= records; ++number) {
    record.event_id = "event-" + std::to_string(number);
    record.request_id = "request-" + std::to_string(number);
    record.time = clock.Now();
    record.principal->arn =
        "arn:aws:iam::111122223333:user/user-" + std::to_string(number % kPrincipals);
    record.event_name = number % 2 == 0 ? "Encrypt" : "Decrypt";
    record.error_code = number % kFailsEach == 0 ? "AccessDeniedException" : "";
    record.resources[0].arn =
        "arn:aws:kms:eu-central-1:111122223333:key/key-" + std::to_string(number % kKeys);
    ASSERT_TRUE((*trail)->Append(record));
    clock.Advance(std::chrono::milliseconds(10));
  }
}

// Answers the seconds.
double Count(const std::string& directory, const SearchQuery& query, std::uint64_t expected) {
  const Stopwatch watch;
  const auto report = Search(directory, query, [](std::string_view) {});
  const double seconds = watch.Seconds();
  EXPECT_TRUE(report);
  EXPECT_EQ(report->found, expected);
  return seconds;
}

// Makes what is missing, and says how much there is.
void MakeIndexes(const std::string& directory) {
  const auto files = ListTrailFiles(directory);
  const Stopwatch building;
  std::uint64_t bytes = 0;
  std::uint64_t index_bytes = 0;
  for (const TrailFile& file : *files) {
    bytes += std::filesystem::file_size(file.path);
    if (&file == &files->back()) continue;
    ASSERT_TRUE(FileIndex::Open(file) || BuildIndex(file));
    index_bytes += std::filesystem::file_size(IndexPath(file));
  }
  std::cout << bytes << " bytes in " << files->size() << " files; indexes of " << index_bytes
            << " bytes, made in " << building.Seconds() << " s where they were missing\n";
}

struct Asked {
  const char* what;
  SearchQuery query;
  std::uint64_t expected;
};

// Of a trail of so many records, as Write makes it.
std::vector<Asked> Questions(std::uint64_t records) {
  SearchQuery by_request;
  by_request.request_id = "request-" + std::to_string(records / 3);
  SearchQuery by_event;
  by_event.event_id = "event-" + std::to_string(records / 2);
  SearchQuery by_key;
  by_key.resource = "key-7";
  SearchQuery by_key_and_error = by_key;
  by_key_and_error.error_code = "AccessDeniedException";
  SearchQuery newest_of_key = by_key;
  newest_of_key.limit = 1;
  SearchQuery by_two;  // each is in very many records
  by_two.principal = "arn:aws:iam::111122223333:user/user-0";
  by_two.error_code = "AccessDeniedException";
  SearchQuery by_time;
  by_time.since = "2026-11-24T12:00";
  by_time.limit = 100;
  return {{"a request id", by_request, 1},
          {"an event id", by_event, 1},
          {"a key", by_key, (records + kKeys - 7) / kKeys},
          {"a key and an error", by_key_and_error, 0},
          {"the newest of a key", newest_of_key, 1},
          {"a principal and an error", by_two, records / kFailsEach},
          {"the newest 100 of a time", by_time, 100}};
}

TEST(AuditSearch, FindsJustWhatWasWritten) {
  const fakes::TemporaryDirectory temporary;
  const char* place = std::getenv("KMAAS_AUDIT_SEARCH_DIRECTORY");
  const std::string directory = place == nullptr ? temporary.path() : place;
  const std::uint64_t records = RecordsWanted();
  if (ListTrailFiles(directory)->empty()) Write(directory, records);
  std::cout << records << " records, ";
  MakeIndexes(directory);
  for (const char* round : {"first", "again"}) {
    for (const Asked& asked : Questions(records))
      std::cout << round << ", by " << asked.what << ": "
                << Count(directory, asked.query, asked.expected) << " s\n";
  }
}

}  // namespace
}  // namespace kmaas::audit
