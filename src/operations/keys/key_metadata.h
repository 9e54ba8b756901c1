// KeyMetadata: what CreateKey and DescribeKey tell of a key.
#pragma once

#include "domain/key.h"
#include "kmaas/kms/v1/kms.pb.h"

namespace kmaas::operations {

// Members as AWS sends them for a key of this kind; absent ones are absent there too.
::kmaas::kms::v1::KeyMetadata MetadataOf(const domain::Key& key);

}  // namespace kmaas::operations
