// A TCP connection whose every step has a deadline and ends early when the service stops.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace kmaas::siem {

// Borrows both.
struct Patience {
  const Clock& clock;
  const std::atomic<bool>& stopping;
  std::chrono::milliseconds step_max{10'000};
};

Error NetworkError(const std::string& what);
Error NetworkError(const std::string& what, int error);

class Socket {
 public:
  // Tries every address of the host in turn.
  static Result<Socket> Connect(const std::string& host, std::uint16_t port,
                                const Patience& patience);
  ~Socket();
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&&) = delete;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  // Until one of `events` (poll(2)) is there; fails at the deadline and when the service stops.
  Result<void> Wait(short events, SteadyTime until) const;
  SteadyTime StepEnd() const { return patience_->clock.SteadyNow() + patience_->step_max; }
  // Bytes that the peer's TCP has not acknowledged yet.
  Result<std::size_t> Unacknowledged() const;
  int get() const { return file_; }

 private:
  Socket(int file, const Patience& patience) : file_(file), patience_(&patience) {}
  int file_;
  const Patience* patience_;
};

}  // namespace kmaas::siem
