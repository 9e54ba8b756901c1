#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <memory>

#include "audit/append_file.h"
#include "audit/chain.h"
#include "audit/render.h"
#include "audit/trail.h"
#include "audit/trail_files.h"
#include "tests/contract/audit_contract.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_audit_sink.h"
#include "tests/fakes/temporary_directory.h"

namespace kmaas::contract {
namespace {

class MemoryWorld {
 public:
  ports::AuditSink& sink() { return sink_; }
  std::vector<std::string> event_ids() { return sink_.event_ids(); }
  void Fail(bool fail) { sink_.FailAll(fail); }

 private:
  fakes::MemoryAuditSink sink_;
};

class TrailWorld {
 public:
  TrailWorld() {
    calls_.write = [this](int file, const void* bytes, std::size_t size) -> ssize_t {
      if (!fail_) return ::write(file, bytes, size);
      errno = ENOSPC;
      return -1;
    };
    audit::TrailOptions options;
    options.directory = directory_.path();
    options.calls = &calls_;
    auto opened = audit::Trail::Open(options, clock_);
    if (!opened) throw std::runtime_error(opened.error().message);
    trail_ = *std::move(opened);
  }
  ports::AuditSink& sink() { return *trail_; }
  void Fail(bool fail) { fail_ = fail; }
  std::vector<std::string> event_ids() {
    std::vector<std::string> ids;
    const auto files = audit::ListTrailFiles(directory_.path());
    for (const audit::TrailFile& file : *files) {
      const auto read = audit::ReadLines(file.path, [&ids](const audit::RawLine& line) {
        ids.emplace_back(audit::EventId(audit::ParseLine(line.text)->event));
      });
      EXPECT_TRUE(read);
    }
    return ids;
  }

 private:
  fakes::TemporaryDirectory directory_;
  fakes::ManualClock clock_;
  std::atomic<bool> fail_{false};
  audit::FileCalls calls_ = audit::FileCalls::System();
  std::unique_ptr<audit::Trail> trail_;
};

using Worlds = testing::Types<MemoryWorld, TrailWorld>;
INSTANTIATE_TYPED_TEST_SUITE_P(Every, AuditContract, Worlds);

}  // namespace
}  // namespace kmaas::contract
