#include "workbook/hazards.h"

#include <array>

namespace kmaas::workbook {
namespace {

struct Hazard {
  std::string_view fragment;  // in lower case
  Refusal why;
};

// The first that fits counts.
constexpr auto kInNames = std::to_array<Hazard>({
    {"vbaproject", Refusal::kMacros},
    {"vbadata", Refusal::kMacros},
    {"xl/macrosheets/", Refusal::kMacros},
    {"xl/dialogsheets/", Refusal::kMacros},
    {"xl/externallinks/", Refusal::kExternalLink},
    {"xl/connections.", Refusal::kDataConnection},
    {"xl/querytables/", Refusal::kDataConnection},
    {"xl/embeddings/", Refusal::kEmbeddedObject},
    {"xl/activex/", Refusal::kActiveX},
    {"xl/xmlmaps.", Refusal::kXmlMap},
    {"_xmlsignatures/", Refusal::kSigned},
    {"xl/workbook.bin", Refusal::kBinaryWorkbook},
});

constexpr auto kInTypes = std::to_array<Hazard>({
    {"sheet.binary", Refusal::kBinaryWorkbook},
    {"macroenabled", Refusal::kMacros},
    {"vbaproject", Refusal::kMacros},
    {"macrosheet", Refusal::kMacros},
    {"dialogsheet", Refusal::kMacros},
    {"externallink", Refusal::kExternalLink},
    {"connections+xml", Refusal::kDataConnection},
    {"querytable", Refusal::kDataConnection},
    {"oleobject", Refusal::kEmbeddedObject},
    {"activex", Refusal::kActiveX},
    {"xmlmaps", Refusal::kXmlMap},
    {"digital-signature", Refusal::kSigned},
});

constexpr auto kInRelationships = std::to_array<Hazard>({
    {"vbaproject", Refusal::kMacros},
    {"macrosheet", Refusal::kMacros},
    {"dialogsheet", Refusal::kMacros},
    {"attachedtoolbars", Refusal::kMacros},
    {"externallink", Refusal::kExternalLink},
    {"connections", Refusal::kDataConnection},
    {"querytable", Refusal::kDataConnection},
    {"oleobject", Refusal::kEmbeddedObject},
    {"package", Refusal::kEmbeddedObject},
    {"control", Refusal::kActiveX},
    {"activexcontrol", Refusal::kActiveX},
    {"xmlmaps", Refusal::kXmlMap},
    {"digital-signature", Refusal::kSigned},
});

Refused At(Refusal why, std::string_view part) {
  return {why, {.part = std::string(part), .sheet = {}, .cell = {}}};
}

template <std::size_t n>
Outcome<void> Look(const std::array<Hazard, n>& hazards, std::string_view lower,
                   std::string_view part) {
  for (const Hazard& hazard : hazards) {
    if (lower.find(hazard.fragment) != std::string_view::npos) return At(hazard.why, part);
  }
  return {};
}

// A link to another program stands in the part of a link to another file.
Outcome<void> RefuseDde(Archive& archive) {
  for (const auto& [lower, entry] : archive.entries()) {
    if (!lower.starts_with("xl/externallinks/") || !lower.ends_with(".xml")) continue;
    KM_TRY(const Bytes bytes, archive.Inflate(entry.name));
    if (AsText(bytes).find("ddeLink") != std::string_view::npos) {
      return At(Refusal::kDde, entry.name);
    }
  }
  return {};
}

Outcome<void> LookAtRelationships(Archive& archive, std::string_view relationships_part,
                                  const Limits& limits) {
  KM_TRY(const auto all, ReadRelationships(archive, SourceOf(relationships_part), limits));
  for (const Relationship& one : all) {
    const std::string type = LowerCase(one.type);
    for (const Hazard& hazard : kInRelationships) {
      // Whole words: a control is not a controlProperties, a package is not a packageSomething.
      if (type == hazard.fragment || type.ends_with(hazard.fragment)) {
        return At(hazard.why, relationships_part);
      }
    }
    if (one.external && type != "hyperlink") {
      return At(Refusal::kExternalLink, relationships_part);
    }
  }
  return {};
}

}  // namespace

Outcome<void> RefuseHazards(Archive& archive, const ContentTypes& types, const Limits& limits) {
  KM_CHECK(RefuseDde(archive));
  for (const auto& [lower, entry] : archive.entries()) {
    KM_CHECK(Look(kInNames, lower, entry.name));
    KM_CHECK(Look(kInTypes, types.Of(entry.name), entry.name));
  }
  for (const auto& [part, type] : types.overrides()) KM_CHECK(Look(kInTypes, type, part));
  for (const auto& [lower, entry] : archive.entries()) {
    if (lower.ends_with(".rels")) KM_CHECK(LookAtRelationships(archive, entry.name, limits));
  }
  return {};
}

}  // namespace kmaas::workbook
