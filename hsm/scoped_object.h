// A session object that lives as long as a scope.
#pragma once

#include "hsm/session.h"

namespace kmaas::hsm {

// Destroys its object in `session` (borrowed) when it goes, if there is one.
class ScopedObject {
 public:
  explicit ScopedObject(const Session& session) : session_(session) {}
  ScopedObject(const ScopedObject&) = delete;
  ScopedObject& operator=(const ScopedObject&) = delete;
  ~ScopedObject() {
    // Nothing can be done about a failure: the object goes with its session at the latest.
    if (handle.value != CK_INVALID_HANDLE) (void)session_.Destroy(handle);
  }

  ObjectHandle handle;  // what creates the object writes here

 private:
  const Session& session_;
};

}  // namespace kmaas::hsm
