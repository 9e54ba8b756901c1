#include "workbook/shared_strings.h"

namespace kmaas::workbook {

std::string JoinRuns(const Xml& xml, pugi::xml_node item) {
  std::string text;
  for (const pugi::xml_node child : item.children()) {
    if (xml.Is(child, "t")) text += TextOf(child);
    if (xml.Is(child, "r")) text += TextOf(xml.Child(child, "t"));
  }
  return text;
}

Outcome<std::vector<CleanText>> ReadSharedStrings(Archive& archive, std::string_view part,
                                                  const Limits& limits) {
  KM_TRY(Bytes bytes, archive.Inflate(part));
  KM_TRY(const Xml xml, Xml::Parse(std::move(bytes), part, limits, Vocabulary::kSheet, "sst"));
  std::vector<CleanText> all;
  std::size_t text_bytes = 0;
  for (const pugi::xml_node item : xml.root().children()) {
    if (!xml.Is(item, "si")) continue;
    auto text = Clean(JoinRuns(xml, item), limits);
    if (text) text_bytes += text->text.size();
    if (!text || text_bytes > limits.all_text_bytes) {
      const Refusal why = text ? Refusal::kTooMuchText : text.error().why;
      return Refused{why, {.part = std::string(part), .sheet = {}, .cell = {}}};
    }
    all.push_back(std::move(*text));
  }
  return all;
}

}  // namespace kmaas::workbook
