#include "workbook/style_editor.h"

#include "workbook/markup.h"

namespace kmaas::workbook {
namespace {

const char* FillColour(Style style) {
  switch (style) {
    case Style::kNormal:
      return "";
    case Style::kHeader:
      return "FF1F4E79";
    case Style::kRequired:
      return "FFFFF2CC";
    case Style::kOptional:
      return "FFF2F2F2";
    case Style::kError:
      return "FFFFC7CE";
  }
  return "";
}

std::size_t CountOf(const Xml& xml, pugi::xml_node list, std::string_view local) {
  std::size_t count = 0;
  for (const pugi::xml_node node : list.children()) count += xml.Is(node, local) ? 1U : 0U;
  return count;
}

pugi::xml_node Nth(const Xml& xml, pugi::xml_node list, std::string_view local, std::size_t n) {
  for (const pugi::xml_node node : list.children()) {
    if (xml.Is(node, local) && n-- == 0) return node;
  }
  return {};
}

}  // namespace

std::string StyleEditor::AddFill(Style style) {
  if (style == Style::kNormal) return "0";
  pugi::xml_node fills = xml_.Child(xml_.root(), "fills");
  const std::size_t number = CountOf(xml_, fills, "fill");
  pugi::xml_node pattern = fills.append_child(xml_.Qualified("fill").c_str())
                               .append_child(xml_.Qualified("patternFill").c_str());
  Set(pattern, "patternType", "solid");
  Set(pattern.append_child(xml_.Qualified("fgColor").c_str()), "rgb", FillColour(style));
  Set(fills, "count", std::to_string(number + 1));
  return std::to_string(number);
}

std::string StyleEditor::AddFont(Style style) {
  if (style != Style::kHeader) return {};
  pugi::xml_node fonts = xml_.Child(xml_.root(), "fonts");
  const std::size_t number = CountOf(xml_, fonts, "font");
  pugi::xml_node font = fonts.append_child(xml_.Qualified("font").c_str());
  font.append_child(xml_.Qualified("b").c_str());
  Set(font.append_child(xml_.Qualified("sz").c_str()), "val", "11");
  Set(font.append_child(xml_.Qualified("color").c_str()), "rgb", "FFFFFFFF");
  Set(fonts, "count", std::to_string(number + 1));
  return std::to_string(number);
}

std::uint32_t StyleEditor::Like(std::uint32_t base, std::optional<Style> style, Shows shows) {
  if (dates_.Has(base)) shows = Shows::kAsBefore;
  if (!style && shows == Shows::kAsBefore) return base;
  const auto key = std::tuple{base, style, shows};
  if (const auto known = made_.find(key); known != made_.end()) return known->second;
  pugi::xml_node all = xml_.Child(xml_.root(), "cellXfs");
  const std::size_t number = CountOf(xml_, all, "xf");
  const pugi::xml_node model = Nth(xml_, all, "xf", base);
  pugi::xml_node made =
      model ? all.append_copy(model) : all.append_child(xml_.Qualified("xf").c_str());
  if (style) {
    Set(made, "fillId", AddFill(*style));
    Set(made, "applyFill", "1");
    if (const std::string font = AddFont(*style); !font.empty()) {
      Set(made, "fontId", font);
      Set(made, "applyFont", "1");
    }
  }
  if (shows == Shows::kDates) {
    Set(made, "numFmtId", "14");  // short, as the reader's language has it
    Set(made, "applyNumberFormat", "1");
  }
  Set(all, "count", std::to_string(number + 1));
  return made_[key] = static_cast<std::uint32_t>(number);
}

}  // namespace kmaas::workbook
