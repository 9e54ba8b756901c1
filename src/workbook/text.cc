#include "workbook/text.h"

#include <utf8proc.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <memory>

#include "base/encoding.h"

namespace kmaas::workbook {
namespace {

constexpr std::size_t kEscapeBytes = 7;  // _xHHHH_

struct Range {
  utf8proc_int32_t first;
  utf8proc_int32_t last;
};

// That turn the direction of a text, and that have no width; Unicode 14.
constexpr auto kBidi =
    std::to_array<Range>({{0x061C, 0x061C}, {0x200E, 0x200F}, {0x202A, 0x202E}, {0x2066, 0x2069}});
constexpr auto kInvisible = std::to_array<Range>({{0x00AD, 0x00AD},
                                                  {0x034F, 0x034F},
                                                  {0x115F, 0x1160},
                                                  {0x17B4, 0x17B5},
                                                  {0x180B, 0x180F},
                                                  {0x200B, 0x200D},
                                                  {0x2028, 0x2029},
                                                  {0x2060, 0x2065},
                                                  {0x206A, 0x206F},
                                                  {0x2800, 0x2800},
                                                  {0x3164, 0x3164},
                                                  {0xFE00, 0xFE0F},
                                                  {0xFEFF, 0xFEFF},
                                                  {0xFFA0, 0xFFA0},
                                                  {0xFFF9, 0xFFFB},
                                                  {0x1BCA0, 0x1BCA3},
                                                  {0x1D173, 0x1D17A},
                                                  {0xE0000, 0xE0FFF}});

template <std::size_t n>
bool In(const std::array<Range, n>& ranges, utf8proc_int32_t point) {
  for (const Range& range : ranges) {
    if (point >= range.first && point <= range.last) return true;
  }
  return false;
}

bool IsControl(utf8proc_int32_t point) {
  if (point == '\t' || point == '\n') return false;
  const utf8proc_category_t category = utf8proc_category(point);
  return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CO ||
         (point & 0xFFFE) == 0xFFFE || (point >= 0xFDD0 && point <= 0xFDEF);
}

// The code unit of an escape at the start of `text`.
std::optional<std::uint32_t> EscapeAt(std::string_view text) {
  if (text.size() < kEscapeBytes || !text.starts_with("_x") || text[kEscapeBytes - 1] != '_') {
    return std::nullopt;
  }
  std::uint32_t unit = 0;
  const char* end = text.data() + 6;
  const auto [stopped, error] = std::from_chars(text.data() + 2, end, unit, 16);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return unit;
}

void AppendPoint(std::string& out, utf8proc_int32_t point) {
  std::array<utf8proc_uint8_t, 4> encoded;
  const utf8proc_ssize_t size = utf8proc_encode_char(point, encoded.data());
  out += AsText({encoded.data(), static_cast<std::size_t>(size)});
}

// Nothing for half a surrogate pair.
std::optional<std::string> Unescape(std::string_view raw) {
  std::string text;
  std::uint32_t high = 0;
  for (std::size_t at = raw.find("_x"); at != std::string_view::npos; at = raw.find("_x")) {
    const auto unit = EscapeAt(raw.substr(at));
    if (high != 0 && (at != 0 || !unit)) return std::nullopt;
    text += raw.substr(0, unit ? at : at + 1);
    raw.remove_prefix(unit ? at + kEscapeBytes : at + 1);
    if (!unit) continue;
    const bool low = *unit >= 0xDC00 && *unit <= 0xDFFF;
    if (low != (high != 0)) return std::nullopt;
    if (*unit >= 0xD800 && *unit <= 0xDBFF) {
      high = *unit;
      continue;
    }
    const std::uint32_t point = low ? 0x10000 + ((high - 0xD800) << 10U) + (*unit - 0xDC00) : *unit;
    AppendPoint(text, static_cast<utf8proc_int32_t>(point));
    high = 0;
  }
  if (high != 0) return std::nullopt;
  text += raw;
  return text;
}

// Looks at each letter before the normaliser does.
Outcome<TextMarks> Look(std::string_view text, const Limits& limits) {
  TextMarks marks;
  std::size_t combining = 0;
  const ByteView bytes = AsBytes(text);
  for (std::size_t at = 0; at < bytes.size();) {
    utf8proc_int32_t point = 0;
    const utf8proc_ssize_t size = utf8proc_iterate(
        bytes.data() + at, static_cast<utf8proc_ssize_t>(bytes.size() - at), &point);
    if (size <= 0) return Refused{Refusal::kBadValue};
    at += static_cast<std::size_t>(size);
    marks.controls = marks.controls || IsControl(point);
    marks.bidi = marks.bidi || In(kBidi, point);
    marks.invisible = marks.invisible || In(kInvisible, point);
    combining = utf8proc_get_property(point)->combining_class == 0 ? 0 : combining + 1;
    if (combining > limits.combining_marks) return Refused{Refusal::kCombiningMarks};
  }
  return marks;
}

bool IsAscii(std::string_view text) {
  for (const char letter : text) {
    if (static_cast<unsigned char>(letter) >= 0x80) return false;
  }
  return true;
}

std::optional<std::string> Nfc(std::string_view text) {
  utf8proc_uint8_t* composed = nullptr;
  const utf8proc_ssize_t size =
      utf8proc_map(AsBytes(text).data(), static_cast<utf8proc_ssize_t>(text.size()), &composed,
                   static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE));
  if (size < 0) return std::nullopt;
  const std::unique_ptr<utf8proc_uint8_t, void (*)(void*)> owned(composed, std::free);
  return ToString({composed, static_cast<std::size_t>(size)});
}

}  // namespace

Outcome<CleanText> Clean(std::string_view raw, const Limits& limits) {
  // An escape of seven letters stands for one.
  if (raw.size() / kEscapeBytes > limits.text_bytes) return Refused{Refusal::kTooMuchText};
  auto text = Unescape(raw);
  if (!text) return Refused{Refusal::kBadValue};
  if (text->size() > limits.text_bytes) return Refused{Refusal::kTooMuchText};
  KM_TRY(const TextMarks marks, Look(*text, limits));
  if (IsAscii(*text)) return CleanText{std::move(*text), marks};
  auto composed = Nfc(*text);
  if (!composed) return Refused{Refusal::kBadValue};
  return CleanText{std::move(*composed), marks};
}

std::string EscapeControls(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto letter = static_cast<unsigned char>(text[at]);
    const bool control = letter < 0x20 && letter != '\t' && letter != '\n';
    if (!control && !EscapeAt(text.substr(at))) {
      out += text[at];
      continue;
    }
    out += "_x00";
    out += kDigits[letter >> 4U];
    out += kDigits[letter & 0xFU];
    out += '_';
    // The underscore of what looks like an escape is now one; what follows it stays.
  }
  return out;
}

}  // namespace kmaas::workbook
