#include "workbook/package.h"

#include <algorithm>

namespace kmaas::workbook {
namespace {

std::string_view FolderOf(std::string_view part) {
  const std::size_t slash = part.rfind('/');
  return slash == std::string_view::npos ? "" : part.substr(0, slash + 1);
}

Relationship OneOf(pugi::xml_node node) {
  const std::string_view type = node.attribute("Type").value();
  return {.id = node.attribute("Id").value(),
          .type = std::string(type.substr(type.rfind('/') + 1)),
          .target = node.attribute("Target").value(),
          .external = LowerCase(node.attribute("TargetMode").value()) == "external"};
}

}  // namespace

std::string RelationshipsOf(std::string_view part) {
  const std::string folder(FolderOf(part));
  return folder + "_rels/" + std::string(part.substr(folder.size())) + ".rels";
}

std::string SourceOf(std::string_view relationships_part) {
  constexpr std::string_view kFolder = "_rels/";
  constexpr std::string_view kEnding = ".rels";
  const std::string_view folder = FolderOf(relationships_part);
  std::string_view name = relationships_part.substr(folder.size());
  if (!folder.ends_with(kFolder) || !name.ends_with(kEnding)) return {};
  name.remove_suffix(kEnding.size());
  return std::string(folder.substr(0, folder.size() - kFolder.size())) + std::string(name);
}

std::optional<std::string> Resolve(std::string_view source, std::string_view target) {
  std::string path(target.starts_with('/') ? "" : FolderOf(source));
  path += target.substr(target.starts_with('/') ? 1 : 0);
  std::vector<std::string_view> steps;
  const std::string_view whole = path;
  for (std::size_t start = 0; start <= whole.size();) {
    const std::size_t end = std::min(whole.find('/', start), whole.size());
    const std::string_view step = whole.substr(start, end - start);
    start = end + 1;
    if (step == ".") continue;
    if (step.empty() || (step == ".." && steps.empty())) return std::nullopt;
    if (step == "..") {
      steps.pop_back();
    } else {
      steps.push_back(step);
    }
  }
  std::string resolved;
  for (const std::string_view step : steps) {
    if (!resolved.empty()) resolved += '/';
    resolved += step;
  }
  return resolved;
}

std::string RelativeTo(std::string_view source, std::string_view part) {
  for (std::size_t slash = source.find('/');
       slash != std::string_view::npos && part.starts_with(source.substr(0, slash + 1));
       slash = source.find('/')) {
    part.remove_prefix(slash + 1);
    source.remove_prefix(slash + 1);
  }
  std::string target;
  for (const char letter : source) target += letter == '/' ? "../" : "";
  return target + std::string(part);
}

Outcome<std::vector<Relationship>> ReadRelationships(Archive& archive, std::string_view part,
                                                     const Limits& limits) {
  const std::string name = RelationshipsOf(part);
  std::vector<Relationship> all;
  if (!archive.Has(name)) return all;
  KM_TRY(Bytes bytes, archive.Inflate(name));
  KM_TRY(const Xml xml,
         Xml::Parse(std::move(bytes), name, limits, Vocabulary::kRelationships, "Relationships"));
  for (const pugi::xml_node node : xml.root().children()) {
    if (!xml.Is(node, "Relationship")) continue;
    Relationship one = OneOf(node);
    // A place within the file (#Sheet!A1) is no part.
    if (!one.external && !one.target.starts_with('#')) {
      auto resolved = Resolve(part, one.target);
      if (!resolved) {
        return Refused{Refusal::kBadRelationship, {.part = name, .sheet = {}, .cell = {}}};
      }
      one.target = std::move(*resolved);
    }
    all.push_back(std::move(one));
  }
  return all;
}

const Relationship* FindType(const std::vector<Relationship>& all, std::string_view type) {
  const auto found = std::ranges::find_if(
      all, [type](const Relationship& one) { return one.type == type && !one.external; });
  return found == all.end() ? nullptr : &*found;
}

Outcome<ContentTypes> ContentTypes::Read(Archive& archive, const Limits& limits) {
  KM_TRY(Bytes bytes, archive.Inflate(kContentTypesPart));
  KM_TRY(const Xml xml, Xml::Parse(std::move(bytes), kContentTypesPart, limits,
                                   Vocabulary::kContentTypes, "Types"));
  ContentTypes types;
  for (const pugi::xml_node node : xml.root().children()) {
    const std::string type = LowerCase(node.attribute("ContentType").value());
    if (xml.Is(node, "Override")) {
      std::string_view part = node.attribute("PartName").value();
      part.remove_prefix(part.starts_with('/') ? 1 : 0);
      types.overrides_.insert_or_assign(LowerCase(part), type);
    } else if (xml.Is(node, "Default")) {
      types.extensions_.insert_or_assign(LowerCase(node.attribute("Extension").value()), type);
    }
  }
  return types;
}

std::string ContentTypes::Of(std::string_view part) const {
  const std::string lower = LowerCase(part);
  if (const auto own = overrides_.find(lower); own != overrides_.end()) return own->second;
  const auto kind = extensions_.find(lower.substr(lower.rfind('.') + 1));
  return kind == extensions_.end() ? "" : kind->second;
}

}  // namespace kmaas::workbook
