// ListResourceTags: the tags of a key, by tag key, so that a page goes on where the last one ended
// whatever was set or removed in between.
#include <algorithm>

#include "base/limits.h"
#include "operations/handlers.h"

namespace kmaas::operations {

Result<kms::ListResourceTagsResponse> ListResourceTags(const kms::ListResourceTagsRequest& request,
                                                       KeyCall& call) {
  const auto by_key = [](const domain::Tag& a, const domain::Tag& b) { return a.key < b.key; };
  std::vector<domain::Tag> tags = call.key().tags;
  std::sort(tags.begin(), tags.end(), by_key);
  auto from = tags.begin();
  if (request.has_marker()) {
    KM_TRY(std::string last, call.OpenMarker(request.marker()));
    from = std::upper_bound(tags.begin(), tags.end(), domain::Tag{std::move(last), ""}, by_key);
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
