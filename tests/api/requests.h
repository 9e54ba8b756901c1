// Requests that pass the shape rules of any operation, made from its annotations.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>

#include "core/operation.h"

namespace kmaas::api {

// A value that passes the shape rules of the field.
std::string ValidText(const core::FieldPlan& plan);

// A request of the operation that passes the shape rules, on the key that `key_id` names.
std::unique_ptr<google::protobuf::Message> RequestOn(const core::Operation& operation,
                                                     const std::string& key_id);

}  // namespace kmaas::api
