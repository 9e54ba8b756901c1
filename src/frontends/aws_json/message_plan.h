// What JSON knows of a message type: its members by AWS's names, looked up once at start.
#pragma once

#include <google/protobuf/descriptor.h>

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "core/registry.h"

namespace kmaas::aws_json {

// The JSON form of a member, or of each element of a list.
enum class JsonForm { kText, kBlob, kInteger, kLong, kFlag, kTimestamp, kStructure, kTextMap };

struct MessagePlan;

struct MemberPlan {
  const google::protobuf::FieldDescriptor* field = nullptr;
  std::string name;     // "KeyId"
  std::string written;  // "\"KeyId\":"
  JsonForm form = JsonForm::kText;
  bool is_list = false;
  const MessagePlan* structure = nullptr;                      // of kStructure
  const google::protobuf::FieldDescriptor* map_key = nullptr;  // of kTextMap
  const google::protobuf::FieldDescriptor* map_value = nullptr;
};

struct MessagePlan {
  std::vector<MemberPlan> members;  // in field order; at most kMembersMax
  bool is_page =
      false;  // of a listing: says whether it is truncated, so its lists are always there
  bool has_secret = false;  // in nested messages too
  std::size_t names_size = 0;

  static constexpr std::size_t kMembersMax = 64;
};

// The plans of every request and response that a registry serves as AWS JSON. Immutable after
// Create, so thread-safe.
class MessagePlans {
 public:
  // Fails, and the server does not start, on a field type that AWS JSON has no form for here.
  static Result<MessagePlans> Create(const core::Registry& registry);

  // Null when the type is in no operation of the registry.
  const MessagePlan* Find(const google::protobuf::Descriptor* type) const;

 private:
  Result<const MessagePlan*> Add(const google::protobuf::Descriptor* type, std::size_t depth);
  Result<MemberPlan> PlanMember(const google::protobuf::FieldDescriptor* field, std::size_t depth);

  std::unordered_map<const google::protobuf::Descriptor*, std::unique_ptr<MessagePlan>> plans_;
};

}  // namespace kmaas::aws_json
