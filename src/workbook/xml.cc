#include "workbook/xml.h"

#include <sstream>

#include "workbook/xml_bounds.h"

namespace kmaas::workbook {
namespace {

std::pair<std::string_view, std::string_view> NamesOf(Vocabulary vocabulary) {
  switch (vocabulary) {
    case Vocabulary::kSheet:
      return {"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
              "http://purl.oclc.org/ooxml/spreadsheetml/main"};
    case Vocabulary::kRelationships:
      return {"http://schemas.openxmlformats.org/package/2006/relationships", ""};
    case Vocabulary::kContentTypes:
      return {"http://schemas.openxmlformats.org/package/2006/content-types", ""};
    case Vocabulary::kNone:
      return {"", ""};
  }
  return {"", ""};
}

unsigned ParseFlags(XmlUse use) {
  if (use == XmlUse::kRead) return pugi::parse_default | pugi::parse_ws_pcdata_single;
  return pugi::parse_default | pugi::parse_ws_pcdata | pugi::parse_comments | pugi::parse_pi |
         pugi::parse_declaration;
}

}  // namespace

Outcome<Xml> Xml::Parse(Bytes bytes, std::string_view part, const Limits& limits,
                        Vocabulary vocabulary, std::string_view root, XmlUse use) {
  KM_CHECK(CheckXml(AsText(bytes), part, limits));
  Xml xml;
  xml.bytes_ = std::move(bytes);
  const Place place{.part = std::string(part), .sheet = {}, .cell = {}};
  if (!xml.document_.load_buffer_inplace(xml.bytes_.data(), xml.bytes_.size(), ParseFlags(use),
                                         pugi::encoding_utf8)) {
    return Refused{Refusal::kMalformedXml, place};
  }
  if (vocabulary == Vocabulary::kNone) return xml;
  const std::string_view name = xml.root().name();
  const std::size_t colon = name.find(':');
  xml.binding_ = "xmlns";
  if (colon != std::string_view::npos) {
    xml.prefix_ = name.substr(0, colon + 1);
    xml.binding_ += ":" + std::string(name.substr(0, colon));
  }
  if (!xml.Is(xml.root(), root) || !xml.BelongsTo(vocabulary)) {
    return Refused{Refusal::kUnexpectedXml, place};
  }
  return xml;
}

bool Xml::BelongsTo(Vocabulary vocabulary) const {
  const std::string_view bound = root().attribute(binding_.c_str()).value();
  const auto [transitional, strict] = NamesOf(vocabulary);
  return !bound.empty() && (bound == transitional || bound == strict);
}

pugi::xml_node Xml::Child(pugi::xml_node parent, const char* local) const {
  return prefix_.empty() ? parent.child(local) : parent.child(Qualified(local).c_str());
}

bool Xml::Is(pugi::xml_node node, std::string_view local) const {
  const std::string_view name = node.name();
  return name.size() == prefix_.size() + local.size() && name.starts_with(prefix_) &&
         name.ends_with(local);
}

bool Xml::Rebinds(pugi::xml_node node) const {
  for (const pugi::xml_attribute attribute : node.attributes()) {
    if (attribute.name() == binding_) {
      return std::string_view(attribute.value()) != root().attribute(binding_.c_str()).value();
    }
  }
  return false;
}

std::string Xml::ToText() const {
  std::ostringstream text;
  document_.save(text, "", pugi::format_raw, pugi::encoding_utf8);
  return std::move(text).str();
}

std::string TextOf(pugi::xml_node node) {
  std::string text;
  for (const pugi::xml_node child : node.children()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
      text += child.value();
    }
  }
  return text;
}

std::string_view PrefixedAttribute(pugi::xml_node node, std::string_view local) {
  for (const pugi::xml_attribute attribute : node.attributes()) {
    const std::string_view name = attribute.name();
    const std::size_t colon = name.find(':');
    if (colon != std::string_view::npos && name.substr(colon + 1) == local) {
      return attribute.value();
    }
  }
  return {};
}

bool IsTrue(pugi::xml_attribute attribute) {
  const std::string_view value = attribute.value();
  return value == "1" || value == "true" || value == "on";
}

}  // namespace kmaas::workbook
