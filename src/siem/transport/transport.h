// How messages reach a receiver, and what proves that they did.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "siem/message.h"

namespace kmaas::siem {

// Owned by one thread. After a failure the caller closes it and connects again; everything that was
// not confirmed has to be sent again then.
class Transport {
 public:
  virtual ~Transport() = default;
  // A connection in which nothing was sent. No step waits longer than a bounded time.
  virtual Result<void> Connect() = 0;
  // In this order. Success says that they were handed over, not that they arrived.
  virtual Result<void> Send(const std::vector<Message>& messages) = 0;
  // How many of those sent since Connect the receiver has taken, as far as there is evidence. Does
  // not wait. Fails when the connection has ended or the evidence is overdue.
  virtual Result<std::uint64_t> Confirmed() = 0;
  virtual void Close() = 0;
};

}  // namespace kmaas::siem
