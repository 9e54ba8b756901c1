// The content of a request: what approvers see, in bytes that are the same for the same content.
#pragma once

#include "keyservice/plan/key_plan.h"
#include "keyservice/rules/file_check.h"

namespace kmaas::keyservice {

struct Content {
  std::string request_id;
  std::string requester;  // the person
  Mode mode = Mode::kAllOrNothing;
  std::uint64_t table_serial = 0;
  crypto::Sha256Digest table_digest{};
  std::vector<KeyPlan> plans;  // in any order
};

// Length-prefixed fields (base/bytes.h), version first; plans sorted by their own encoding, so that
// the order of rows says nothing. docs/decisions/0041 has the form.
Bytes Encode(const Content& content);
crypto::Sha256Digest HashOf(const Content& content);

}  // namespace kmaas::keyservice
