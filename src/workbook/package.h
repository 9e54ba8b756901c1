// How the parts of a package hang together: relationships and content types.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "workbook/archive.h"
#include "workbook/xml.h"

namespace kmaas::workbook {

inline constexpr std::string_view kContentTypesPart = "[Content_Types].xml";

struct Relationship {
  std::string id;
  std::string type;    // the last step of its URI: worksheet, sharedStrings ...
  std::string target;  // a part's name from the root; what an external one says, as it stands
  bool external = false;
};

// xl/_rels/workbook.xml.rels for xl/workbook.xml; _rels/.rels for "".
std::string RelationshipsOf(std::string_view part);
// The way round. Empty for the root, and for what is no part of relationships.
std::string SourceOf(std::string_view relationships_part);
// A target as it stands in the relationships of `source`: from the root, or relative to the folder
// of `source`. Nothing where it leads out of the package.
std::optional<std::string> Resolve(std::string_view source, std::string_view target);

// The way round: a target that every reader understands, some of which take relative ones only.
std::string RelativeTo(std::string_view source, std::string_view part);

// Those of a part; none where it has no part of relationships.
Outcome<std::vector<Relationship>> ReadRelationships(Archive& archive, std::string_view part,
                                                     const Limits& limits);
const Relationship* FindType(const std::vector<Relationship>& all, std::string_view type);

class ContentTypes {
 public:
  static Outcome<ContentTypes> Read(Archive& archive, const Limits& limits);
  // In lower case. Empty where none is declared.
  std::string Of(std::string_view part) const;
  const std::map<std::string, std::string>& overrides() const { return overrides_; }

 private:
  std::map<std::string, std::string> overrides_;   // by part, in lower case, without the slash
  std::map<std::string, std::string> extensions_;  // in lower case
};

}  // namespace kmaas::workbook
