#include "core/shape.h"

#include <algorithm>

namespace kmaas::core {
namespace {

namespace pb = google::protobuf;

// A list of a body's size may break a rule with every member: the count stays exact, and what is
// told is bounded, because answer and audit repeat it.
constexpr std::size_t kToldFailuresMax = 16;

// Collects failures; AWS counts them in the message.
class Failures {
 public:
  void Add(const std::string& shown_value, const std::string& path, const std::string& rule) {
    if (++count_ > kToldFailuresMax) return;
    const std::string value = shown_value.empty() ? "" : " " + shown_value;
    texts_.push_back("Value" + value + " at '" + path +
                     "' failed to satisfy constraint: Member must " + rule);
  }
  Result<void> Outcome() const {
    if (count_ == 0) return {};
    std::string message = std::to_string(count_) + (count_ == 1 ? " validation error detected: "
                                                                : " validation errors detected: ");
    for (std::size_t i = 0; i < texts_.size(); ++i) message += (i == 0 ? "" : "; ") + texts_[i];
    return Error{ErrorCode::kValidation, std::move(message)};
  }

 private:
  std::size_t count_ = 0;
  std::vector<std::string> texts_;
};

// AWS counts characters of text and bytes of a blob.
std::int64_t LengthOf(const pb::FieldDescriptor* field, const std::string& value) {
  if (field->type() == pb::FieldDescriptor::TYPE_BYTES)
    return static_cast<std::int64_t>(value.size());
  return std::count_if(value.begin(), value.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; });
}

std::string ValueSet(const FieldRules& rules) {
  std::string set;
  for (const std::string& value : rules.values()) set += (set.empty() ? "" : ", ") + value;
  return "satisfy enum value set: [" + set + "]";
}

constexpr std::size_t kShownValueBytesMax = 256;

// Secrets and blobs are not repeated to the caller, nor is what the audit, which has the message as
// well, may not see.
std::string Shown(const FieldPlan& plan, const std::string& value) {
  const bool is_hidden = plan.rules->secret() || plan.rules->unaudited() ||
                         plan.field->type() == pb::FieldDescriptor::TYPE_BYTES;
  if (is_hidden || value.size() > kShownValueBytesMax) return "";
  return "'" + value + "'";
}

void CheckLength(std::int64_t length, const Bounds& bounds,
                 const std::pair<std::string, std::string>& shown_and_path, Failures& failures) {
  const auto& [shown, path] = shown_and_path;
  if (bounds.max() != 0 && length > bounds.max())
    failures.Add(shown, path, "have length less than or equal to " + std::to_string(bounds.max()));
  if (length < bounds.min())
    failures.Add(shown, path,
                 "have length greater than or equal to " + std::to_string(bounds.min()));
}

void CheckText(const FieldPlan& plan, const std::string& value, const std::string& path,
               Failures& failures) {
  const FieldRules& rules = *plan.rules;
  if (rules.values_size() != 0) {
    if (std::find(rules.values().begin(), rules.values().end(), value) == rules.values().end())
      failures.Add(Shown(plan, value), path, ValueSet(rules));
    return;
  }
  if (rules.has_length())
    CheckLength(LengthOf(plan.field, value), rules.length(), {Shown(plan, value), path}, failures);
  if (plan.pattern && !plan.pattern->Matches(value))
    failures.Add(Shown(plan, value), path,
                 "satisfy regular expression pattern: " + rules.pattern());
}

void CheckNumber(const FieldPlan& plan, std::int64_t value, const std::string& path,
                 Failures& failures) {
  if (!plan.rules->has_range()) return;
  const Bounds& range = plan.rules->range();
  const std::string shown = "'" + std::to_string(value) + "'";
  if (range.max() != 0 && value > range.max())
    failures.Add(shown, path, "have value less than or equal to " + std::to_string(range.max()));
  if (value < range.min())
    failures.Add(shown, path, "have value greater than or equal to " + std::to_string(range.min()));
}

void CheckMessage(const std::vector<FieldPlan>& plans, const pb::Message& message,
                  const std::string& prefix, Failures& failures);

void CheckMember(const FieldPlan& plan, const pb::Message& message, int index, Failures& failures,
                 const std::string& path) {
  const pb::Reflection* reflection = message.GetReflection();
  std::string scratch;
  if (plan.field->cpp_type() == pb::FieldDescriptor::CPPTYPE_STRING) {
    const std::string& value =
        index < 0 ? reflection->GetStringReference(message, plan.field, &scratch)
                  : reflection->GetRepeatedStringReference(message, plan.field, index, &scratch);
    CheckText(plan, value, path, failures);
  } else if (plan.field->cpp_type() == pb::FieldDescriptor::CPPTYPE_INT32 && index < 0) {
    CheckNumber(plan, reflection->GetInt32(message, plan.field), path, failures);
  } else if (plan.field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
    const pb::Message& nested = index < 0
                                    ? reflection->GetMessage(message, plan.field)
                                    : reflection->GetRepeatedMessage(message, plan.field, index);
    CheckMessage(plan.members, nested, path + ".", failures);
  }
}

void CheckList(const FieldPlan& plan, const pb::Message& message, const std::string& path,
               Failures& failures) {
  const int size = message.GetReflection()->FieldSize(message, plan.field);
  if (plan.rules->has_members()) CheckLength(size, plan.rules->members(), {"", path}, failures);
  for (int i = 0; i < size; ++i)
    CheckMember(plan, message, i, failures, path + "." + std::to_string(i + 1) + ".member");
}

void CheckMessage(const std::vector<FieldPlan>& plans, const pb::Message& message,
                  const std::string& prefix, Failures& failures) {
  const pb::Reflection* reflection = message.GetReflection();
  for (const FieldPlan& plan : plans) {
    if (plan.field->is_map()) continue;
    const bool present = plan.field->is_repeated() ? reflection->FieldSize(message, plan.field) > 0
                                                   : reflection->HasField(message, plan.field);
    if (!present) {
      if (plan.rules->required()) failures.Add("null", prefix + plan.wire_name, "not be null");
      continue;
    }
    if (plan.field->is_repeated()) {
      CheckList(plan, message, prefix + plan.wire_name, failures);
    } else {
      CheckMember(plan, message, -1, failures, prefix + plan.wire_name);
    }
  }
}

}  // namespace

Result<void> CheckShape(const Operation& operation, const pb::Message& request) {
  Failures failures;
  CheckMessage(operation.fields, request, "", failures);
  return failures.Outcome();
}

}  // namespace kmaas::core
