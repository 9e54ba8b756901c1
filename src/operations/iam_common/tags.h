// Tags of users, roles, policies and MFA devices.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "domain/key.h"
#include "kmaas/iam/v1/iam.pb.h"

namespace kmaas::operations {

inline constexpr std::size_t kTagsPerEntityMax = 50;

// kInvalidInput for keys that stand twice without regard to case, that are reserved, and for
// control characters.
Result<std::vector<domain::Tag>> ReadIamTags(
    const google::protobuf::RepeatedPtrField<::kmaas::iam::v1::Tag>& tags);

// Adds tags, or replaces those with the same key; a key in another case is the same, and is then
// written as it is given. kLimitExceeded when there are too many.
Result<void> MergeTags(const std::vector<domain::Tag>& added, std::vector<domain::Tag>& tags);
void RemoveTags(const google::protobuf::RepeatedPtrField<std::string>& keys,
                std::vector<domain::Tag>& tags);

}  // namespace kmaas::operations
