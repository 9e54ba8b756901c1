// KeyMetadata: what CreateKey, DescribeKey and ReplicateKey tell of a key.
#pragma once

#include "core/services.h"
#include "domain/key.h"
#include "kmaas/kms/v1/kms.pb.h"

namespace kmaas::operations {

// Members as AWS sends them for a key of this kind; absent ones are absent there too.
Result<::kmaas::kms::v1::KeyMetadata> MetadataOf(const domain::Key& key,
                                                 const core::Services& services);

}  // namespace kmaas::operations
