#include "siem/render/render.h"

#include "audit/uses_of_keys.h"

#include <array>
#include <utility>

namespace kmaas::siem {
namespace {

// Of the last one the worst case fits: escapes make six bytes of one, and records have few texts.
constexpr std::array<std::size_t, 8> kTextBytes{4096, 2048, 1024, 512, 256, 128, 64, 24};

constexpr std::array<std::pair<std::string_view, std::string_view>, 34> kPrefixes{
    {{"Create", "create"},     {"Replicate", "create"},   {"Generate", "create"},
     {"Get", "read"},          {"List", "read"},          {"Describe", "read"},
     {"Simulate", "read"},     {"Delete", "delete"},      {"Retire", "delete"},
     {"Revoke", "delete"},     {"Schedule", "delete"},    {"Remove", "update"},
     {"Put", "update"},        {"Update", "update"},      {"Enable", "update"},
     {"Disable", "update"},    {"Tag", "update"},         {"Untag", "update"},
     {"Set", "update"},        {"Rotate", "update"},      {"Attach", "update"},
     {"Detach", "update"},     {"Add", "update"},         {"Cancel", "update"},
     {"Change", "update"},     {"Import", "update"},      {"Connect", "update"},
     {"Disconnect", "update"}, {"Upload", "create"},      {"Resync", "update"},
     {"Deactivate", "update"}, {"Synchronize", "update"}, {"Head", "read"},
     {"Assume", "create"}}};

std::string RenderAt(FormatKind format, const Event& event, const Producer& producer,
                     std::size_t text_max) {
  switch (format) {
    case FormatKind::kCloudTrail:
      return RenderCloudTrail(event, text_max);
    case FormatKind::kWazuh:
      return RenderWazuh(event, text_max);
    case FormatKind::kCef:
      return RenderCef(event, producer, text_max);
    case FormatKind::kLeef:
      return RenderLeef(event, producer, text_max);
    case FormatKind::kOcsf:
      return RenderOcsf(event, producer, text_max);
    case FormatKind::kEcs:
      return RenderEcs(event, producer, text_max);
  }
  return {};
}

}  // namespace

std::string Render(FormatKind format, const Event& event, const Producer& producer) {
  std::string text;
  for (const std::size_t text_max : kTextBytes) {
    text = RenderAt(format, event, producer, text_max);
    if (text.size() <= kBodyBytesMax) break;
  }
  return text;
}

std::string WithoutWideControls(std::string text) {
  const auto at = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  std::size_t size = 0;
  for (std::size_t i = 0; i < text.size(); ++size) {
    const bool is_c1 = at(i) == 0xc2 && i + 1 < text.size() && at(i + 1) < 0xa0;
    const bool is_separator = at(i) == 0xe2 && i + 2 < text.size() && at(i + 1) == 0x80 &&
                              (at(i + 2) == 0xa8 || at(i + 2) == 0xa9);
    text[size] = is_c1 || is_separator ? ' ' : text[i];
    i += is_c1 ? 2 : is_separator ? 3 : 1;
  }
  text.resize(size);
  return text;
}

bool IsJson(FormatKind format) { return format != FormatKind::kCef && format != FormatKind::kLeef; }

std::string_view KindOfChange(const Event& event) {
  if (audit::IsUseOfKey(event.name)) return {};
  for (const auto& [prefix, kind] : kPrefixes)
    if (event.name.starts_with(prefix)) return kind;
  return {};
}

}  // namespace kmaas::siem
