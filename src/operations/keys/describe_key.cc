// DescribeKey: the metadata of one key.
#include "operations/handlers.h"
#include "operations/keys/key_metadata.h"

namespace kmaas::operations {

Result<kms::DescribeKeyResponse> DescribeKey(const kms::DescribeKeyRequest& /*request*/,
                                             KeyCall& call) {
  kms::DescribeKeyResponse reply;
  KM_TRY(*reply.mutable_key_metadata(), MetadataOf(call.key(), call.services()));
  return reply;
}

}  // namespace kmaas::operations
