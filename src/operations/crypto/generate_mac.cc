// GenerateMac: the HMAC of a message, made in the HSM.
#include "operations/crypto/mac.h"
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::GenerateMacResponse> GenerateMac(const kms::GenerateMacRequest& request,
                                             KeyCall& call) {
  KM_TRY(const Bytes mac, MacOf(request, call));
  kms::GenerateMacResponse reply;
  reply.set_mac(mac.data(), mac.size());
  reply.set_mac_algorithm(request.mac_algorithm());
  reply.set_key_id(call.key().arn());
  return reply;
}

}  // namespace kmaas::operations
