// The JSON codec on the messages of the API, for its tests.
#pragma once

#include <string>
#include <string_view>

#include "frontends/aws_json/json_decoder.h"
#include "frontends/aws_json/json_encoder.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "operations/operations.h"

namespace kmaas::aws_json {

namespace v1 = ::kmaas::kms::v1;

inline const MessagePlan& PlanOf(const google::protobuf::Descriptor* type) {
  static const Result<core::Registry> registry = operations::MakeRegistry();
  static const Result<MessagePlans> plans = MessagePlans::Create(*registry);
  return *plans->Find(type);
}

template <class Message>
Result<Message> Decode(std::string_view body) {
  Message message;
  KM_CHECK(DecodeJson(PlanOf(Message::descriptor()), body, message));
  return message;
}

// The message of the refusal, which must be a SerializationException; "" when there is none.
template <class Message>
std::string Refusal(std::string_view body) {
  const Result<Message> decoded = Decode<Message>(body);
  if (decoded) return "";
  return decoded.error().code == ErrorCode::kSerialization ? decoded.error().message
                                                           : "another error";
}

inline std::string Encode(const google::protobuf::Message& message) {
  return EncodeJson(PlanOf(message.GetDescriptor()), message);
}

}  // namespace kmaas::aws_json
