#include "keyservice/approval/content.h"

#include <algorithm>

namespace kmaas::keyservice {
namespace {

constexpr std::string_view kVersion = "kmaas request content v1";

void AppendList(Bytes& out, std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  AppendU32(out, static_cast<std::uint32_t>(texts.size()));
  for (const std::string& text : texts) AppendField(out, text);
}

void AppendPairs(Bytes& out, std::vector<Tag> pairs) {
  std::sort(pairs.begin(), pairs.end());
  AppendU32(out, static_cast<std::uint32_t>(pairs.size()));
  for (const auto& [name, value] : pairs) {
    AppendField(out, name);
    AppendField(out, value);
  }
}

void AppendDay(Bytes& out, const std::optional<Date>& day) {
  AppendU8(out, day ? 1 : 0);
  AppendU64(out, day ? static_cast<std::uint64_t>(day->time_since_epoch().count()) : 0);
}

Bytes EncodePlan(const KeyPlan& plan) {
  Bytes out;
  AppendU8(out, static_cast<std::uint8_t>(plan.action));
  AppendField(out, plan.key_id);
  AppendField(out, plan.entity_code);
  AppendField(out, plan.alias);
  AppendPairs(out, plan.tags);
  AppendField(out, plan.policy);
  AppendField(out, ToText(plan.spec));
  AppendField(out, ToText(plan.usage));
  AppendU8(out, static_cast<std::uint8_t>(plan.custody));
  AppendU8(out, plan.rotation_days ? 1 : 0);
  AppendU32(out, plan.rotation_days.value_or(0));
  AppendDay(out, plan.activation);
  AppendDay(out, plan.expiry);
  AppendU32(out, plan.deletion_wait_days);
  AppendU8(out, static_cast<std::uint8_t>(plan.information_class));
  AppendU8(out, static_cast<std::uint8_t>(plan.class_to_approve));
  AppendU8(out, plan.exception ? 1 : 0);
  AppendU8(out, static_cast<std::uint8_t>(plan.route));
  AppendList(out, plan.owners);
  AppendList(out, plan.officers);
  AppendField(out, plan.justification);
  AppendField(out, plan.change_number);
  AppendPairs(out, plan.particulars);
  return out;
}

}  // namespace

Bytes Encode(const Content& content) {
  std::vector<Bytes> plans;
  for (const KeyPlan& plan : content.plans) plans.push_back(EncodePlan(plan));
  std::sort(plans.begin(), plans.end());
  Bytes out;
  AppendField(out, kVersion);
  AppendField(out, content.request_id);
  AppendField(out, content.requester);
  AppendU8(out, static_cast<std::uint8_t>(content.mode));
  AppendU64(out, content.table_serial);
  AppendField(out, content.table_digest);
  AppendU32(out, static_cast<std::uint32_t>(plans.size()));
  for (const Bytes& plan : plans) AppendField(out, plan);
  return out;
}

crypto::Sha256Digest HashOf(const Content& content) { return crypto::Sha256(Encode(content)); }

}  // namespace kmaas::keyservice
