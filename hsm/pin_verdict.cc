#include "hsm/pin_verdict.h"

#include <utility>

#include "hsm/errors.h"

namespace kmaas::hsm {

PinVerdict::PinVerdict(std::unique_ptr<PinMemory> memory) : memory_(std::move(memory)) {
  if (memory_ != nullptr) refusal_ = memory_->Refusal();
}

Rv PinVerdict::Ask(const std::function<Rv()>& log_in) {
  const std::lock_guard lock(mutex_);
  if (refusal_) return {*refusal_, "C_Login"};
  const Rv rv = log_in();
  if (!IsPinRefusal(rv.code)) return rv;
  refusal_ = rv.code;
  if (memory_ != nullptr) memory_->NoteRefusal(rv.code);
  return rv;
}

}  // namespace kmaas::hsm
