#include "core/field_values.h"

#include <cmath>

namespace kmaas::core {
namespace {

namespace pb = google::protobuf;
using Field = pb::FieldDescriptor;

// A timestamp, the only fractional number of the API, in whole seconds.
std::string NumberText(double value) {
  return std::to_string(static_cast<std::int64_t>(std::floor(value)));
}

std::string SingleText(const pb::Message& message, const Field* field) {
  const pb::Reflection* reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case Field::CPPTYPE_STRING:
      return reflection->GetString(message, field);
    case Field::CPPTYPE_BOOL:
      return reflection->GetBool(message, field) ? "true" : "false";
    case Field::CPPTYPE_INT32:
      return std::to_string(reflection->GetInt32(message, field));
    case Field::CPPTYPE_INT64:
      return std::to_string(reflection->GetInt64(message, field));
    case Field::CPPTYPE_DOUBLE:
      return NumberText(reflection->GetDouble(message, field));
    default:
      return {};
  }
}

constexpr char kContextEquals[] = "encryption_context_equals";
constexpr char kContextSubset[] = "encryption_context_subset";

domain::EncryptionContext ReadMap(const pb::Message& message, const Field* field) {
  const pb::Reflection* reflection = message.GetReflection();
  const pb::Descriptor* entry = field->message_type();
  domain::EncryptionContext context;
  for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
    const pb::Message& one = reflection->GetRepeatedMessage(message, field, i);
    context.emplace(SingleText(one, entry->map_key()), SingleText(one, entry->map_value()));
  }
  return context;
}

// The constraints that CreateGrant is asked to set; null elsewhere.
const pb::Message* GrantConstraintsOf(const pb::Message& request) {
  const Field* field = request.GetDescriptor()->FindFieldByName("constraints");
  if (field == nullptr || field->cpp_type() != Field::CPPTYPE_MESSAGE || field->is_repeated())
    return nullptr;
  const pb::Reflection* reflection = request.GetReflection();
  return reflection->HasField(request, field) ? &reflection->GetMessage(request, field) : nullptr;
}

}  // namespace

bool IsSet(const pb::Message& request, const pb::FieldDescriptor* field) {
  if (field == nullptr) return false;
  const pb::Reflection* reflection = request.GetReflection();
  return field->is_repeated() ? reflection->FieldSize(request, field) > 0
                              : reflection->HasField(request, field);
}

std::vector<std::string> WrittenTexts(const FieldPlan& plan, const pb::Message& request) {
  const pb::Reflection* reflection = request.GetReflection();
  std::vector<std::string> texts;
  if (plan.field->is_repeated()) {
    if (plan.field->cpp_type() != Field::CPPTYPE_STRING) return texts;
    for (int i = 0; i < reflection->FieldSize(request, plan.field); ++i)
      texts.push_back(reflection->GetRepeatedString(request, plan.field, i));
  } else if (reflection->HasField(request, plan.field)) {
    texts.push_back(SingleText(request, plan.field));
  }
  return texts;
}

std::vector<std::string> DefaultTexts(const FieldPlan& plan, const pb::Message& /*request*/) {
  if (plan.rules->default_value().empty()) return {};
  return {plan.rules->default_value()};
}

std::vector<std::pair<std::string, std::string>> TagsOfRequest(const Operation* operation,
                                                               const pb::Message* request) {
  std::vector<std::pair<std::string, std::string>> tags;
  if (operation == nullptr || request == nullptr) return tags;
  const pb::Reflection* reflection = request->GetReflection();
  for (const ConditionField& field : operation->conditions) {
    if (field.key != policy::KnownKey::kRequestTag) continue;
    // A tag is a message of two texts, key and value.
    const pb::Descriptor* tag = field.plan->field->message_type();
    for (int i = 0; i < reflection->FieldSize(*request, field.plan->field); ++i) {
      const pb::Message& one = reflection->GetRepeatedMessage(*request, field.plan->field, i);
      tags.emplace_back(SingleText(one, tag->field(0)), SingleText(one, tag->field(1)));
    }
  }
  return tags;
}

std::optional<domain::EncryptionContext> ContextOfRequest(const Operation& operation,
                                                          const pb::Message& request,
                                                          const Field* target) {
  for (const ContextField& field : operation.encryption_contexts) {
    if (field.target == nullptr || field.target == target) return ReadMap(request, field.field);
  }
  const pb::Message* constraints = GrantConstraintsOf(request);
  if (constraints == nullptr) return std::nullopt;
  for (const char* const name : {kContextEquals, kContextSubset}) {
    domain::EncryptionContext context =
        ReadMap(*constraints, constraints->GetDescriptor()->FindFieldByName(name));
    if (!context.empty()) return context;
  }
  return std::nullopt;
}

std::string GrantConstraintType(const pb::Message& request) {
  const pb::Message* constraints = GrantConstraintsOf(request);
  if (constraints == nullptr) return {};
  const pb::Descriptor* type = constraints->GetDescriptor();
  const auto has = [&](const char* name) {
    return constraints->GetReflection()->FieldSize(*constraints, type->FindFieldByName(name)) > 0;
  };
  if (has(kContextEquals)) return "EncryptionContextEquals";
  return has(kContextSubset) ? "EncryptionContextSubset" : "";
}

std::string GrantConstraintSourceArn(const pb::Message& request) {
  const pb::Message* constraints = GrantConstraintsOf(request);
  if (constraints == nullptr) return {};
  return SingleText(*constraints, constraints->GetDescriptor()->FindFieldByName("source_arn"));
}

}  // namespace kmaas::core
