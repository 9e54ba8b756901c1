// ListResourceTags: the tags of a key, in the order in which they were set.
#include <algorithm>

#include "base/limits.h"
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::ListResourceTagsResponse> ListResourceTags(const kms::ListResourceTagsRequest& request,
                                                       KeyCall& call) {
  const std::vector<domain::Tag>& tags = call.key().tags;
  auto from = tags.begin();
  if (request.has_marker()) {
    KM_TRY(const std::string last, call.OpenMarker(request.marker()));
    const auto seen = std::find_if(tags.begin(), tags.end(),
                                   [&last](const domain::Tag& tag) { return tag.key == last; });
    if (seen != tags.end()) from = seen + 1;
  }
  const auto limit =
      request.has_limit() ? request.limit() : static_cast<std::ptrdiff_t>(limits::kTagsPerKeyMax);
  const auto to = from + std::min<std::ptrdiff_t>(limit, tags.end() - from);
  kms::ListResourceTagsResponse reply;
  for (auto tag = from; tag != to; ++tag) {
    kms::Tag* listed = reply.add_tags();
    listed->set_tag_key(tag->key);
    listed->set_tag_value(tag->value);
  }
  reply.set_truncated(to != tags.end());
  if (reply.truncated()) reply.set_next_marker(call.MarkerFor((to - 1)->key));
  return reply;
}

}  // namespace kmaas::operations
