#include "hsm/pin_verdict.h"

#include "hsm/errors.h"

namespace kmaas::hsm {

Rv PinVerdict::Ask(const std::function<Rv()>& log_in) {
  const std::lock_guard lock(mutex_);
  if (refusal_) return {*refusal_, "C_Login"};
  const Rv rv = log_in();
  if (IsPinRefusal(rv.code)) refusal_ = rv.code;
  return rv;
}

}  // namespace kmaas::hsm
