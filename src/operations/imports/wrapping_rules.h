// Which wrapping keys and algorithms there are for which material.
#pragma once

#include "base/result.h"
#include "domain/import_key.h"
#include "kmaas/kms/v1/kms.pb.h"

namespace kmaas::operations {

struct Wrapping {
  domain::WrappingKeySpec spec = domain::WrappingKeySpec::kRsa2048;
  domain::WrappingAlgorithm algorithm = domain::WrappingAlgorithm::kRsaesOaepSha256;
};

// kUnsupportedOperation for what is not offered, and for what could not hold the material of a key
// of `spec`. Source: AWS KMS API, GetParametersForImport.
Result<Wrapping> ReadWrapping(const ::kmaas::kms::v1::GetParametersForImportRequest& request,
                              domain::KeySpec spec);

}  // namespace kmaas::operations
