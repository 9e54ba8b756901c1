// The check of a request against its annotations: a letter that means an operation, and any bytes,
// read as its request. What
// passes is within the bounds that the annotations of its own fields name, what fails is a
// ValidationException, and the audit shows JSON without the members that it must not show.
#include <simdjson.h>

#include <algorithm>
#include <cstdlib>

#include "core/redaction.h"
#include "core/shape.h"
#include "operations/operations.h"
#include "tests/fuzz/messages.h"

namespace {

namespace pb = google::protobuf;
using kmaas::core::FieldPlan;

std::int64_t Characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; });
}

void RequireTextInBounds(const FieldPlan& plan, const std::string& text) {
  const kmaas::FieldRules& rules = *plan.rules;
  const bool is_blob = plan.field->type() == pb::FieldDescriptor::TYPE_BYTES;
  const std::int64_t length = is_blob ? static_cast<std::int64_t>(text.size()) : Characters(text);
  const bool is_listed =
      rules.values_size() == 0 ||
      std::find(rules.values().begin(), rules.values().end(), text) != rules.values().end();
  if (!is_listed || length < rules.length().min()) std::abort();
  if (rules.length().max() != 0 && length > rules.length().max()) std::abort();
}

void RequireInBounds(const std::vector<FieldPlan>& plans, const pb::Message& message);

void RequireMemberInBounds(const FieldPlan& plan, const pb::Message& message) {
  const pb::Reflection* reflection = message.GetReflection();
  const bool repeats = plan.field->is_repeated();
  const int size = repeats ? reflection->FieldSize(message, plan.field) : 1;
  for (int i = 0; i < size; ++i) {
    if (plan.field->cpp_type() == pb::FieldDescriptor::CPPTYPE_STRING) {
      RequireTextInBounds(plan, repeats ? reflection->GetRepeatedString(message, plan.field, i)
                                        : reflection->GetString(message, plan.field));
    } else if (plan.field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
      RequireInBounds(plan.members, repeats ? reflection->GetRepeatedMessage(message, plan.field, i)
                                            : reflection->GetMessage(message, plan.field));
    }
  }
}

void RequireInBounds(const std::vector<FieldPlan>& plans, const pb::Message& message) {
  const pb::Reflection* reflection = message.GetReflection();
  for (const FieldPlan& plan : plans) {
    if (plan.field->is_map()) continue;
    const bool present = plan.field->is_repeated() ? reflection->FieldSize(message, plan.field) > 0
                                                   : reflection->HasField(message, plan.field);
    if (!present && plan.rules->required()) std::abort();
    if (present) RequireMemberInBounds(plan, message);
  }
}

void RequireFitForAudit(const kmaas::core::Operation& operation, const pb::Message& request) {
  static simdjson::dom::parser parser;
  const std::string json = kmaas::core::AuditedParameters(operation, request);
  simdjson::dom::element shown;
  if (parser.parse(json).get(shown) != simdjson::SUCCESS) std::abort();
  for (const FieldPlan& plan : operation.fields) {
    const bool hidden = plan.rules->secret() || plan.rules->unaudited();
    if (hidden && shown.is_object() && !shown[plan.wire_name].error()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  kmaas::fuzz::SilenceProtobuf();
  static const auto registry = kmaas::operations::MakeRegistry();
  static const auto all = kmaas::fuzz::Having(*registry, &kmaas::core::Operation::grpc_path);
  if (size == 0) return 0;
  const kmaas::core::Operation& operation = kmaas::fuzz::Meant(all, data[0]);
  const std::unique_ptr<pb::Message> request(operation.request_prototype->New());
  if (!request->ParseFromArray(data + 1, static_cast<int>(size - 1))) return 0;
  const auto checked = kmaas::core::CheckShape(operation, *request);
  if (checked) RequireInBounds(operation.fields, *request);
  if (!checked && (checked.error().code != kmaas::ErrorCode::kValidation ||
                   checked.error().message.find("detected: Value") == std::string::npos))
    std::abort();
  RequireFitForAudit(operation, *request);
  kmaas::core::WipeSecrets(*request);
  return 0;
}
