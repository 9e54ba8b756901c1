// A part as a tree of XML, and how to walk it by the names of one namespace.
#pragma once

#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "workbook/limits.h"
#include "workbook/outcome.h"

namespace kmaas::workbook {

// The namespaces of the parts; a workbook is of the transitional kind or of the strict one.
enum class Vocabulary { kSheet, kRelationships, kContentTypes, kNone };

// What stays of the text: kEdit keeps comments, declarations and blanks, to be written again.
enum class XmlUse { kRead, kEdit };

class Xml {
 public:
  // Checks before it parses. `root`: the local name that the first element must have, in the
  // namespace of `vocabulary`; neither is asked for with kNone.
  static Outcome<Xml> Parse(Bytes bytes, std::string_view part, const Limits& limits,
                            Vocabulary vocabulary, std::string_view root,
                            XmlUse use = XmlUse::kRead);

  pugi::xml_node root() const { return document_.document_element(); }
  pugi::xml_document& document() { return document_; }
  // The name in the file of an element of the namespace: x:row where the file says x.
  std::string Qualified(std::string_view local) const { return prefix_ + std::string(local); }
  pugi::xml_node Child(pugi::xml_node parent, const char* local) const;
  bool Is(pugi::xml_node node, std::string_view local) const;
  // True where an element gives the prefix another meaning.
  bool Rebinds(pugi::xml_node node) const;
  // The namespace that the prefix is bound to.
  std::string space() const { return root().attribute(binding_.c_str()).value(); }
  std::string ToText() const;

 private:
  Xml() = default;
  bool BelongsTo(Vocabulary vocabulary) const;
  Bytes bytes_;  // the tree points into it
  pugi::xml_document document_;
  std::string prefix_;   // with its colon
  std::string binding_;  // xmlns or xmlns:x
};

// All text of an element, however comments and CDATA cut it.
std::string TextOf(pugi::xml_node node);
// The value of the attribute with this local name and any prefix: r:id.
std::string_view PrefixedAttribute(pugi::xml_node node, std::string_view local);
bool IsTrue(pugi::xml_attribute attribute);  // "1", "true" and "on"

}  // namespace kmaas::workbook
