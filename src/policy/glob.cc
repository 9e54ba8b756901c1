#include "policy/glob.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

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

// Looks for a piece with kOne in it at all places of a text at once: a bit for each place in the
// piece says that some beginning fits up to there (Baeza-Yates and Gonnet, "shift-and"). The time
// is that of text times piece, divided by the bits of a word.
class PieceFinder {
 public:
  explicit PieceFinder(std::string_view piece)
      : size_(piece.size()), words_(piece.size() / kBits + 1), any_(words_), behind_one_(words_) {
    for (std::size_t i = 0; i < size_; ++i) {
      if (piece[i] == kOne) {
        Set(any_, i);
        Set(behind_one_, i + 1);
      } else {
        Bits& places = places_[static_cast<unsigned char>(piece[i])];
        if (places.empty()) places.resize(words_);
        Set(places, i);
      }
    }
  }

  // Behind the first match at or after `at`; or kNowhere.
  std::size_t Find(std::string_view text, std::size_t at) const {
    Bits fits(words_);
    for (; at < text.size(); ++at) {
      fits[0] |= 1U;  // one more beginning
      Take(text[at], fits);
      if (Has(fits, size_)) {
        ++at;
        while (any_ends() && at < text.size() && ContinuesACharacter(text[at])) ++at;
        return at;
      }
    }
    return kNowhere;
  }

 private:
  using Bits = std::vector<std::uint64_t>;
  static constexpr std::size_t kBits = 64;

  static void Set(Bits& bits, std::size_t i) { bits[i / kBits] |= std::uint64_t{1} << (i % kBits); }
  static bool Has(const Bits& bits, std::size_t i) {
    return (bits[i / kBits] >> (i % kBits) & 1U) != 0;
  }
  bool any_ends() const { return Has(behind_one_, size_); }

  // The beginnings that fit up to a place now fit one further, or no longer. Behind kOne, the rest
  // of its character is passed over.
  void Take(char byte, Bits& fits) const {
    const Bits& places = places_[static_cast<unsigned char>(byte)];
    const std::uint64_t within = ContinuesACharacter(byte) ? ~std::uint64_t{0} : 0;
    std::uint64_t carried = 0;
    for (std::size_t i = 0; i < words_; ++i) {
      const std::uint64_t waits = fits[i] & behind_one_[i] & within;
      const std::uint64_t goes = fits[i] & ~waits & (any_[i] | (places.empty() ? 0 : places[i]));
      fits[i] = waits | goes << 1U | carried;
      carried = goes >> (kBits - 1);
    }
  }

  std::size_t size_;
  std::size_t words_;
  Bits any_;
  Bits behind_one_;
  std::array<Bits, 256> places_;
};

// Below this many comparisons, trying one place after the other is no slower.
constexpr std::size_t kFewComparisons = 4096;

// Behind the first match of `piece` at or after `at`; or kNowhere.
std::size_t Find(std::string_view piece, std::string_view text, std::size_t at) {
  if (piece.find(kOne) == kNowhere) {
    // In linear time, unlike std::string_view::find.
    const void* found = ::memmem(text.data() + at, text.size() - at, piece.data(), piece.size());
    if (found == nullptr) return kNowhere;
    return static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) + piece.size();
  }
  if (piece.size() * (text.size() - at) > kFewComparisons) return PieceFinder(piece).Find(text, at);
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
