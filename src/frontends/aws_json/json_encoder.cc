#include "frontends/aws_json/json_encoder.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/encoding.h"
#include "base/json_text.h"

namespace kmaas::aws_json {
namespace {

namespace pb = google::protobuf;

template <class Number>
void AppendNumber(std::string& out, Number number) {
  std::array<char, 32> digits{};
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), written.ptr);
}

// Milliseconds are what a timestamp is kept in; as a whole number they print exactly.
void AppendTimestamp(std::string& out, double seconds) {
  constexpr double kExactMax = 9e12;  // in milliseconds still far below 2^53
  if (!(std::fabs(seconds) < kExactMax)) {
    out.push_back('0');
    return;
  }
  const long long millis = std::llround(seconds * 1000);
  const long long magnitude = millis < 0 ? -millis : millis;
  if (millis < 0) out.push_back('-');
  AppendNumber(out, magnitude / 1000);
  const long long fraction = magnitude % 1000;
  if (fraction == 0) return;
  out.push_back('.');
  out.push_back(static_cast<char>('0' + fraction / 100));
  if (fraction % 100 != 0) out.push_back(static_cast<char>('0' + fraction / 10 % 10));
  if (fraction % 10 != 0) out.push_back(static_cast<char>('0' + fraction % 10));
}

void AppendStructure(std::string& out, const MessagePlan& plan, const pb::Message& message);

// `index` below zero: the member is single.
void AppendElement(std::string& out, const MemberPlan& member, const pb::Message& message,
                   int index) {
  const pb::Reflection* reflection = message.GetReflection();
  std::string scratch;
  if (member.form == JsonForm::kStructure) {
    AppendStructure(out, *member.structure,
                    index < 0 ? reflection->GetMessage(message, member.field)
                              : reflection->GetRepeatedMessage(message, member.field, index));
    return;
  }
  const std::string& text =
      index < 0 ? reflection->GetStringReference(message, member.field, &scratch)
                : reflection->GetRepeatedStringReference(message, member.field, index, &scratch);
  if (member.form == JsonForm::kText) {
    AppendJsonString(out, text);
    return;
  }
  out.push_back('"');
  AppendBase64(out, AsBytes(text));
  out.push_back('"');
}

void AppendList(std::string& out, const MemberPlan& member, const pb::Message& message, int size) {
  out.push_back('[');
  for (int i = 0; i < size; ++i) {
    if (i != 0) out.push_back(',');
    AppendElement(out, member, message, i);
  }
  out.push_back(']');
}

void AppendMap(std::string& out, const MemberPlan& member, const pb::Message& message, int size) {
  const pb::Reflection* reflection = message.GetReflection();
  std::string scratch;
  out.push_back('{');
  for (int i = 0; i < size; ++i) {
    if (i != 0) out.push_back(',');
    const pb::Message& entry = reflection->GetRepeatedMessage(message, member.field, i);
    const pb::Reflection* of_entry = entry.GetReflection();
    AppendJsonString(out, of_entry->GetStringReference(entry, member.map_key, &scratch));
    out.push_back(':');
    AppendJsonString(out, of_entry->GetStringReference(entry, member.map_value, &scratch));
  }
  out.push_back('}');
}

void AppendValue(std::string& out, const MemberPlan& member, const pb::Message& message) {
  const pb::Reflection* reflection = message.GetReflection();
  switch (member.form) {
    case JsonForm::kText:
    case JsonForm::kBlob:
    case JsonForm::kStructure:
    case JsonForm::kTextMap:  // always repeated
      AppendElement(out, member, message, -1);
      return;
    case JsonForm::kInteger:
      AppendNumber(out, reflection->GetInt32(message, member.field));
      return;
    case JsonForm::kLong:
      AppendNumber(out, reflection->GetInt64(message, member.field));
      return;
    case JsonForm::kFlag:
      out += reflection->GetBool(message, member.field) ? "true" : "false";
      return;
    case JsonForm::kTimestamp:
      AppendTimestamp(out, reflection->GetDouble(message, member.field));
      return;
  }
}

void AppendStructure(std::string& out, const MessagePlan& plan, const pb::Message& message) {
  const pb::Reflection* reflection = message.GetReflection();
  out.push_back('{');
  for (const MemberPlan& member : plan.members) {
    const bool repeats = member.field->is_repeated();
    const int size = repeats ? reflection->FieldSize(message, member.field) : 0;
    const bool present = repeats ? size > 0 || (plan.is_page && member.is_list)
                                 : reflection->HasField(message, member.field);
    if (!present) continue;
    if (out.back() != '{') out.push_back(',');
    out += member.written;
    if (member.is_list) {
      AppendList(out, member, message, size);
    } else if (repeats) {
      AppendMap(out, member, message, size);
    } else {
      AppendValue(out, member, message);
    }
  }
  out.push_back('}');
}

}  // namespace

std::string EncodeJson(const MessagePlan& plan, const pb::Message& reply) {
  std::string out;
  if (plan.members.empty()) return out;
  // Base64 grows by a third and text by what is escaped; the names of nested messages weigh less
  // than what doubling leaves.
  out.reserve(plan.names_size + 2 * reply.ByteSizeLong() + 256);
  AppendStructure(out, plan, reply);
  return out;
}

}  // namespace kmaas::aws_json
