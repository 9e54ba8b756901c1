#include "identity/strict_json.h"

#include <set>

namespace kmaas::identity {
namespace {

using simdjson::dom::element;

constexpr int kDepthMax = 16;

// Two members of one name let two readers see two documents.
bool IsPlain(element value, int depth) {
  if (depth > kDepthMax) return false;
  if (value.is_array()) {
    for (const element item : simdjson::dom::array(value))
      if (!IsPlain(item, depth + 1)) return false;
  }
  if (value.is_object()) {
    std::set<std::string_view> names;
    for (const auto member : simdjson::dom::object(value))
      if (!names.insert(member.key).second || !IsPlain(member.value, depth + 1)) return false;
  }
  return true;
}

}  // namespace

bool ParseStrictly(simdjson::dom::parser& parser, const std::string& text,
                   simdjson::dom::object& object) {
  element root;
  return parser.parse(text).get(root) == simdjson::SUCCESS &&
         root.get(object) == simdjson::SUCCESS && IsPlain(root, 0);
}

bool TextMember(simdjson::dom::object object, std::string_view name, std::string& text) {
  std::string_view view;
  if (object[name].get(view) != simdjson::SUCCESS) return false;
  text = view;
  return true;
}

bool HasMember(simdjson::dom::object object, std::string_view name) {
  return object[name].error() == simdjson::SUCCESS;
}

}  // namespace kmaas::identity
