// The AWS JSON decoder: a letter that means an operation, and any body, read as its request. What
// decodes is a proper message, and written as JSON it decodes to the same message, but for what of
// a timestamp is finer than a millisecond; what does not decode is one of two errors.
#include <algorithm>
#include <cstdlib>

#include "frontends/aws_json/json_decoder.h"
#include "frontends/aws_json/json_encoder.h"
#include "operations/operations.h"
#include "tests/fuzz/messages.h"

namespace {

// `once` has been written and read: writing and reading it again changes nothing.
bool IsStable(const kmaas::aws_json::MessagePlan& plan, const google::protobuf::Message& once) {
  const std::unique_ptr<google::protobuf::Message> twice(once.New());
  if (!kmaas::aws_json::DecodeJson(plan, kmaas::aws_json::EncodeJson(plan, once), *twice))
    return false;
  return kmaas::fuzz::MessageBytes(once) == kmaas::fuzz::MessageBytes(*twice);
}

bool HasTimes(const kmaas::aws_json::MessagePlan& plan) {
  return std::any_of(plan.members.begin(), plan.members.end(), [](const auto& member) {
    return member.form == kmaas::aws_json::JsonForm::kTimestamp;
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using kmaas::ErrorCode;
  static const auto registry = kmaas::operations::MakeRegistry();
  static const auto plans = kmaas::aws_json::MessagePlans::Create(*registry);
  static const auto all = kmaas::fuzz::Having(*registry, &kmaas::core::Operation::aws_target);
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const kmaas::core::Operation& operation = kmaas::fuzz::Meant(all, data[0]);
  const std::unique_ptr<google::protobuf::Message> request(operation.request_prototype->New());
  const std::unique_ptr<google::protobuf::Message> again(operation.request_prototype->New());
  const kmaas::aws_json::MessagePlan& plan = *plans->Find(request->GetDescriptor());
  const auto decoded = kmaas::aws_json::DecodeJson(plan, body, *request);
  if (!decoded) {
    const ErrorCode code = decoded.error().code;
    if (code != ErrorCode::kSerialization && code != ErrorCode::kRequestEntityTooLarge)
      std::abort();
    return 0;
  }
  // gRPC's own parser refuses a text that is not UTF-8: the two front ends must agree.
  const std::string bytes = kmaas::fuzz::MessageBytes(*request);
  if (!again->ParseFromString(bytes)) std::abort();
  again->Clear();
  if (!kmaas::aws_json::DecodeJson(plan, kmaas::aws_json::EncodeJson(plan, *request), *again))
    std::abort();
  if (!HasTimes(plan) && kmaas::fuzz::MessageBytes(*again) != bytes) std::abort();
  if (!IsStable(plan, *again)) std::abort();
  return 0;
}
