#include "core/field_values.h"

#include <algorithm>
#include <cmath>

#include "kmaas/kms/v1/kms.pb.h"

namespace kmaas::core {
namespace {

namespace kms = ::kmaas::kms::v1;
namespace pb = google::protobuf;
using Field = pb::FieldDescriptor;

// A timestamp, the only fractional number of the API, in whole seconds; of one beyond all calendars
// the nearest that a number holds. What is no number has no text.
std::string NumberText(double value) {
  constexpr double kSecondsMax = 9.0e15;
  if (std::isnan(value)) return {};
  const double seconds = std::clamp(std::floor(value), -kSecondsMax, kSecondsMax);
  return std::to_string(static_cast<std::int64_t>(seconds));
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
const kms::GrantConstraints* GrantConstraintsOf(const pb::Message& request) {
  const pb::Descriptor* type = request.GetDescriptor();
  const pb::Reflection* reflection = request.GetReflection();
  for (int i = 0; i < type->field_count(); ++i) {
    const Field* field = type->field(i);
    if (field->message_type() != kms::GrantConstraints::descriptor() || field->is_repeated() ||
        !reflection->HasField(request, field))
      continue;
    return pb::DynamicCastToGenerated<kms::GrantConstraints>(
        &reflection->GetMessage(request, field));
  }
  return nullptr;
}

domain::EncryptionContext ContextOf(const pb::Map<std::string, std::string>& pairs) {
  return {pairs.begin(), pairs.end()};
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
  const kms::GrantConstraints* constraints = GrantConstraintsOf(request);
  if (constraints == nullptr) return std::nullopt;
  if (!constraints->encryption_context_equals().empty())
    return ContextOf(constraints->encryption_context_equals());
  if (!constraints->encryption_context_subset().empty())
    return ContextOf(constraints->encryption_context_subset());
  return std::nullopt;
}

std::string GrantConstraintType(const pb::Message& request) {
  const kms::GrantConstraints* constraints = GrantConstraintsOf(request);
  if (constraints == nullptr) return {};
  if (!constraints->encryption_context_equals().empty()) return "EncryptionContextEquals";
  return constraints->encryption_context_subset().empty() ? "" : "EncryptionContextSubset";
}

std::string GrantConstraintSourceArn(const pb::Message& request) {
  const kms::GrantConstraints* constraints = GrantConstraintsOf(request);
  return constraints == nullptr ? std::string() : constraints->source_arn();
}

}  // namespace kmaas::core
