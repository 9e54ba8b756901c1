#include "operations/iam_common/tags.h"

#include <algorithm>
#include <set>

#include "base/ascii_case.h"

namespace kmaas::operations {
namespace {

bool HasControls(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

Error Invalid(std::string message) { return {ErrorCode::kInvalidInput, std::move(message)}; }

}  // namespace

Result<std::vector<domain::Tag>> ReadIamTags(
    const google::protobuf::RepeatedPtrField<::kmaas::iam::v1::Tag>& tags) {
  std::vector<domain::Tag> read;
  std::set<std::string> keys;
  for (const auto& tag : tags) {
    const std::string folded = LowerAscii(tag.key());
    if (folded.starts_with("aws:")) return Invalid("Tag keys beginning with aws: are reserved.");
    if (HasControls(tag.key()) || HasControls(tag.value()))
      return Invalid("Tags cannot contain control characters.");
    if (!keys.insert(folded).second) {
      return Invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    }
    read.push_back({tag.key(), tag.value()});
  }
  return read;
}

Result<void> MergeTags(const std::vector<domain::Tag>& added, std::vector<domain::Tag>& tags) {
  for (const domain::Tag& tag : added) {
    const auto existing = std::find_if(tags.begin(), tags.end(), [&](const domain::Tag& one) {
      return LowerAscii(one.key) == LowerAscii(tag.key);
    });
    if (existing == tags.end()) {
      tags.push_back(tag);
    } else {
      *existing = tag;
    }
  }
  if (tags.size() <= kTagsPerEntityMax) return {};
  return Error{ErrorCode::kLimitExceeded, "The number of tags has reached the maximum limit."};
}

void RemoveTags(const google::protobuf::RepeatedPtrField<std::string>& keys,
                std::vector<domain::Tag>& tags) {
  std::erase_if(tags, [&keys](const domain::Tag& tag) {
    return std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
      return LowerAscii(key) == LowerAscii(tag.key);
    });
  });
}

}  // namespace kmaas::operations
