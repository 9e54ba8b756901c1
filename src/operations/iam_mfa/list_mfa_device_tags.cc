// ListMFADeviceTags: the tags of a virtual MFA device, in the order in which they were set.
#include "operations/iam_common/messages.h"
#include "operations/iam_common/mfa_devices.h"
#include "operations/iam_common/paging.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::ListMFADeviceTagsResponse> ListMFADeviceTags(
    const iam::ListMFADeviceTagsRequest& request, AccountCall& call) {
  KM_TRY(const auto device, FindDevice(call, request.serial_number()));
  KM_TRY(const Paging paging, ReadPaging(request, call));
  iam::ListMFADeviceTagsResponse reply;
  ListItems(
      device->tags, paging, [](const domain::Tag& tag) { return tag.key; },
      [&reply](const domain::Tag& tag) { Fill(tag, *reply.add_tags()); }, call, reply);
  return reply;
}

}  // namespace kmaas::operations
