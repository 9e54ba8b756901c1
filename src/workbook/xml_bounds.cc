#include "workbook/xml_bounds.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <vector>

#include "base/encoding.h"

namespace kmaas::workbook {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

bool IsXmlCharacter(std::uint32_t point) {
  if (point < 0x20) return point == 0x9 || point == 0xA || point == 0xD;
  return point <= 0xD7FF || (point >= 0xE000 && point <= 0xFFFD) ||
         (point >= 0x10000 && point <= 0x10FFFF);
}

// What stands between & and ;
bool IsKnownEntity(std::string_view name) {
  for (const std::string_view known : {"amp", "lt", "gt", "quot", "apos"}) {
    if (name == known) return true;
  }
  if (!name.starts_with('#')) return false;
  const int base = name.starts_with("#x") ? 16 : 10;
  const std::string_view digits = name.substr(base == 16 ? 2 : 1);
  std::uint32_t point = 0;
  const auto [stopped, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), point, base);
  return error == std::errc{} && stopped == digits.data() + digits.size() && IsXmlCharacter(point);
}

class Scanner {
 public:
  Scanner(std::string_view xml, std::string_view part, const Limits& limits)
      : rest_(xml), part_(part), limits_(limits) {}

  Outcome<void> Run() {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
    while (!rest_.empty()) {
      KM_CHECK(TakeText());
      if (!rest_.empty()) KM_CHECK(TakeMarkup());
    }
    if (depth_ != 0 || roots_ != 1) return No(Refusal::kMalformedXml);
    return {};
  }

 private:
  Refused No(Refusal why) const {
    return {why, {.part = std::string(part_), .sheet = {}, .cell = {}}};
  }

  Outcome<void> CountNode() {
    if (++nodes_ > limits_.xml_nodes) return No(Refusal::kTooMuchXml);
    return {};
  }

  Outcome<void> CheckCharacters(std::string_view text) const {
    for (std::size_t at = text.find('&'); at != std::string_view::npos;
         at = text.find('&', at + 1)) {
      const std::size_t end = text.substr(0, at + 12).find(';', at);
      if (end == std::string_view::npos || !IsKnownEntity(text.substr(at + 1, end - at - 1))) {
        return No(Refusal::kMalformedXml);
      }
    }
    return {};
  }

  Outcome<void> TakeText() {
    const std::size_t size = std::min(rest_.find('<'), rest_.size());
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    if (text.empty()) return {};
    const bool blank = text.find_first_not_of(kBlank) == std::string_view::npos;
    if (depth_ == 0 && !blank) return No(Refusal::kMalformedXml);
    KM_CHECK(CountNode());
    return CheckCharacters(text);
  }

  Outcome<void> SkipTo(std::string_view end) {
    KM_CHECK(CountNode());
    const std::size_t at = rest_.find(end);
    if (at == std::string_view::npos) return No(Refusal::kMalformedXml);
    rest_.remove_prefix(at + end.size());
    return {};
  }

  Outcome<void> TakeMarkup() {
    if (rest_.starts_with("<?xml") && kBlank.find(rest_.substr(0, 6).back()) != kBlank.npos) {
      return TakeDeclaration();
    }
    if (rest_.starts_with("<?")) return SkipTo("?>");
    if (rest_.starts_with("<!--")) {
      rest_.remove_prefix(4);
      return SkipTo("-->");
    }
    if (rest_.starts_with("<![CDATA[")) {
      return depth_ == 0 ? No(Refusal::kMalformedXml) : SkipTo("]]>");
    }
    if (rest_.starts_with("<!")) return No(Refusal::kDoctype);
    if (rest_.starts_with("</")) return TakeEnd();
    return TakeElement();
  }

