// What the audit may see of a message, and the wiping of what nobody may see afterwards: both from
// the annotations.
#pragma once

#include <google/protobuf/message.h>

#include <string>

#include "core/operation.h"

namespace kmaas::core {

// requestParameters: lowerCamel names, without secret and unaudited fields; defaults that matter
// are filled in. "null" when nothing is left.
std::string AuditedParameters(const Operation& operation, const google::protobuf::Message& request);

// Overwrites every secret field, in nested messages too. Copies inside protobuf and gRPC are
// covered by the zeroing allocator (docs/decisions).
void WipeSecrets(google::protobuf::Message& message);

// Owns a message and wipes its secrets when dropped.
class WipedMessage {
 public:
  explicit WipedMessage(std::unique_ptr<google::protobuf::Message> message)
      : message_(std::move(message)) {}
  WipedMessage(WipedMessage&&) = default;
  WipedMessage& operator=(WipedMessage&&) = delete;
  ~WipedMessage() {
    if (message_ != nullptr) WipeSecrets(*message_);
  }
  google::protobuf::Message& operator*() const { return *message_; }
  google::protobuf::Message* operator->() const { return message_.get(); }

 private:
  std::unique_ptr<google::protobuf::Message> message_;
};

}  // namespace kmaas::core
