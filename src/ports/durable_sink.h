// A sink that knows what of it survives the loss of power.
#pragma once

#include "base/result.h"

namespace kmaas::ports {

// Beside AuditSink, by a sink whose records reach the disk later than it takes them. One without it
// is durable at once. Thread-safe.
class DurableSink {
 public:
  virtual ~DurableSink() = default;
  // Whether everything that was taken before the call survives.
  virtual bool IsDurable() const = 0;
  // Returns when it does.
  virtual Result<void> Flush() = 0;
};

}  // namespace kmaas::ports
