#include "frontends/grpc/reading_calls.h"

namespace kmaas::grpc_front {

void ReadingCalls::Watch() {
  ticker_ = std::make_unique<Ticker>(
      "grpc_messages_not_watched", [this] { Look(); }, std::chrono::seconds(1));
}

void ReadingCalls::Begin(ReadingCall& call) {
  const std::lock_guard lock(mutex_);
  call.since_ = clock_.SteadyNow();
  call.place_ = calls_.insert(calls_.end(), &call);
}

void ReadingCalls::End(ReadingCall& call) {
  const std::lock_guard lock(mutex_);
  calls_.erase(call.place_);
}

void ReadingCalls::Look() {
  const SteadyTime now = clock_.SteadyNow();
  const std::lock_guard lock(mutex_);
  while (!calls_.empty() && now - calls_.front()->since_ > max_) {
    ReadingCall& call = *calls_.front();
    // Asked again after as long, should it stay.
    call.since_ = now;
    calls_.splice(calls_.end(), calls_, call.place_);
    call.EndReading();  // it may be gone after this
  }
}

}  // namespace kmaas::grpc_front
