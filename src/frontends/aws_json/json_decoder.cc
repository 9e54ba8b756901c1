#include "frontends/aws_json/json_decoder.h"

#include <simdjson.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <unordered_set>

#include "base/bytes.h"
#include "base/encoding.h"
#include "base/limits.h"
#include "base/secret_bytes.h"

namespace kmaas::aws_json {
namespace {

namespace pb = google::protobuf;
namespace dom = simdjson::dom;

Error Refuse(std::string message) { return {ErrorCode::kSerialization, std::move(message)}; }

// AWS's texts; they name JSON types and never what the member holds.
Error Mismatch(const dom::element& value, const std::string& wanted) {
  switch (value.type()) {
    case dom::element_type::ARRAY:
      return Refuse("Start of list found where not expected");
    case dom::element_type::OBJECT:
      return Refuse("Start of structure or map found where not expected.");
    case dom::element_type::STRING:
      return Refuse("STRING_VALUE can not be converted to " + wanted);
    case dom::element_type::BOOL:
      return Refuse(std::string(value.get_bool().value_unsafe() ? "TRUE" : "FALSE") +
                    "_VALUE can not be converted to " + wanted);
    case dom::element_type::NULL_VALUE:
      return Refuse("NULL_VALUE can not be converted to " + wanted);
    default:
      return Refuse("NUMBER_VALUE can not be converted to " + wanted);
  }
}

// A parser and the padded copy of the body that it reads. Both hold what the body holds, so both
// are wiped after use; the parser may be used again.
class ParseBuffers {
 public:
  ParseBuffers() = default;
  ParseBuffers(const ParseBuffers&) = delete;
  ParseBuffers& operator=(const ParseBuffers&) = delete;
  ~ParseBuffers() { Wipe(); }

  simdjson::simdjson_result<dom::element> Parse(std::string_view body) {
    if (capacity_ < body.size()) {
      if (const auto failed = Grow(body.size())) return failed;
    }
    size_ = body.size();
    std::memcpy(padded_.get(), body.data(), size_);
    return parser_.parse(padded_.get(), size_, false);
  }

  void Wipe() {
    if (size_ == 0) return;
    WipeMemory(padded_.get(), size_);
    // The parser's copy of all strings: each gains a length and a zero, as in document::allocate.
    WipeMemory(parser_.doc.string_buf.get(), 5 * size_ / 3 + simdjson::SIMDJSON_PADDING);
    size_ = 0;
  }

 private:
  simdjson::error_code Grow(std::size_t size) {
    const std::size_t capacity = size < kSmallest ? kSmallest : size;
    padded_ = std::make_unique<std::uint8_t[]>(capacity + simdjson::SIMDJSON_PADDING);
    if (const auto failed = parser_.doc.allocate(capacity)) return failed;
    if (const auto failed = parser_.allocate(capacity, limits::kJsonDepthMax)) return failed;
    capacity_ = capacity;
    return simdjson::SUCCESS;
  }

