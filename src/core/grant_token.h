// Grant tokens: texts that name a grant, made by CreateGrant. They are no secrets and prove nothing
// of their bearer; grants work without them at once, so a token is only checked.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/operation.h"
#include "core/services.h"

namespace kmaas::core {

// Base64 of version ‖ nonce ‖ flags ‖ key id ‖ grant id ‖ HMAC-SHA-256 over these and the Region.
// Another text each time; all of them serve until the grant is deleted.
std::string MakeGrantToken(const Services& services, const domain::KeyId& key_id,
                           std::string_view grant_id);

// The grant that a token names. kInvalidGrantToken for any text that this server did not make, made
// in another Region, or whose grant is no more.
Result<std::shared_ptr<const records::GrantId>> OpenGrantToken(const Services& services,
                                                               std::string_view token);

// kInvalidGrantToken unless all tokens in the operation's list of grant tokens are valid.
Result<void> CheckGrantTokens(const Services& services, const Operation& operation,
                              const google::protobuf::Message& request);

}  // namespace kmaas::core
