// Values of a request as policies see them, read by the annotations.
#pragma once

#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/operation.h"
#include "domain/ciphertext.h"

namespace kmaas::core {

// Whether the request has the field, or members of it when it is repeated. False for null.
bool IsSet(const google::protobuf::Message& request,
           const google::protobuf::FieldDescriptor* field);

// The texts that the caller wrote into one field; empty when it is absent.
std::vector<std::string> WrittenTexts(const FieldPlan& plan,
                                      const google::protobuf::Message& request);
// The default that stands for an absent field; empty when it has none.
std::vector<std::string> DefaultTexts(const FieldPlan& plan,
                                      const google::protobuf::Message& request);

// Key and value of each tag that the request sets. Both arguments may be null.
std::vector<std::pair<std::string, std::string>> TagsOfRequest(
    const Operation* operation, const google::protobuf::Message* request);

// What the constraints of a grant say when one is made: "EncryptionContextEquals" or
// "EncryptionContextSubset", and the ARN; empty when they do not.
std::string GrantConstraintType(const google::protobuf::Message& request);
std::string GrantConstraintSourceArn(const google::protobuf::Message& request);

// The encryption context that belongs to a target, or that of the constraints of a grant that is
// made; nothing when the operation has none.
std::optional<domain::EncryptionContext> ContextOfRequest(
    const Operation& operation, const google::protobuf::Message& request,
    const google::protobuf::FieldDescriptor* target);

}  // namespace kmaas::core