  static constexpr std::size_t kSmallest = 4096;
  dom::parser parser_;
  std::unique_ptr<std::uint8_t[]> padded_;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
};

struct WipeAfterwards {
  ParseBuffers& buffers;
  ~WipeAfterwards() { buffers.Wipe(); }
};

// The string of a field that was set to empty just before. Reflection hands out constant references
// only; writing in place spares a copy, which for a secret would have to be wiped.
std::string& OwnedText(const pb::Message& message, const pb::FieldDescriptor* field, int index) {
  std::string scratch;
  const pb::Reflection* reflection = message.GetReflection();
  const std::string& owned =
      index < 0 ? reflection->GetStringReference(message, field, &scratch)
                : reflection->GetRepeatedStringReference(message, field, index, &scratch);
  return const_cast<std::string&>(owned);
}

Result<void> ReadText(const MemberPlan& member, const dom::element& value, std::string& out) {
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS)
    return Mismatch(value, member.form == JsonForm::kBlob ? "Blob" : "String");
  if (member.form == JsonForm::kBlob) {
    if (Base64Decode(text, out)) return {};
    return Refuse("Invalid base64 in member " + member.name);
  }
  out.assign(text);
  return {};
}

// The value as a whole number from `min` to `max`, or nothing. 1.0 and 1e2 are whole numbers.
std::optional<std::int64_t> WholeNumber(const dom::element& value, std::int64_t min,
                                        std::int64_t max) {
  std::int64_t whole = 0;
  if (value.is_double()) {
    constexpr double kExactMax = 9007199254740992.0;  // 2^53
    const double number = value.get_double().value_unsafe();
    if (!(std::fabs(number) <= kExactMax) || std::trunc(number) != number) return std::nullopt;
    whole = static_cast<std::int64_t>(number);
  } else if (value.get_int64().get(whole) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  if (whole < min || whole > max) return std::nullopt;
  return whole;
}

Result<void> ReadStructure(const MessagePlan& plan, const dom::object& object,
                           pb::Message& message);

Result<void> ReadList(const MemberPlan& member, const dom::element& value, pb::Message& message) {
  dom::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) return Refuse("Expected list or null");
  const pb::Reflection* reflection = message.GetReflection();
  int index = 0;
  for (const dom::element element : array) {
    if (member.form == JsonForm::kStructure) {
      dom::object object;
      if (element.get_object().get(object) != simdjson::SUCCESS)
        return Mismatch(element, "Structure");
      KM_CHECK(ReadStructure(*member.structure, object,
                             *reflection->AddMessage(&message, member.field)));
    } else {
      reflection->AddString(&message, member.field, std::string());
      KM_CHECK(ReadText(member, element, OwnedText(message, member.field, index)));
    }
    ++index;
  }
  return {};
}

// Two values for one key would leave it open which of them was meant, and an encryption context is
// authenticated.
Result<void> ReadMap(const MemberPlan& member, const dom::element& value, pb::Message& message) {
  dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return Refuse("Expected map or null");
  std::unordered_set<std::string_view> seen;
  const pb::Reflection* reflection = message.GetReflection();
  for (const dom::key_value_pair& pair : object) {
    if (!seen.insert(pair.key).second) return Refuse("Duplicate key in member " + member.name);
    std::string_view text;
    if (pair.value.get_string().get(text) != simdjson::SUCCESS)
      return Mismatch(pair.value, "String");
    pb::Message& entry = *reflection->AddMessage(&message, member.field);
    const pb::Reflection* of_entry = entry.GetReflection();
    of_entry->SetString(&entry, member.map_key, std::string(pair.key));
    of_entry->SetString(&entry, member.map_value, std::string(text));
  }
  return {};
}

Result<void> ReadInteger(const MemberPlan& member, const dom::element& value,
                         pb::Message& message) {
  const pb::Reflection* reflection = message.GetReflection();
  if (member.form == JsonForm::kInteger) {
    using Limits = std::numeric_limits<std::int32_t>;
    const auto whole = WholeNumber(value, Limits::min(), Limits::max());
    if (!whole) return Mismatch(value, "Integer");
    reflection->SetInt32(&message, member.field, static_cast<std::int32_t>(*whole));
    return {};
  }
  using Limits = std::numeric_limits<std::int64_t>;
  const auto whole = WholeNumber(value, Limits::min(), Limits::max());
  if (!whole) return Mismatch(value, "Long");
  reflection->SetInt64(&message, member.field, *whole);
  return {};
}

Result<void> ReadSingle(const MemberPlan& member, const dom::element& value, pb::Message& message) {
  const pb::Reflection* reflection = message.GetReflection();
  switch (member.form) {
    case JsonForm::kText:
    case JsonForm::kBlob:
      reflection->SetString(&message, member.field, std::string());
      return ReadText(member, value, OwnedText(message, member.field, -1));
    case JsonForm::kInteger:
    case JsonForm::kLong:
      return ReadInteger(member, value, message);
    case JsonForm::kFlag: {
      bool flag = false;
      if (value.get_bool().get(flag) != simdjson::SUCCESS) return Mismatch(value, "Boolean");
      reflection->SetBool(&message, member.field, flag);
      return {};
    }
    case JsonForm::kTimestamp: {
      double seconds = 0;  // whole numbers are converted
      if (value.get_double().get(seconds) != simdjson::SUCCESS) return Mismatch(value, "Timestamp");
      reflection->SetDouble(&message, member.field, seconds);
      return {};
    }
    case JsonForm::kStructure: {
      dom::object object;
      if (value.get_object().get(object) != simdjson::SUCCESS)
        return Refuse("Expected structure or null");
      return ReadStructure(*member.structure, object,
                           *reflection->MutableMessage(&message, member.field));
    }
    case JsonForm::kTextMap:
      return ReadMap(member, value, message);
  }
  return {};
}

const MemberPlan* FindMember(const MessagePlan& plan, std::string_view name) {
  for (const MemberPlan& member : plan.members) {
    if (member.name == name) return &member;
  }
  return nullptr;
}

Result<void> ReadStructure(const MessagePlan& plan, const dom::object& object,
                           pb::Message& message) {
  std::uint64_t seen = 0;  // one bit for each member of the plan
  for (const dom::key_value_pair& pair : object) {
    const MemberPlan* member = FindMember(plan, pair.key);
    if (member == nullptr) continue;
    const std::uint64_t bit = std::uint64_t{1}
                              << static_cast<std::size_t>(member - plan.members.data());
    if ((seen & bit) != 0) return Refuse("Duplicate member " + member->name);
    seen |= bit;
    if (pair.value.is_null()) continue;
    KM_CHECK(member->is_list ? ReadList(*member, pair.value, message)
                             : ReadSingle(*member, pair.value, message));
  }
  return {};
}

Result<void> DecodeWith(ParseBuffers& buffers, const MessagePlan& plan, std::string_view body,
                        pb::Message& request) {
  dom::element root;
  if (buffers.Parse(body).get(root) != simdjson::SUCCESS)
    return Refuse("The request body is not valid JSON.");
  dom::object object;
  if (root.get_object().get(object) != simdjson::SUCCESS)
    return Refuse("The request body must be a JSON object.");
  return ReadStructure(plan, object, request);
}

}  // namespace

Result<void> DecodeJson(const MessagePlan& plan, std::string_view body, pb::Message& request) {
  // Calls are small; a large one does not get to keep memory in every thread.
  constexpr std::size_t kKeptBytesMax = 65536;
  thread_local ParseBuffers kept;
  if (body.empty()) return {};
  if (body.size() > limits::kRequestBodyBytesMax)
    return Error{ErrorCode::kRequestEntityTooLarge, ""};
  if (body.size() > kKeptBytesMax) {
    ParseBuffers large;
    return DecodeWith(large, plan, body, request);
  }
  const WipeAfterwards wipe{kept};
  return DecodeWith(kept, plan, body, request);
}

}  // namespace kmaas::aws_json
