#include "frontends/http/workers.h"

#include <utility>

namespace kmaas::http {
namespace {

// Looks in a row that saw nobody at work, before the looker goes to sleep.
constexpr int kQuietLooks = 20;

}  // namespace

struct Workers::Worker final : BlockingObserver {
  explicit Worker(Workers& all) : pool(all) {}
  void BlockingBegins() noexcept override { pool.BeginBlocking(*this); }
  void BlockingEnds() noexcept override { pool.EndBlocking(*this); }

  static Worker*& OfThisThread() {
    static thread_local Worker* worker = nullptr;
    return worker;
  }

  Workers& pool;
  std::atomic<std::uint64_t> moves{0};  // odd while a request is handled
  std::atomic<bool> stuck{false};       // found by a look; changed under the mutex
  // Under the mutex:
  bool blocked = false;
  std::uint64_t moves_seen = 0;
};

Workers::Workers(const WorkersOptions& options, std::function<void()> serve)
    : options_(options), serve_(std::move(serve)) {
  for (unsigned i = 0; i < options_.threads; ++i)
    workers_.push_back(std::make_unique<Worker>(*this));
  for (const auto& worker : workers_)
    threads_.emplace_back([this, &worker = *worker] { Run(worker); });
  if (options_.look_interval.count() > 0) looker_ = std::thread([this] { RunLooker(); });
}

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  turn_.notify_all();
  look_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  if (looker_.joinable()) looker_.join();
}

void Workers::Run(Worker& worker) {
  Worker::OfThisThread() = &worker;
  BlockingObserver::OfThisThread() = &worker;
  {
    std::unique_lock lock(mutex_);
    TakeTurn(lock);
  }
  serve_();
}

void Workers::TakeTurn(std::unique_lock<std::mutex>& lock) {
  turn_.wait(lock, [this] { return stopping_ || turns_ - blocked_ < options_.running_max; });
  ++turns_;
}

void Workers::BeginBlocking(Worker& worker) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (worker.blocked) return;  // a look was first
    worker.blocked = true;
    ++blocked_;
    too_many_ = TooMany();
  }
  turn_.notify_one();
}

void Workers::EndBlocking(Worker& worker) noexcept {
  const std::lock_guard lock(mutex_);
  if (worker.stuck) return;  // until its request ends
  worker.blocked = false;
  --blocked_;
  too_many_ = TooMany();
}

void Workers::EndRequest(Worker& worker) noexcept {
  std::unique_lock lock(mutex_);
  if (worker.stuck) {
    worker.stuck = false;
    worker.blocked = false;
    --blocked_;
  }
  if (TooMany() && !stopping_) {
    --turns_;
    too_many_ = TooMany();
    TakeTurn(lock);
  }
  too_many_ = TooMany();
}

void Workers::Look() {
  const std::lock_guard lock(mutex_);
  (void)LookAtAll();
}

// True when anybody is at work.
bool Workers::LookAtAll() {
  bool busy = false;
  for (const auto& worker : workers_) {
    const std::uint64_t moves = worker->moves.load();
    const bool moved = std::exchange(worker->moves_seen, moves) != moves;
    const bool handling = moves % 2 != 0;
    busy = busy || moved || handling;
    if (moved || !handling || worker->stuck) continue;
    worker->stuck = true;
    if (worker->moves.load() !=
        moves) {  // just now it came to its end, perhaps without seeing this
      worker->stuck = false;
      continue;
    }
    if (std::exchange(worker->blocked, true)) continue;
    ++blocked_;
    turn_.notify_one();
  }
  return busy;
}

void Workers::RunLooker() {
  std::unique_lock lock(mutex_);
  int quiet = 0;
  while (!stopping_) {
    quiet = LookAtAll() ? 0 : quiet + 1;
    if (quiet < kQuietLooks) {
      look_.wait_for(lock, options_.look_interval);
      continue;
    }
    // Whoever begins a request after this wakes it; whoever began before is seen by the next look.
    looking_ = false;
    if (!LookAtAll()) look_.wait(lock, [this] { return stopping_ || looking_.load(); });
    looking_ = true;
    quiet = 0;
  }
}

unsigned Workers::running() const {
  const std::lock_guard lock(mutex_);
  return turns_ - blocked_;
}

Workers::Request::Request() noexcept : worker_(Worker::OfThisThread()) {
  if (worker_ == nullptr) return;
  worker_->moves.fetch_add(1);
  Workers& pool = worker_->pool;
  if (pool.looking_.load()) return;
  {
    const std::lock_guard lock(pool.mutex_);
    pool.looking_ = true;
  }
  pool.look_.notify_one();
}

Workers::Request::~Request() {
  if (worker_ == nullptr) return;
  worker_->moves.fetch_add(1);
  Workers& pool = worker_->pool;
  if (worker_->stuck.load() || pool.too_many_.load(std::memory_order_relaxed))
    pool.EndRequest(*worker_);
}

}  // namespace kmaas::http
