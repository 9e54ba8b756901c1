#include "lifecycle/scheduler.h"

#include <algorithm>

#include "base/limits.h"
#include "base/log.h"
#include "lifecycle/due_call.h"

namespace kmaas::lifecycle {
namespace {

using DueTable = records::Table<records::DueWork>;

constexpr std::size_t kRowsPerRead = 100;
constexpr std::chrono::seconds kFirstWait{10};
constexpr std::chrono::seconds kLongestWait{3600};

}  // namespace

std::size_t Scheduler::RunDue() {
  ++pass_;
  may_destroy_ = !parts_.may_destroy || parts_.may_destroy();
  const std::size_t done = DoRows(records::DueUpTo(parts_.clock.Now()));
  // Of rows that are no more, or that the pass did not come to: those begin anew.
  std::erase_if(waiting_, [this](const auto& wait) { return wait.second.pass != pass_; });
  return done;
}

std::size_t Scheduler::DoRows(const std::string& end) {
  std::size_t done = 0;
  std::string after;
  for (bool more = true; more && !stopping_;) {
    const auto page = parts_.catalog.List<records::DueWork>("", after, kRowsPerRead);
    if (!page) {
      log::Error("schedule_not_read", {{"detail", page.error().detail}});
      return done;
    }
    more = page->truncated;
    for (const ports::Row& row : page->rows) {
      if (stopping_ || row.key > end) return done;
      if (Do(row)) ++done;
      after = row.key;
    }
  }
  return done;
}

bool Scheduler::Waits(const std::string& row_key) {
  const auto wait = waiting_.find(row_key);
  if (wait == waiting_.end()) return false;
  wait->second.pass = pass_;
  return parts_.clock.SteadyNow() < wait->second.until;
}

bool Scheduler::Do(const ports::Row& row) {
  if (Waits(row.key)) return false;
  const Result<records::DueWork> due = DueTable::Decode(row.value);
  if (!due || DueTable::RowKey(*due) != row.key) {
    PutOff(row.key, {}, {ErrorCode::kKmsInternal, "", "row " + row.key + " of due_work is none"});
    return false;
  }
  const auto key = parts_.catalog.Find<domain::Key>(records::KeyRow(due->region, due->key_id));
  // Left as it is, and looked at again in the next pass.
  if (!may_destroy_ && due->work != records::Work::kRotateKey) return false;
  Result<void> outcome;
  if (!key) {
    outcome = key.error();
  } else if (*key == nullptr) {
    outcome = Drop(row.key);
  } else {
    outcome = Ask(*due, (*key)->account);
  }
  // Whatever was answered: the row says whether there is anything left to do. A caller may have
  // changed the key in the meantime.
  if (IsGone(row.key)) {
    waiting_.erase(row.key);
    return outcome.has_value();
  }
  PutOff(row.key, *due,
         outcome ? Error{ErrorCode::kKmsInternal, "", "it was done and is still due"}
                 : outcome.error());
  return false;
}

Result<void> Scheduler::Ask(const records::DueWork& due, const std::string& account) {
  const auto pipeline = parts_.pipelines.find(due.region);
  if (pipeline == parts_.pipelines.end())
    return Error{ErrorCode::kKmsInternal, "", "the Region " + due.region + " is not served"};
  DueCall call(due, account, parts_.random.Uuid(),
               Deadline::After(parts_.clock, limits::kCallDeadline));
  const Result<core::WipedMessage> reply =
      core::ServeObserved(*pipeline->second, call, core::FrontEnd::kScheduler, parts_.observer);
  if (!reply) return reply.error();
  return {};
}

// Work on a key that is no more. It goes with its key, so a row that stayed is one too many.
Result<void> Scheduler::Drop(const std::string& row_key) {
  log::Warning("due_work_without_key", {{"row", row_key}});
  return parts_.catalog.Write(
      [&](records::Changes& changes) { return changes.Delete<records::DueWork>(row_key); },
      Deadline::After(parts_.clock, limits::kCallDeadline));
}

// A row that cannot be read is not gone.
bool Scheduler::IsGone(const std::string& row_key) {
  const auto page = parts_.catalog.List<records::DueWork>(row_key, "", 1);
  return page && (page->rows.empty() || page->rows.front().key != row_key);
}

void Scheduler::PutOff(const std::string& row_key, const records::DueWork& due,
                       const Error& error) {
  Wait& wait = waiting_[row_key];
  wait.pass = pass_;
  wait.span = wait.span.count() == 0 ? kFirstWait : std::min(2 * wait.span, kLongestWait);
  wait.until = parts_.clock.SteadyNow() + wait.span;
  log::Warning("due_work_failed", {{"work", ToText(due.work)},
                                   {"region", due.region},
                                   {"key", due.key_id.ToText()},
                                   {"error", error.message},
                                   {"detail", error.detail},
                                   {"again_in_seconds", wait.span.count()}});
}

}  // namespace kmaas::lifecycle
