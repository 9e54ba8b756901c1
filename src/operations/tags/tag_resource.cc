// TagResource: adds tags to a key or replaces the values of those that it has.
#include <algorithm>

#include "operations/handlers.h"
#include "operations/tags/tag_rules.h"

namespace kmaas::operations {

Result<kms::TagResourceResponse> TagResource(const kms::TagResourceRequest& request,
                                             KeyCall& call) {
  KM_TRY(const std::vector<domain::Tag> added, ReadTags(request.tags()));
  KM_CHECK(call.WriteKey([&added](domain::Key& key, records::Changes& /*changes*/) -> Result<void> {
    for (const domain::Tag& tag : added) {
      const auto existing = std::find_if(key.tags.begin(), key.tags.end(),
                                         [&tag](const domain::Tag& t) { return t.key == tag.key; });
      if (existing == key.tags.end()) {
        key.tags.push_back(tag);
      } else {
        existing->value = tag.value;
      }
    }
    return CheckTagCount(key.tags.size());
  }));
  return kms::TagResourceResponse();
}

}  // namespace kmaas::operations
