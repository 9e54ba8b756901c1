#include "base/signals_blocked.h"

namespace kmaas {
namespace {

constexpr int kOwnActs[] = {SIGSYS, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT};

}  // namespace

SignalsBlocked::SignalsBlocked() {
  sigset_t others;
  sigfillset(&others);
  for (const int own : kOwnActs) sigdelset(&others, own);
  ::pthread_sigmask(SIG_SETMASK, &others, &before_);
}

SignalsBlocked::~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

}  // namespace kmaas
