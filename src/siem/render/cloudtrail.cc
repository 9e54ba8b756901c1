// The record itself, as CloudTrail has it, and its place in the chain behind it. An uncut record is
// there byte for byte, so that a receiver can compute its hash.
#include <simdjson.h>

#include <array>

#include "base/json_text.h"
#include "siem/render/json_fields.h"
#include "siem/render/render.h"

namespace kmaas::siem {
namespace {

using Element = simdjson::dom::element;

// Longer values of other members are replaced by null; these hold what callers shape.
constexpr std::array<std::string_view, 3> kShapedByCallers{"requestParameters", "responseElements",
                                                           "serviceEventDetails"};
constexpr std::size_t kResourcesMax = 8;
constexpr std::size_t kSmallText = 64;

bool Identifies(std::string_view name) {
  return name == "eventID" || name == "requestID" || name == "eventTime";
}

void AppendShorter(std::string& out, const Element& value, std::size_t text_max);

void AppendObject(std::string& out, const simdjson::dom::object& object, std::size_t text_max) {
  out.push_back('{');
  bool is_first = true;
  for (const auto [name, value] : object) {
    if (!is_first) out.push_back(',');
    is_first = false;
    AppendJsonString(out, Cut(name, text_max));
    out.push_back(':');
    AppendShorter(out, value, text_max);
  }
  out.push_back('}');
}

void AppendList(std::string& out, const simdjson::dom::array& list, std::size_t text_max) {
  out.push_back('[');
  std::size_t count = 0;
  for (const Element& value : list) {
    if (count == kResourcesMax) break;
    if (count > 0) out.push_back(',');
    ++count;
    AppendShorter(out, value, text_max);
  }
  out.push_back(']');
}

void AppendShorter(std::string& out, const Element& value, std::size_t text_max) {
  if (value.is_object()) return AppendObject(out, value.get_object().value_unsafe(), text_max);
  if (value.is_array()) return AppendList(out, value.get_array().value_unsafe(), text_max);
  if (value.is_string())
    return AppendJsonString(out, Cut(value.get_string().value_unsafe(), text_max));
  out += simdjson::minify(value);
}

bool IsShapedByCallers(std::string_view name) {
  for (const std::string_view shaped : kShapedByCallers)
    if (name == shaped) return true;
  return false;
}

void AppendMember(std::string& out, std::string_view name, const Element& value,
                  std::size_t text_max) {
  AppendJsonString(out, name);
  out.push_back(':');
  const std::size_t start = out.size();
  if (Identifies(name)) {
    out += simdjson::minify(value);
    return;
  }
  AppendShorter(out, value, text_max);
  // Many short members are long, too.
  if (text_max > kSmallText || !IsShapedByCallers(name) || out.size() - start <= kSmallText * 4)
    return;
  out.resize(start);
  out += R"({"cut":true})";
}

// Members of the record without the braces around them.
std::string Members(const Event& event, std::size_t text_max) {
  std::string_view whole = event.json;
  whole.remove_prefix(1);
  whole.remove_suffix(1);
  if (whole.size() <= text_max) return std::string(whole);
  simdjson::dom::parser parser;
  simdjson::dom::object record;
  if (parser.parse(event.json).get(record) != simdjson::SUCCESS) return {};
  std::string out;
  for (const auto [name, value] : record) {
    if (!out.empty()) out.push_back(',');
    AppendMember(out, name, value, text_max);
  }
  return out;
}

std::string Place(const Event& event, bool is_cut) {
  std::string out;
  JsonFields place(out, kSmallText);
  if (event.sequence != 0) place.Number("seq", event.sequence);
  place.Id("prev", event.previous).Id("hash", event.hash);
  if (is_cut) place.Flag("cut", true);
  place.End();
  return out;
}

// The first try of all is the whole record.
std::string Body(const Event& event, std::size_t text_max) {
  const bool may_be_whole = event.json.size() + 512 <= kBodyBytesMax;
  const std::string members = Members(event, may_be_whole ? kBodyBytesMax : text_max);
  return members + R"(,"kmaas":)" + Place(event, !may_be_whole);
}

}  // namespace

std::string RenderCloudTrail(const Event& event, std::size_t text_max) {
  return "{" + Body(event, text_max) + "}";
}

std::string RenderWazuh(const Event& event, std::size_t text_max) {
  return R"({"integration":"aws","aws":{"source":"cloudtrail",)" + Body(event, text_max) + "}}";
}

}  // namespace kmaas::siem
