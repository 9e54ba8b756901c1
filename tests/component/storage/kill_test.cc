#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <set>
#include <thread>

#include "tests/component/storage/database.h"

namespace kmaas::storage {
namespace {

// What the child does until it is killed: pairs of rows from several threads, each acknowledged
// pair reported through the pipe.
[[noreturn]] void WriteUntilKilled(const SqliteOptions& options, int ledger) {
  const fakes::ManualClock clock;
  const auto opened = SqliteStore::Open(options, TestMac(), clock);
  if (!opened) _exit(1);
  std::vector<std::thread> threads;
  for (std::uint32_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::uint32_t number = thread;; number += 4) {
        const std::string name = std::to_string(number);
        const auto written = (*opened)->Write(
            [&name](ports::Transaction& change) -> Result<void> {
              KM_CHECK(change.Put("keys", "left/" + name, std::string(900, 'l')));
              return change.Put("keys", "right/" + name, "r");
            },
            Deadline::Never());
        if (!written || write(ledger, &number, sizeof(number)) != sizeof(number)) _exit(2);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  _exit(3);
}

// The numbers of the pairs that were acknowledged before the child was killed.
std::set<std::string> KillAfter(const SqliteOptions& options, std::size_t acknowledged_min) {
  int ends[2] = {-1, -1};
  if (pipe(ends) != 0) throw std::runtime_error("pipe");
  const pid_t child = fork();
  if (child == 0) WriteUntilKilled(options, ends[1]);
  close(ends[1]);
  std::set<std::string> acknowledged;
  std::uint32_t number = 0;
  while (read(ends[0], &number, sizeof(number)) == sizeof(number)) {
    acknowledged.insert(std::to_string(number));
    if (acknowledged.size() == acknowledged_min) kill(child, SIGKILL);
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
  return acknowledged;
}

std::set<std::string> NamesUnder(SqliteStore& store, const std::string& prefix) {
  std::set<std::string> names;
  const auto rows = store.List({"keys", prefix, "", 1'000'000});
  if (!rows) return {rows.error().detail};
  for (const ports::Row& row : *rows) names.insert(row.key.substr(prefix.size()));
  return names;
}

TEST(Kill, LosesNoAcknowledgedChangeAndLeavesNoneHalf) {
  for (const std::size_t acknowledged_min : {1U, 2U, 10U, 37U, 100U, 333U, 1000U, 2500U}) {
    Database database;
    database.Open(OpenMode::kCreate).reset();
    std::set<std::string> acknowledged;
    for (int round = 0; round < 3; ++round)
      acknowledged.merge(KillAfter(database.Options(OpenMode::kOpenExisting), acknowledged_min));
    const auto store = database.Open(OpenMode::kOpenExisting);
    const std::set<std::string> left = NamesUnder(*store, "left/");
    EXPECT_EQ(left, NamesUnder(*store, "right/"));
    EXPECT_TRUE(std::includes(left.begin(), left.end(), acknowledged.begin(), acknowledged.end()));
    EXPECT_TRUE(Put(*store, "after", "1"));
  }
}

}  // namespace
}  // namespace kmaas::storage
