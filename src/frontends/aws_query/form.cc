#include "frontends/aws_query/form.h"

#include <algorithm>
#include <unordered_set>

#include "base/encoding.h"

namespace kmaas::aws_query {
namespace {

Error Refuse(std::string message) { return {ErrorCode::kSerialization, std::move(message)}; }

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// A '+' is a blank, as in HTML forms and for AWS.
bool Unescape(std::string_view text, std::string& out) {
  out.clear();
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i] == '+' ? ' ' : text[i]);
      continue;
    }
    if (text.size() - i < 3) return false;
    const int high = HexDigit(text[i + 1]);
    const int low = HexDigit(text[i + 2]);
    if (high < 0 || low < 0) return false;
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return true;
}

bool IsPlainText(std::string_view text) {
  return IsUtf8(text) && std::all_of(text.begin(), text.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return (byte >= 0x20 && byte != 0x7f) || c == '\t' || c == '\n' || c == '\r';
         });
}

struct RawPair {
  std::string_view name;
  std::string_view value;
};

// Takes the text up to the next '&' off the front.
RawPair TakePair(std::string_view& rest) {
  const std::string_view pair = rest.substr(0, rest.find('&'));
  rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
  const std::size_t equals = pair.find('=');
  if (equals == std::string_view::npos) return {pair, {}};
  return {pair.substr(0, equals), pair.substr(equals + 1)};
}

}  // namespace

Result<std::vector<Parameter>> ParseForm(std::string_view body) {
  std::vector<Parameter> parameters;
  std::unordered_set<std::string> seen;
  while (!body.empty()) {
    const RawPair raw = TakePair(body);
    if (raw.name.empty() && raw.value.empty()) continue;
    if (parameters.size() == kParametersMax) return Refuse("Too many parameters.");
    Parameter parameter;
    if (!Unescape(raw.name, parameter.name) || !IsPlainText(parameter.name))
      return Refuse("The name of a parameter is not valid.");
    if (!Unescape(raw.value, parameter.value) || !IsPlainText(parameter.value))
      return Refuse("The value of parameter " + parameter.name + " is not valid.");
    if (!seen.insert(parameter.name).second)
      return Refuse("Duplicate parameter " + parameter.name + ".");
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

std::optional<std::string> SingleParameter(std::string_view body, std::string_view name) {
  std::optional<std::string> found;
  std::string unescaped;
  // Nobody has proven himself yet: what has more pairs than a form may have is not read on.
  for (std::size_t pairs = 0; !body.empty(); ++pairs) {
    if (pairs == kParametersMax) return std::nullopt;
    const RawPair raw = TakePair(body);
    if (!Unescape(raw.name, unescaped) || unescaped != name) continue;
    if (found) return std::nullopt;
    if (!Unescape(raw.value, unescaped)) return std::nullopt;
    found = unescaped;
  }
  return found;
}

}  // namespace kmaas::aws_query
