// The AWS JSON encoder: a letter that means an operation, and any message of its request and
// response becomes valid JSON, which reads back as the same message but for what of a timestamp is
// finer than a millisecond.
#include <simdjson.h>

#include <cstdlib>

#include "frontends/aws_json/json_decoder.h"
#include "frontends/aws_json/json_encoder.h"
#include "operations/operations.h"
#include "tests/fuzz/messages.h"

namespace {

namespace pb = google::protobuf;
using kmaas::aws_json::MessagePlan;

void RequireRoundTrip(const MessagePlan& plan, const pb::Message& message) {
  const std::string json = kmaas::aws_json::EncodeJson(plan, message);
  if (plan.members.empty() != json.empty()) std::abort();
  static simdjson::dom::parser parser;
  if (!json.empty() && parser.parse(json).error()) std::abort();
  const std::unique_ptr<pb::Message> once(message.New());
  const std::unique_ptr<pb::Message> twice(message.New());
  if (!kmaas::aws_json::DecodeJson(plan, json, *once)) std::abort();
  if (!kmaas::aws_json::DecodeJson(plan, kmaas::aws_json::EncodeJson(plan, *once), *twice))
    std::abort();
  if (kmaas::fuzz::MessageBytes(*once) != kmaas::fuzz::MessageBytes(*twice)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  kmaas::fuzz::SilenceProtobuf();
  static const auto registry = kmaas::operations::MakeRegistry();
  static const auto plans = kmaas::aws_json::MessagePlans::Create(*registry);
  static const auto all = kmaas::fuzz::Having(*registry, &kmaas::core::Operation::aws_target);
  if (size == 0) return 0;
  const kmaas::core::Operation& operation = kmaas::fuzz::Meant(all, data[0]);
  for (const pb::Message* type : {operation.request_prototype, operation.response_prototype}) {
    const std::unique_ptr<pb::Message> message(type->New());
    if (!message->ParseFromArray(data + 1, static_cast<int>(size - 1))) continue;
    message->DiscardUnknownFields();
    RequireRoundTrip(*plans->Find(message->GetDescriptor()), *message);
  }
  return 0;
}
