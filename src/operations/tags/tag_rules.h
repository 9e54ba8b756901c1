// The rules that every set of tags obeys, at creation and later.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <vector>

#include "base/result.h"
#include "domain/key.h"
#include "kmaas/kms/v1/kms.pb.h"

namespace kmaas::operations {

// The tags of a request. kTag for a key that stands twice or begins with "aws:" in any letter case.
Result<std::vector<domain::Tag>> ReadTags(
    const google::protobuf::RepeatedPtrField<::kmaas::kms::v1::Tag>& tags);

// kTag when a key would have more tags than limits::kTagsPerKeyMax.
Result<void> CheckTagCount(std::size_t count);

}  // namespace kmaas::operations
