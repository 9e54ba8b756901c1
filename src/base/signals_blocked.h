// Threads that leave signals to whoever started the server.
#pragma once

#include <csignal>

namespace kmaas {

// Blocks in the calling thread, for its own life, every signal that may be blocked; threads that
// are made meanwhile inherit it for good. Not those that a thread's own act raises, as SIGSYS for a
// refused system call: a thread that has them blocked is not told but killed, and the process with
// it (signal(7), sigaction(2)).
class SignalsBlocked {
 public:
  SignalsBlocked();
  ~SignalsBlocked();
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace kmaas
