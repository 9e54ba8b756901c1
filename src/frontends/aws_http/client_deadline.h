// How long the client waits for its answer, as AWS's SDKs say it.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace kmaas::aws_http {

// Of the headers `amz-sdk-request: ttl=20261124T120010Z; attempt=1; max=3` and `x-amz-date:
// 20261124T120000Z`: from the time of the signature to the time at which the SDK gives up, both by
// the client's clock, whatever that is. Both are cut to the second, so one is added. None: the
// client does not say, or not in this form. At least a second.
// Source: AWS SDKs and Tools Reference Guide, "Retry behavior"; botocore/retryhandler.
std::optional<std::chrono::seconds> ClientPatience(std::string_view sdk_request,
                                                   std::string_view amz_date);

}  // namespace kmaas::aws_http
