// An operation as a value: an annotated rpc and the function that does it.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/call.h"
#include "core/pattern.h"
#include "domain/key_state.h"
#include "kmaas/options.pb.h"
#include "policy/condition_key.h"

namespace kmaas::core {

// What the annotations of one field say, looked up once.
struct FieldPlan {
  const google::protobuf::FieldDescriptor* field = nullptr;
  const FieldRules* rules = nullptr;  // lives in the descriptor pool
  std::string wire_name;              // "keyId": how AWS's validation messages name it
  std::optional<Pattern> pattern;
  std::vector<FieldPlan> members;  // of a nested message
};

// A field that names a key, with its rules resolved.
struct TargetPlan {
  const google::protobuf::FieldDescriptor* field = nullptr;
  const google::protobuf::FieldDescriptor* ciphertext =
      nullptr;  // the key may come from here; may be null
  const google::protobuf::FieldDescriptor* grant_token = nullptr;  // or from here; may be null
  domain::StateRule states = domain::StateRule::kAnyState;
  const Target* rule = nullptr;
  std::string action;
};

// A field that a policy's condition key asks for.
struct ConditionField {
  policy::KnownKey key = policy::KnownKey::kOther;
  const FieldPlan* plan = nullptr;
  // Of the target that it belongs to; null: it belongs to each.
  const google::protobuf::FieldDescriptor* target = nullptr;
};

// An encryption context among the fields.
struct ContextField {
  const google::protobuf::FieldDescriptor* field = nullptr;
  const google::protobuf::FieldDescriptor* target = nullptr;  // as above
};

// A field that names an entity of IAM.
struct EntityPlan {
  const google::protobuf::FieldDescriptor* field = nullptr;
  const Entity* rule = nullptr;
  // Of an entity that is made or moved; null when its kind has none.
  const google::protobuf::FieldDescriptor* path = nullptr;
};

// Which Call a handler takes; the registry refuses a handler whose call disagrees with its
// annotations.
enum class CallKind { kAccount, kKey };

using Handler = std::function<Result<std::unique_ptr<google::protobuf::Message>>(
    const google::protobuf::Message&, Call&)>;

// A function and the message type that it serves: what src/operations/operations.cc lists.
struct Binding {
  const google::protobuf::Descriptor* request = nullptr;
  const google::protobuf::Descriptor* response = nullptr;
  CallKind call = CallKind::kAccount;
  Handler handler;
};

template <class Request, class Response, class CallType>
Binding Bind(Result<Response> (*function)(const Request&, CallType&)) {
  static_assert(std::is_same_v<CallType, AccountCall> || std::is_same_v<CallType, KeyCall>);
  return {Request::descriptor(), Response::descriptor(),
          std::is_same_v<CallType, KeyCall> ? CallKind::kKey : CallKind::kAccount,
          [function](const google::protobuf::Message& request,
                     Call& call) -> Result<std::unique_ptr<google::protobuf::Message>> {
            KM_TRY(Response reply,
                   function(static_cast<const Request&>(request), static_cast<CallType&>(call)));
            return std::unique_ptr<google::protobuf::Message>(
                std::make_unique<Response>(std::move(reply)));
          }};
}

// Immutable after start-up.
struct Operation {
  std::string name;           // "Encrypt"
  std::string grpc_path;      // "/kmaas.kms.v1.KeyManagementService/Encrypt"
  std::string event_source;   // "kms.amazonaws.com"
  std::string signing_name;   // "kms"
  std::string aws_target;     // "TrentService.Encrypt"; empty: not served as AWS JSON
  std::string query_version;  // "2010-05-08"; empty: not served by the Query protocol
  std::string xml_namespace;
  bool empty_result = false;
  bool global = false;  // may be signed for us-east-1 besides the Region of the server
  std::string action;   // "kms:Encrypt"
  Effect effect = EFFECT_UNSPECIFIED;
  bool grant_decides = false;  // kmaas.OperationRules
  const google::protobuf::Message* request_prototype = nullptr;
  const google::protobuf::Message* response_prototype = nullptr;
  std::vector<FieldPlan> fields;
  std::vector<TargetPlan> targets;
  std::vector<EntityPlan> entities;
  const google::protobuf::FieldDescriptor* dry_run = nullptr;
  const google::protobuf::FieldDescriptor* dry_run_modifiers = nullptr;
  const google::protobuf::FieldDescriptor* grant_tokens = nullptr;
  const google::protobuf::FieldDescriptor* recipient = nullptr;
  const google::protobuf::FieldDescriptor* web_identity_token = nullptr;
  Decides decided_by = POLICIES;
  std::vector<ConditionField> conditions;
  std::vector<ContextField> encryption_contexts;
  const FieldPlan* alias = nullptr;  // names an alias; null in most operations
  Handler handler;
};

}  // namespace kmaas::core
