#include "tests/api/requests.h"

namespace kmaas::api {
namespace {

namespace pb = google::protobuf;

void FillRequired(const std::vector<core::FieldPlan>& plans, pb::Message& message) {
  const pb::Reflection* reflection = message.GetReflection();
  for (const core::FieldPlan& plan : plans) {
    if (!plan.rules->required()) continue;
    if (plan.field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
      FillRequired(plan.members, *reflection->AddMessage(&message, plan.field));
    } else if (plan.field->is_repeated()) {
      reflection->AddString(&message, plan.field, ValidText(plan));
    } else if (plan.field->cpp_type() == pb::FieldDescriptor::CPPTYPE_STRING) {
      reflection->SetString(&message, plan.field, ValidText(plan));
    }
  }
}

}  // namespace

std::string ValidText(const core::FieldPlan& plan) {
  const std::string& name = plan.field->name();
  if (plan.rules->values_size() != 0) return plan.rules->values(0);
  if (plan.rules->alias()) return "alias/example";
  if (name == "policy") return R"({"Version":"2012-10-17","Statement":[]})";
  if (name == "policy_name") return "default";
  if (name.ends_with("_region")) return "eu-west-1";
  if (name.starts_with("authentication_code")) return "123456";
  std::string text = "example";
  if (text.size() < static_cast<std::size_t>(plan.rules->length().min()))
    text.resize(static_cast<std::size_t>(plan.rules->length().min()), 'e');
  return text;
}

std::unique_ptr<pb::Message> RequestOn(const core::Operation& operation,
                                       const std::string& key_id) {
  std::unique_ptr<pb::Message> request(operation.request_prototype->New());
  FillRequired(operation.fields, *request);
  for (const core::TargetPlan& target : operation.targets)
    request->GetReflection()->SetString(request.get(), target.field, key_id);
  return request;
}

}  // namespace kmaas::api
