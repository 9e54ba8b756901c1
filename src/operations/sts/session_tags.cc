#include "operations/sts/session_tags.h"

#include <algorithm>
#include <set>

#include "base/ascii_case.h"
#include "base/encoding.h"

namespace kmaas::operations {
namespace {

constexpr std::size_t kTagsMax = 50;

Error Invalid(std::string message) { return {ErrorCode::kValidation, std::move(message)}; }

// AWS: Unicode's letters, blanks and digits, and _.:/=+-@. Of the others, those of ASCII are told
// apart here.
bool IsTagText(std::string_view text) {
  return IsUtf8(text) && std::all_of(text.begin(), text.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  (c >= '0' && c <= '9') ||
                  std::string_view(" _.:/=+-@").find(c) != std::string::npos;
         });
}

bool IsReserved(std::string_view folded_key) { return folded_key.starts_with("aws:"); }

Result<void> Inherit(const domain::Session& caller, std::set<std::string>& keys,
                     domain::Session& session) {
  for (const auto& [key, value] : caller.tags) {
    const std::string folded = LowerAscii(key);
    const bool handed_down =
        std::any_of(caller.transitive_tag_keys.begin(), caller.transitive_tag_keys.end(),
                    [&](const std::string& one) { return LowerAscii(one) == folded; });
    if (!handed_down) continue;
    keys.insert(folded);
    session.tags.emplace_back(key, value);
    session.transitive_tag_keys.push_back(key);
  }
  return {};
}

}  // namespace

Result<void> SetSessionTags(const sts::AssumeRoleRequest& request, const domain::Session* caller,
                            domain::Session& session) {
  std::set<std::string> inherited;
  if (caller != nullptr) KM_CHECK(Inherit(*caller, inherited, session));
  std::set<std::string> keys;
  for (const sts::Tag& tag : request.tags()) {
    const std::string folded = LowerAscii(tag.key());
    if (!IsTagText(tag.key()) || !IsTagText(tag.value()) || IsReserved(folded))
      return Invalid("Invalid session tag: " + tag.key());
    if (!keys.insert(folded).second)
      return Invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    if (inherited.count(folded) != 0) {
      return Invalid(
          "One of the specified tag keys can't be set because it conflicts with a transitive tag "
          "key from the calling session.");
    }
    session.tags.emplace_back(tag.key(), tag.value());
  }
  std::set<std::string> handed_on;
  for (const std::string& key : request.transitive_tag_keys()) {
    const std::string folded = LowerAscii(key);
    if (keys.count(folded) == 0 || !handed_on.insert(folded).second) {
      return Invalid(
          "The specified transitive tag key must be included in the requested tags, once.");
    }
    session.transitive_tag_keys.push_back(key);
  }
  if (session.tags.size() > kTagsMax) return Invalid("A session has at most 50 tags.");
  return {};
}

}  // namespace kmaas::operations
