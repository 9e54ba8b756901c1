#include "policy/glob.h"

#include <cstring>
#include <utility>

namespace kmaas::policy {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

bool ContinuesACharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

// Behind the character at `at`.
std::size_t SkipCharacter(std::string_view text, std::size_t at) {
  ++at;
  while (at < text.size() && ContinuesACharacter(text[at])) ++at;
  return at;
}

// Where the match of `piece`, which has no kMany, ends when it begins at `at`; or kNowhere.
std::size_t MatchForward(std::string_view piece, std::string_view text, std::size_t at) {
  for (const char wanted : piece) {
    if (at >= text.size()) return kNowhere;
    if (wanted == kOne) {
      at = SkipCharacter(text, at);
    } else if (text[at] == wanted) {
      ++at;
    } else {
      return kNowhere;
    }
  }
  return at;
}

// Whether `text` ends in `piece`.
bool MatchBackward(std::string_view piece, std::string_view text) {
  std::size_t end = text.size();
  for (std::size_t i = piece.size(); i > 0; --i) {
    const char wanted = piece[i - 1];
    if (end == 0) return false;
    --end;
    if (wanted == kOne) {
      while (end > 0 && ContinuesACharacter(text[end])) --end;
    } else if (text[end] != wanted) {
      return false;
    }
  }
  return true;
}

// Behind the first match of `piece` at or after `at`; or kNowhere.
std::size_t Find(std::string_view piece, std::string_view text, std::size_t at) {
  if (piece.find(kOne) == kNowhere) {
    // In linear time, unlike std::string_view::find.
    const void* found = ::memmem(text.data() + at, text.size() - at, piece.data(), piece.size());
    if (found == nullptr) return kNowhere;
    return static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) + piece.size();
  }
  for (; at < text.size(); ++at) {
    if (const std::size_t end = MatchForward(piece, text, at); end != kNowhere) return end;
  }
  return kNowhere;
}

}  // namespace

bool HasMarks(std::string_view text) {
  return text.find(kMany) != kNowhere || text.find(kOne) != kNowhere;
}

std::string MarkWildcards(std::string_view text) {
  std::string marked(text);
  for (char& c : marked) {
    if (c == '*') c = kMany;
    if (c == '?') c = kOne;
  }
  return marked;
}

bool GlobMatches(std::string_view pattern, std::string_view text) {
  const std::size_t first = pattern.find(kMany);
  std::size_t at = MatchForward(pattern.substr(0, first), text, 0);
  if (first == kNowhere) return at == text.size();
  if (at == kNowhere) return false;
  pattern.remove_prefix(first + 1);
  for (std::size_t next = pattern.find(kMany); next != kNowhere; next = pattern.find(kMany)) {
    if (next > 0) at = Find(pattern.substr(0, next), text, at);
    if (at == kNowhere) return false;
    pattern.remove_prefix(next + 1);
  }
  return MatchBackward(pattern, text.substr(at));
}

Glob::Glob(std::string pattern) : pattern_(std::move(pattern)) {
  if (!HasMarks(pattern_)) {
    kind_ = Kind::kLiteral;
  } else if (pattern_.back() == kMany &&
             !HasMarks(std::string_view(pattern_).substr(0, pattern_.size() - 1))) {
    kind_ = Kind::kPrefix;
  }
}

bool Glob::Matches(std::string_view text) const {
  switch (kind_) {
    case Kind::kLiteral:
      return text == pattern_;
    case Kind::kPrefix:
      return text.starts_with(std::string_view(pattern_).substr(0, pattern_.size() - 1));
    case Kind::kGeneral:
      return GlobMatches(pattern_, text);
  }
  return false;
}

}  // namespace kmaas::policy
