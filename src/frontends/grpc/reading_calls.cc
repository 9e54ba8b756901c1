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
  for (ReadingCall* call : calls_) {
    if (now - call->since_ <= max_) return;
    call->EndReading();
  }
}

}  // namespace kmaas::grpc_front