  Outcome<void> TakeDeclaration() {
    const std::string_view text = rest_.substr(0, rest_.find("?>"));
    const std::size_t at = text.find("encoding");
    if (at != std::string_view::npos) {
      std::string name;
      for (const char letter : text.substr(at + 8)) {
        if (letter == '-' || letter == '_' || (letter >= '0' && letter <= '9')) name += letter;
        if (letter >= 'A' && letter <= 'Z') name += static_cast<char>(letter - 'A' + 'a');
        if (letter >= 'a' && letter <= 'z') name += letter;
      }
      const bool known = name.starts_with("utf-8") || name.starts_with("us-ascii");
      if (!known) return No(Refusal::kEncoding);
    }
    return SkipTo("?>");
  }

  Outcome<void> TakeEnd() {
    if (depth_ == 0) return No(Refusal::kMalformedXml);
    --depth_;
    const std::size_t at = rest_.find('>');
    if (at == std::string_view::npos) return No(Refusal::kMalformedXml);
    rest_.remove_prefix(at + 1);
    return {};
  }

  Outcome<void> TakeElement() {
    KM_CHECK(CountNode());
    if (depth_ == 0) ++roots_;
    if (depth_ + 1 > limits_.xml_depth) return No(Refusal::kTooDeepXml);
    const std::size_t name = rest_.find_first_of(" \t\r\n/>", 1);
    if (name == std::string_view::npos || name == 1) return No(Refusal::kMalformedXml);
    rest_.remove_prefix(name);
    names_.clear();
    for (;;) {
      rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlank), rest_.size()));
      if (rest_.starts_with("/>")) {
        rest_.remove_prefix(2);
        return {};
      }
      if (rest_.starts_with('>')) {
        rest_.remove_prefix(1);
        ++depth_;
        return {};
      }
      KM_CHECK(TakeAttribute());
    }
  }

  Outcome<void> TakeAttribute() {
    const std::size_t equals = rest_.find_first_of("=<>/");
    if (equals == std::string_view::npos || rest_[equals] != '=') {
      return No(Refusal::kMalformedXml);
    }
    const std::string_view padded = rest_.substr(0, equals);
    const std::string_view name = padded.substr(0, padded.find_last_not_of(kBlank) + 1);
    if (name.empty() || std::ranges::find(names_, name) != names_.end()) {
      return No(Refusal::kMalformedXml);
    }
    names_.push_back(name);
    if (++attributes_ > limits_.xml_attributes || names_.size() > limits_.xml_attributes_each) {
      return No(Refusal::kTooMuchXml);
    }
    rest_.remove_prefix(equals + 1);
    rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlank), rest_.size()));
    const char quote = rest_.empty() ? '\0' : rest_[0];
    const std::size_t end = rest_.find(quote, 1);
    if ((quote != '"' && quote != '\'') || end == std::string_view::npos) {
      return No(Refusal::kMalformedXml);
    }
    const std::string_view value = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    if (value.find('<') != std::string_view::npos) return No(Refusal::kMalformedXml);
    return CheckCharacters(value);
  }

  std::string_view rest_;
  std::string_view part_;
  const Limits& limits_;
  std::vector<std::string_view> names_;  // attributes of the element at hand
  std::size_t depth_ = 0;
  std::size_t roots_ = 0;
  std::size_t nodes_ = 0;
  std::size_t attributes_ = 0;
};

}  // namespace

Outcome<void> CheckXml(std::string_view xml, std::string_view part, const Limits& limits) {
  if (xml.find('\0') != std::string_view::npos || !IsUtf8(xml)) {
    return Refused{Refusal::kEncoding, {.part = std::string(part), .sheet = {}, .cell = {}}};
  }
  // No XML has them; a parser that lets them pass writes them as references, which are refused.
  for (const char letter : xml) {
    const auto code = static_cast<unsigned char>(letter);
    if (code < 0x20 && !IsXmlCharacter(code)) {
      return Refused{Refusal::kMalformedXml, {.part = std::string(part), .sheet = {}, .cell = {}}};
    }
  }
  return Scanner(xml, part, limits).Run();
}

}  // namespace kmaas::workbook
