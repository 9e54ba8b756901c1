#include "frontends/aws_json/message_plan.h"

#include "base/json_text.h"
#include "base/limits.h"
#include "kmaas/options.pb.h"

namespace kmaas::aws_json {
namespace {

namespace pb = google::protobuf;

Error Refuse(const std::string& what) { return {ErrorCode::kKmsInternal, "", "JSON: " + what}; }

Result<JsonForm> FormOf(const pb::FieldDescriptor* field) {
  if (field->is_map()) {
    const bool is_text =
        field->message_type()->map_key()->type() == pb::FieldDescriptor::TYPE_STRING &&
        field->message_type()->map_value()->type() == pb::FieldDescriptor::TYPE_STRING;
    if (is_text) return JsonForm::kTextMap;
    return Refuse(field->full_name() + " is a map of something else than text");
  }
  switch (field->type()) {
    case pb::FieldDescriptor::TYPE_STRING:
      return JsonForm::kText;
    case pb::FieldDescriptor::TYPE_BYTES:
      return JsonForm::kBlob;
    case pb::FieldDescriptor::TYPE_INT32:
      return JsonForm::kInteger;
    case pb::FieldDescriptor::TYPE_INT64:
      return JsonForm::kLong;
    case pb::FieldDescriptor::TYPE_BOOL:
      return JsonForm::kFlag;
    case pb::FieldDescriptor::TYPE_DOUBLE:
      return JsonForm::kTimestamp;
    case pb::FieldDescriptor::TYPE_MESSAGE:
      return JsonForm::kStructure;
    default:
      return Refuse(field->full_name() + " has a type without a JSON form");
  }
}

bool MayRepeat(JsonForm form) {
  return form == JsonForm::kText || form == JsonForm::kBlob || form == JsonForm::kStructure;
}

}  // namespace

Result<MemberPlan> MessagePlans::PlanMember(const pb::FieldDescriptor* field, std::size_t depth) {
  MemberPlan member;
  member.field = field;
  member.name = field->json_name();
  AppendJsonString(member.written, member.name);
  member.written.push_back(':');
  KM_TRY(member.form, FormOf(field));
  member.is_list = field->is_repeated() && !field->is_map();
  if (member.is_list && !MayRepeat(member.form))
    return Refuse(field->full_name() + " is a list of numbers");
  if (!field->is_repeated() && !field->has_presence())
    return Refuse(field->full_name() + " must be optional: absent is not empty");
  if (member.form == JsonForm::kTextMap) {
    member.map_key = field->message_type()->map_key();
    member.map_value = field->message_type()->map_value();
  } else if (member.form == JsonForm::kStructure) {
    KM_TRY(member.structure, Add(field->message_type(), depth + 1));
  }
  return member;
}

Result<const MessagePlan*> MessagePlans::Add(const pb::Descriptor* type, std::size_t depth) {
  if (depth > limits::kJsonDepthMax) return Refuse(type->full_name() + " nests too deep");
  if (const MessagePlan* known = Find(type)) return known;
  auto plan = std::make_unique<MessagePlan>();
  for (int i = 0; i < type->field_count(); ++i) {
    const pb::FieldDescriptor* field = type->field(i);
    KM_TRY(MemberPlan member, PlanMember(field, depth));
    plan->is_page = plan->is_page || member.name == "Truncated";
    plan->has_secret = plan->has_secret || field->options().GetExtension(kmaas::field).secret() ||
                       (member.structure != nullptr && member.structure->has_secret);
    plan->names_size += member.written.size() + 1;
    plan->members.push_back(std::move(member));
  }
  if (plan->members.size() > MessagePlan::kMembersMax)
    return Refuse(type->full_name() + " has too many members");
  return plans_.emplace(type, std::move(plan)).first->second.get();
}

Result<MessagePlans> MessagePlans::Create(const core::Registry& registry) {
  MessagePlans plans;
  for (const auto& operation : registry.operations()) {
    if (operation->aws_target.empty()) continue;
    KM_CHECK(plans.Add(operation->request_prototype->GetDescriptor(), 0));
    KM_CHECK(plans.Add(operation->response_prototype->GetDescriptor(), 0));
  }
  return plans;
}

const MessagePlan* MessagePlans::Find(const pb::Descriptor* type) const {
  const auto found = plans_.find(type);
  return found == plans_.end() ? nullptr : found->second.get();
}

}  // namespace kmaas::aws_json
