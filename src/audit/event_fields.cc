#include "audit/event_fields.h"

#include <algorithm>

namespace kmaas::audit {
namespace {

// The text behind `member`, which ends with an opening quote, up to its closing one. Quotes inside
// are escaped, and so no text can hold the punctuation of a member.
std::string_view TextBehind(std::string_view event, std::string_view member, std::size_t at) {
  if (at == std::string_view::npos) return {};
  const std::string_view rest = event.substr(at + member.size());
  for (std::size_t end = 0; end < rest.size(); ++end) {
    if (rest[end] == '"') return rest.substr(0, end);
    if (rest[end] == '\\') ++end;
  }
  return {};
}

std::string_view First(std::string_view event, std::string_view member) {
  return TextBehind(event, member, event.find(member));
}

std::string_view Last(std::string_view event, std::string_view member) {
  return TextBehind(event, member, event.rfind(member));
}

}  // namespace

// What a caller shapes as JSON stands between requestParameters and eventID; so members before are
// sought from the front, and those behind from the end.
EventFields ReadFields(std::string_view event) {
  EventFields fields;
  const std::string_view front = event.substr(0, event.find(R"(,"requestParameters":)"));
  const std::size_t time = front.find(R"(,"eventTime":")");
  fields.principal = First(front.substr(0, time), R"(,"arn":")");
  if (time != std::string_view::npos) {
    const std::string_view call = front.substr(time);
    fields.time = First(call, R"(,"eventTime":")");
    fields.name = First(call, R"(,"eventName":")");
    fields.source_address = First(call, R"(,"sourceIPAddress":")");
    fields.error_code = First(call, R"(,"errorCode":")");
  }
  fields.request_id = Last(event, R"(,"requestID":")");
  fields.event_id = Last(event, R"(,"eventID":")");
  constexpr std::string_view kArn = R"("ARN":")";
  std::size_t at = event.rfind(R"(,"eventID":")");
  while (at != std::string_view::npos && (at = event.find(kArn, at)) != std::string_view::npos) {
    fields.resources.push_back(TextBehind(event, kArn, at));
    at += kArn.size();
  }
  return fields;
}

std::string_view ShortName(std::string_view resource) {
  const std::size_t colon = resource.rfind(':');
  if (colon == std::string_view::npos) return {};
  std::string_view name = resource.substr(colon + 1);
  if (name.starts_with("key/")) name.remove_prefix(4);
  return name;
}

bool IsNamed(std::string_view resource, std::string_view wanted) {
  return !wanted.empty() && (resource == wanted || ShortName(resource) == wanted);
}

}  // namespace kmaas::audit
