#include "frontends/aws_query/xml_encoder.h"

#include <cmath>
#include <map>

#include "base/clock.h"
#include "base/encoding.h"
#include "kmaas/options.pb.h"

namespace kmaas::aws_query {
namespace {

namespace pb = google::protobuf;

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// Whether XML 1.0 has the character (section 2.2); C1 controls are legal and best not shown.
bool IsXmlByte(unsigned char byte) {
  return byte >= 0x20 || byte == '\t' || byte == '\n' || byte == '\r';
}

// U+FFFE and U+FFFF, which UTF-8 can write and XML cannot.
bool IsNonCharacter(std::string_view text, std::size_t at) {
  return text.substr(at, 3) == "\xef\xbf\xbe" || text.substr(at, 3) == "\xef\xbf\xbf";
}

void AppendMembers(std::string& out, const pb::Message& message, bool with_empty_lists);

std::string TextOf(const pb::FieldDescriptor* field, const std::string& value) {
  if (field->type() == pb::FieldDescriptor::TYPE_BYTES) return Base64Encode(AsBytes(value));
  return field->options().GetExtension(kmaas::field).url_encoded() ? UrlEncoded(value) : value;
}

std::string TimestampText(double seconds) {
  return FormatIso8601(FromEpochMillis(std::llround(seconds * 1000)));
}

// `index` below zero: the field is single.
void AppendValue(std::string& out, const pb::Message& message, const pb::FieldDescriptor* field,
                 int index) {
  const pb::Reflection* reflection = message.GetReflection();
  std::string scratch;
  switch (field->cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_STRING: {
      const std::string& value =
          index < 0 ? reflection->GetStringReference(message, field, &scratch)
                    : reflection->GetRepeatedStringReference(message, field, index, &scratch);
      AppendXmlText(out, TextOf(field, value));
      return;
    }
    case pb::FieldDescriptor::CPPTYPE_MESSAGE:
      AppendMembers(out,
                    index < 0 ? reflection->GetMessage(message, field)
                              : reflection->GetRepeatedMessage(message, field, index),
                    false);
      return;
    case pb::FieldDescriptor::CPPTYPE_BOOL:
      out += reflection->GetBool(message, field) ? "true" : "false";
      return;
    case pb::FieldDescriptor::CPPTYPE_INT32:
      out += std::to_string(reflection->GetInt32(message, field));
      return;
    case pb::FieldDescriptor::CPPTYPE_DOUBLE:
      out += TimestampText(reflection->GetDouble(message, field));
      return;
    default:
      return;  // the registry has no such field
  }
}

void Open(std::string& out, std::string_view name) { out.append("<").append(name).append(">"); }
void Close(std::string& out, std::string_view name) { out.append("</").append(name).append(">"); }

void AppendMap(std::string& out, const pb::Message& message, const pb::FieldDescriptor* field) {
  const pb::Reflection* reflection = message.GetReflection();
  const pb::FieldDescriptor* key = field->message_type()->map_key();
  const pb::FieldDescriptor* value = field->message_type()->map_value();
  std::map<std::string, const pb::Message*> sorted;
  for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
    const pb::Message& entry = reflection->GetRepeatedMessage(message, field, i);
    sorted.emplace(entry.GetReflection()->GetString(entry, key), &entry);
  }
  for (const auto& [name, entry] : sorted) {
    out += "<entry>";
    AppendXmlElement(out, "key", name);
    out += "<value>";
    AppendValue(out, *entry, value, -1);
    out += "</value></entry>";
  }
}

void AppendList(std::string& out, const pb::Message& message, const pb::FieldDescriptor* field) {
  for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
    out += "<member>";
    AppendValue(out, message, field, i);
    out += "</member>";
  }
}

void AppendMembers(std::string& out, const pb::Message& message, bool with_empty_lists) {
  const pb::Descriptor* type = message.GetDescriptor();
  const pb::Reflection* reflection = message.GetReflection();
  for (int i = 0; i < type->field_count(); ++i) {
    const pb::FieldDescriptor* field = type->field(i);
    const bool is_set = field->is_repeated()
                            ? with_empty_lists || reflection->FieldSize(message, field) > 0
                            : reflection->HasField(message, field);
    if (!is_set) continue;
    Open(out, field->json_name());
    if (field->is_map()) {
      AppendMap(out, message, field);
    } else if (field->is_repeated()) {
      AppendList(out, message, field);
    } else {
      AppendValue(out, message, field, -1);
    }
    Close(out, field->json_name());
  }
}

}  // namespace

void AppendXmlText(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\r') {
      out += "&#xD;";  // a parser would read a bare one as a line feed
    } else if (!IsXmlByte(static_cast<unsigned char>(c))) {
      out += kReplacement;
    } else if (IsNonCharacter(text, i)) {
      out += kReplacement;
      i += 2;
    } else {
      out.push_back(c);
    }
  }
}

void AppendXmlElement(std::string& out, std::string_view name, std::string_view text) {
  Open(out, name);
  AppendXmlText(out, text);
  Close(out, name);
}

std::string UrlEncoded(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  static constexpr std::string_view kUnreserved = "-._~";
  std::string encoded;
  for (const char c : text) {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                          (c >= 'a' && c <= 'z') || kUnreserved.find(c) != std::string_view::npos;
    if (is_plain) {
      encoded.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded.push_back('%');
    encoded.push_back(kDigits[byte >> 4U]);
    encoded.push_back(kDigits[byte & 0x0fU]);
  }
  return encoded;
}

void AppendXmlMembers(std::string& out, const pb::Message& message) {
  AppendMembers(out, message, true);
}

}  // namespace kmaas::aws_query
