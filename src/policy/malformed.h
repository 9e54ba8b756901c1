// The one error of this folder.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace kmaas::policy {

inline Error Malformed(std::string why) {
  return {ErrorCode::kMalformedPolicyDocument, std::move(why)};
}

}  // namespace kmaas::policy
