#include "operations/tags/tag_rules.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "base/limits.h"

namespace kmaas::operations {
namespace {

bool IsReserved(std::string_view key) {
  constexpr std::string_view kReserved = "aws:";
  return key.size() >= kReserved.size() &&
         std::equal(kReserved.begin(), kReserved.end(), key.begin(), [](char reserved, char c) {
           return reserved == static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
         });
}

}  // namespace

Result<std::vector<domain::Tag>> ReadTags(
    const google::protobuf::RepeatedPtrField<::kmaas::kms::v1::Tag>& tags) {
  std::vector<domain::Tag> read;
  std::set<std::string_view> keys;
  for (const auto& tag : tags) {
    if (IsReserved(tag.tag_key()))
      return Error{ErrorCode::kTag, "Tags beginning with aws: are reserved"};
    if (!keys.insert(tag.tag_key()).second) return Error{ErrorCode::kTag, "Duplicate tag keys"};
    read.push_back({tag.tag_key(), tag.tag_value()});
  }
  KM_CHECK(CheckTagCount(read.size()));
  return read;
}

Result<void> CheckTagCount(std::size_t count) {
  if (count > limits::kTagsPerKeyMax) return Error{ErrorCode::kTag, "Too many tags"};
  return {};
}

}  // namespace kmaas::operations
