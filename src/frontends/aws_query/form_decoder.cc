#include "frontends/aws_query/form_decoder.h"

#include <charconv>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/encoding.h"
#include "frontends/aws_query/form.h"

namespace kmaas::aws_query {
namespace {

namespace pb = google::protobuf;

// Of names between dots: the deepest member of any request has five.
constexpr std::size_t kDepthMax = 12;

Error Refuse(std::string message) { return {ErrorCode::kSerialization, std::move(message)}; }

// The parameters as the tree that their names describe.
struct Node {
  std::optional<std::string> value;
  std::map<std::string, Node, std::less<>> members;

  const Node* Find(std::string_view name) const {
    const auto found = members.find(name);
    return found == members.end() ? nullptr : &found->second;
  }
};

Result<void> Insert(Parameter parameter, Node& root) {
  Node* node = &root;
  std::string_view rest = parameter.name;
  for (std::size_t depth = 0;; ++depth) {
    if (depth == kDepthMax) return Refuse("A parameter is nested too deep.");
    const std::size_t dot = rest.find('.');
    node = &node->members[std::string(rest.substr(0, dot))];
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  node->value = std::move(parameter.value);
  return {};
}

Result<Node> Grow(std::string_view body) {
  KM_TRY(std::vector<Parameter> parameters, ParseForm(body));
  Node root;
  for (Parameter& parameter : parameters) KM_CHECK(Insert(std::move(parameter), root));
  return root;
}

// What is being read, for the messages.
struct Place {
  const pb::FieldDescriptor* field;
  std::string path;  // "Tags.member.1.Key"
};

Error Misfit(const Place& place) { return Refuse("The value of " + place.path + " is not valid."); }

Result<void> ReadMessage(const Node& node, const std::string& prefix, pb::Message& message);

Result<void> ReadNumber(const std::string& text, const Place& place, pb::Message& message) {
  std::int32_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc() || stopped != end) return Misfit(place);
  message.GetReflection()->SetInt32(&message, place.field, number);
  return {};
}

Result<void> ReadText(std::string text, const Place& place, pb::Message& message) {
  if (place.field->type() == pb::FieldDescriptor::TYPE_BYTES) {
    std::string bytes;
    if (!Base64Decode(text, bytes)) return Misfit(place);
    text = std::move(bytes);
  }
  const pb::Reflection* reflection = message.GetReflection();
  if (place.field->is_repeated()) {
    reflection->AddString(&message, place.field, std::move(text));
  } else {
    reflection->SetString(&message, place.field, std::move(text));
  }
  return {};
}

Result<void> ReadScalar(const Node& node, const Place& place, pb::Message& message) {
  if (!node.members.empty() || !node.value) return Misfit(place);
  const std::string& text = *node.value;
  switch (place.field->cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_STRING:
      return ReadText(text, place, message);
    case pb::FieldDescriptor::CPPTYPE_INT32:
      return ReadNumber(text, place, message);
    case pb::FieldDescriptor::CPPTYPE_BOOL:
      if (text != "true" && text != "false") return Misfit(place);
      message.GetReflection()->SetBool(&message, place.field, text == "true");
      return {};
    default:
      return Misfit(place);
  }
}

Result<void> ReadElement(const Node& node, const Place& place, pb::Message& message) {
  if (place.field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE)
    return ReadScalar(node, place, message);
  if (node.value) return Misfit(place);
  const pb::Reflection* reflection = message.GetReflection();
  pb::Message& nested = place.field->is_repeated()
                            ? *reflection->AddMessage(&message, place.field)
                            : *reflection->MutableMessage(&message, place.field);
  return ReadMessage(node, place.path + ".", nested);
}

Result<void> ReadList(const Node& node, const Place& place, pb::Message& message) {
  if (node.value) {
    return node.value->empty() && node.members.empty() ? Result<void>() : Misfit(place);
  }
  const Node* list = node.Find("member");
  if (list == nullptr || list->value || node.members.size() != 1) return Misfit(place);
  for (std::size_t i = 1; i <= list->members.size(); ++i) {
    const std::string number = std::to_string(i);
    const Node* element = list->Find(number);
    const std::string path = place.path + ".member." + number;
    if (element == nullptr) return Refuse("The list has no " + path + ".");
    KM_CHECK(ReadElement(*element, {place.field, path}, message));
  }
  return {};
}

Result<void> ReadMessage(const Node& node, const std::string& prefix, pb::Message& message) {
  const pb::Descriptor* type = message.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const pb::FieldDescriptor* field = type->field(i);
    const Node* member = node.Find(field->json_name());
    if (member == nullptr) continue;
    const Place place{field, prefix + field->json_name()};
    KM_CHECK(field->is_repeated() ? ReadList(*member, place, message)
                                  : ReadElement(*member, place, message));
  }
  return {};
}

}  // namespace

Result<void> DecodeForm(std::string_view body, pb::Message& request) {
  KM_TRY(const Node root, Grow(body));
  return ReadMessage(root, "", request);
}

}  // namespace kmaas::aws_query
