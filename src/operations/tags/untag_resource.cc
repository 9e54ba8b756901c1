// UntagResource: removes tags by key; a key that is not there is no error.
#include <algorithm>

#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::UntagResourceResponse> UntagResource(const kms::UntagResourceRequest& request,
                                                 KeyCall& call) {
  const auto& keys = request.tag_keys();
  KM_CHECK(call.WriteKey([&keys](domain::Key& key, records::Changes& /*changes*/) -> Result<void> {
    std::erase_if(key.tags, [&keys](const domain::Tag& tag) {
      return std::find(keys.begin(), keys.end(), tag.key) != keys.end();
    });
    return {};
  }));
  return kms::UntagResourceResponse();
}

}  // namespace kmaas::operations
