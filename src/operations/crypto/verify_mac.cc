// VerifyMac: makes the HMAC again and compares. What does not verify is an error: MacValid is never
// false.
#include "crypto/digest.h"
#include "operations/crypto/mac.h"
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::VerifyMacResponse> VerifyMac(const kms::VerifyMacRequest& request, KeyCall& call) {
  KM_TRY(const Bytes mac, MacOf(request, call));
  if (!crypto::ConstantTimeEqual(AsBytes(request.mac()), mac))
    return Error{ErrorCode::kKmsInvalidMac, ""};
  kms::VerifyMacResponse reply;
  reply.set_key_id(call.key().arn());
  reply.set_mac_valid(true);
  reply.set_mac_algorithm(request.mac_algorithm());
  return reply;
}

}  // namespace kmaas::operations
