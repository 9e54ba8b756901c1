#include "core/redaction.h"

#include <array>
#include <charconv>
#include <cmath>
#include <map>

#include "base/encoding.h"
#include "base/json_text.h"
#include "base/secret_bytes.h"
#include "core/errors.h"

namespace kmaas::core {
namespace {

namespace pb = google::protobuf;

// What a caller wrote takes its place in the trail, and no more.
constexpr std::size_t kParametersBytesMax = std::size_t{64} << 10U;
constexpr std::array<std::size_t, 3> kTextBytes{std::string::npos, 512, 64};
constexpr char kCutMark[] = "...[cut]";

// Where to, and with how many bytes of each text.
struct Writing {
  std::string& out;
  std::size_t text_max;
};

void AppendMember(Writing to, const FieldPlan& plan, const pb::Message& message, int index);
void AppendMessage(Writing to, const std::vector<FieldPlan>& plans, const pb::Message& message);

void AppendText(Writing to, const std::string& text) {
  if (text.size() <= to.text_max) return AppendJsonString(to.out, text);
  AppendJsonString(to.out, Shortened(text, to.text_max) + kCutMark);
}

void AppendMap(Writing to, const pb::FieldDescriptor* field, const pb::Message& message) {
  std::string& out = to.out;
  const pb::Reflection* reflection = message.GetReflection();
  std::map<std::string, std::string> sorted;
  for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
    const pb::Message& entry = reflection->GetRepeatedMessage(message, field, i);
    const pb::Reflection* of_entry = entry.GetReflection();
    sorted.emplace(of_entry->GetString(entry, field->message_type()->map_key()),
                   of_entry->GetString(entry, field->message_type()->map_value()));
  }
  out.push_back('{');
  for (const auto& [key, value] : sorted) {
    if (out.back() != '{') out.push_back(',');
    AppendJsonString(out, key);
    out.push_back(':');
    AppendText(to, value);
  }
  out.push_back('}');
}

// A timestamp, as the caller wrote it; JSON has no other numbers than finite ones.
void AppendSeconds(std::string& out, double seconds) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), seconds).ptr;
  out += std::isfinite(seconds) ? std::string(text.data(), end) : "null";
}

void AppendMember(Writing to, const FieldPlan& plan, const pb::Message& message, int index) {
  std::string& out = to.out;
  const pb::Reflection* reflection = message.GetReflection();
  const pb::FieldDescriptor* field = plan.field;
  std::string scratch;
  switch (field->cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_STRING: {
      const std::string& text =
          index < 0 ? reflection->GetStringReference(message, field, &scratch)
                    : reflection->GetRepeatedStringReference(message, field, index, &scratch);
      if (field->type() == pb::FieldDescriptor::TYPE_BYTES)
        AppendText(to, Base64Encode(AsBytes(text)));
      else
        AppendText(to, text);
      return;
    }
    case pb::FieldDescriptor::CPPTYPE_BOOL:
      out += reflection->GetBool(message, field) ? "true" : "false";
      return;
    case pb::FieldDescriptor::CPPTYPE_INT32:
      out += std::to_string(reflection->GetInt32(message, field));
      return;
    case pb::FieldDescriptor::CPPTYPE_DOUBLE:
      AppendSeconds(out, reflection->GetDouble(message, field));
      return;
    case pb::FieldDescriptor::CPPTYPE_MESSAGE:
      AppendMessage(to, plan.members,
                    index < 0 ? reflection->GetMessage(message, field)
                              : reflection->GetRepeatedMessage(message, field, index));
      return;
    default:
      out += "null";
      return;
  }
}

void AppendValue(Writing to, const FieldPlan& plan, const pb::Message& message) {
  if (plan.field->is_map()) {
    AppendMap(to, plan.field, message);
    return;
  }
  if (!plan.field->is_repeated()) {
    AppendMember(to, plan, message, -1);
    return;
  }
  std::string& out = to.out;
  out.push_back('[');
  for (int i = 0; i < message.GetReflection()->FieldSize(message, plan.field); ++i) {
    if (i != 0) out.push_back(',');
    AppendMember(to, plan, message, i);
  }
  out.push_back(']');
}

bool IsPresent(const FieldPlan& plan, const pb::Message& message) {
  const pb::Reflection* reflection = message.GetReflection();
  return plan.field->is_repeated() ? reflection->FieldSize(message, plan.field) > 0
                                   : reflection->HasField(message, plan.field);
}

void AppendMessage(Writing to, const std::vector<FieldPlan>& plans, const pb::Message& message) {
  std::string& out = to.out;
  out.push_back('{');
  for (const FieldPlan& plan : plans) {
    if (plan.rules->secret() || plan.rules->unaudited()) continue;
    const bool present = IsPresent(plan, message);
    if (!present && plan.rules->default_value().empty()) continue;
    if (out.back() != '{') out.push_back(',');
    AppendJsonString(out, plan.wire_name);
    out.push_back(':');
    if (present) {
      AppendValue(to, plan, message);
    } else if (plan.field->cpp_type() == pb::FieldDescriptor::CPPTYPE_STRING) {
      AppendJsonString(out, plan.rules->default_value());
    } else {
      out += plan.rules->default_value();
    }
  }
  out.push_back('}');
}

void WipeField(pb::Message& message, const pb::FieldDescriptor* field) {
  // Reflection hands out constant references; the string is owned by the message that we own.
  std::string scratch;
  const std::string& value = message.GetReflection()->GetStringReference(message, field, &scratch);
  auto& owned = const_cast<std::string&>(value);
  WipeMemory(owned.data(), owned.size());
}

}  // namespace

// CloudTrail leaves out what is too large. Here texts are cut first, so that nobody hides a flag or
// a grantee behind long tags.
std::string AuditedParameters(const Operation& operation, const pb::Message& request) {
  std::string out;
  for (const std::size_t text_max : kTextBytes) {
    out.clear();
    AppendMessage({out, text_max}, operation.fields, request);
    if (out.size() <= kParametersBytesMax) return out == "{}" ? "null" : out;
  }
  return R"({"omitted":true})";
}

void WipeSecrets(pb::Message& message) {
  const pb::Descriptor* descriptor = message.GetDescriptor();
  const pb::Reflection* reflection = message.GetReflection();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const pb::FieldDescriptor* field = descriptor->field(i);
    const bool is_message = field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE;
    if (field->is_map() || field->is_repeated()) {
      for (int j = 0; is_message && !field->is_map() && j < reflection->FieldSize(message, field);
           ++j) {
        WipeSecrets(*reflection->MutableRepeatedMessage(&message, field, j));
      }
    } else if (reflection->HasField(message, field)) {
      if (is_message) {
        WipeSecrets(*reflection->MutableMessage(&message, field));
      } else if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_STRING &&
                 field->options().GetExtension(kmaas::field).secret()) {
        WipeField(message, field);
      }
    }
  }
}

}  // namespace kmaas::core
