#include "tests/component/policy_oracle/comparisons.h"

#include <arpa/inet.h>

#include <array>
#include <cstdlib>

namespace kmaas::policy_oracle {
namespace {

std::string Plain(const Pattern& pattern) {
  std::string out;
  for (const Glyph glyph : pattern) out += glyph.character;
  return out;
}

// Whether a wildcard may stand for a colon.
enum class Colons { kAnywhere, kAtTheEndOfAPart };

bool GlobFrom(const Pattern& pattern, std::size_t p, const std::string& text, std::size_t t,
              Colons colons) {
  if (p == pattern.size()) return t == text.size();
  const Glyph glyph = pattern[p];
  const bool ends_part = p + 1 == pattern.size() || pattern[p + 1].character == ':';
  const bool bounded = colons == Colons::kAtTheEndOfAPart && !ends_part;
  if (glyph.wildcard && glyph.character == '*') {
    for (std::size_t skip = t; skip <= text.size(); ++skip) {
      if (GlobFrom(pattern, p + 1, text, skip, colons)) return true;
      if (bounded && skip < text.size() && text[skip] == ':') return false;
    }
    return false;
  }
  if (t == text.size()) return false;
  if (glyph.wildcard && colons == Colons::kAtTheEndOfAPart && text[t] == ':') return false;
  if (!glyph.wildcard && glyph.character != text[t]) return false;
  return GlobFrom(pattern, p + 1, text, t + 1, colons);
}

// The six parts of an ARN: the last one keeps its colons.
template <class Sequence, class IsColon>
std::vector<Sequence> Parts(const Sequence& sequence, IsColon is_colon) {
  std::vector<Sequence> parts(1);
  for (const auto& element : sequence) {
    if (parts.size() < 6 && is_colon(element))
      parts.emplace_back();
    else
      parts.back().push_back(element);
  }
  return parts;
}

std::optional<double> Number(const std::string& text) {
  if (text.empty() || text.find_first_not_of("0123456789.-") != std::string::npos) return {};
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (end != text.c_str() + text.size()) return {};
  return value;
}

long long DaysBefore(int year, int month) {
  static const std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const auto leap = [](int y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; };
  long long days = 0;
  for (int y = 1970; y < year; ++y) days += leap(y) ? 366 : 365;
  for (int m = 1; m < month; ++m) days += kDays[static_cast<std::size_t>(m - 1)];
  return days + (month > 2 && leap(year) ? 1 : 0);
}

// "2026-11", "2026-11-26", "2026-11-26T06:30Z", "2026-11-26T06:30:05.25+01:00" (W3C, "Date and Time
// Formats"), or seconds since 1970. "2026" could be either, and counts as seconds.
std::optional<double> Seconds(const std::string& text) {
  int year = 0;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int zone_hour = 0;
  int zone_minute = 0;
  char sign = '+';
  double second = 0;
  if (text.size() < 7 || text[4] != '-') return Number(text);
  std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d", &year, &month, &day, &hour, &minute);
  const std::size_t zone = text.size() > 16 ? text.find_first_of("Z+-", 16) : std::string::npos;
  if (zone != std::string::npos) {
    if (text[16] == ':') second = std::strtod(text.substr(17, zone - 17).c_str(), nullptr);
    std::sscanf(text.c_str() + zone, "%c%2d:%2d", &sign, &zone_hour, &zone_minute);
  }
  const int offset = (zone_hour * 60 + zone_minute) * (sign == '-' ? -1 : 1);
  return static_cast<double>((DaysBefore(year, month) + day - 1) * 86400LL +
                             (hour * 60 + minute - offset) * 60LL) +
         second;
}

// The address as bits, most significant first; empty for what is no address. An IPv4 address in
// IPv6's clothes is the IPv4 address.
std::vector<bool> Bits(const std::string& text) {
  if (Lower(text).compare(0, 7, "::ffff:") == 0 && text.find('.') != std::string::npos)
    return Bits(text.substr(7));
  std::array<unsigned char, 16> bytes{};
  const bool six = text.find(':') != std::string::npos;
  if (inet_pton(six ? AF_INET6 : AF_INET, text.c_str(), bytes.data()) != 1) return {};
  std::vector<bool> bits;
  for (std::size_t i = 0; i < (six ? 128U : 32U); ++i)
    bits.push_back(((bytes[i / 8] >> (7 - i % 8)) & 1) != 0);
  return bits;
}

bool InRange(const std::string& range, const std::string& address) {
  const std::size_t slash = range.find('/');
  const std::vector<bool> network = Bits(range.substr(0, slash));
  const std::vector<bool> bits = Bits(address);
  if (network.empty() || network.size() != bits.size()) return false;
  const std::size_t length =
      slash == std::string::npos ? bits.size() : std::stoul(range.substr(slash + 1));
  for (std::size_t i = 0; i < length; ++i)
    if (network[i] != bits[i]) return false;
  return true;
}

std::string FromBase64(const std::string& text) {
  static const std::string kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = bits << 6 | static_cast<unsigned>(kAlphabet.find(c));
    count += 6;
    if (count >= 8) out += static_cast<char>(bits >> (count -= 8) & 0xff);
  }
  return out;
}

bool Ordered(const std::string& relation, std::optional<double> policy,
             std::optional<double> request) {
  if (!policy || !request) return false;
  if (relation == "Equals") return *request == *policy;
  if (relation == "LessThan") return *request < *policy;
  if (relation == "LessThanEquals") return *request <= *policy;
  if (relation == "GreaterThan") return *request > *policy;
  return *request >= *policy;
}

// The name of a variable and its default: "aws:username, 'nobody'".
std::optional<std::string> Resolve(const std::string& variable, const Context& context) {
  const std::size_t comma = variable.find(", '");
  const auto found = context.find(Lower(variable.substr(0, comma)));
  if (found != context.end() && found->second.size() == 1) return found->second[0];
  if (comma == std::string::npos) return {};
  return variable.substr(comma + 3, variable.size() - comma - 4);
}

bool IsWildcard(char c) { return c == '*' || c == '?'; }

}  // namespace

std::optional<Pattern> Expand(const std::string& text, bool variables, const Context& context,
                              const Rules& rules) {
  Pattern pattern;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t end = text.find('}', i);
    if (!variables || text.compare(i, 2, "${") != 0 || end == std::string::npos) {
      pattern.push_back({text[i], IsWildcard(text[i])});
      continue;
    }
    const std::string name = text.substr(i + 2, end - i - 2);
    const bool special = name == "*" || name == "?" || name == "$";
    const auto value = special ? name : Resolve(name, context);
    if (!value) return {};
    for (const char c : *value)
      pattern.push_back({c, !rules.values_of_variables_are_literal && IsWildcard(c)});
    i = end;
  }
  return pattern;
}

bool Glob(const Pattern& pattern, const std::string& text) {
  return GlobFrom(pattern, 0, text, 0, Colons::kAnywhere);
}

bool ResourceGlob(const Pattern& pattern, const std::string& text) {
  return GlobFrom(pattern, 0, text, 0, Colons::kAtTheEndOfAPart);
}

bool ArnGlob(const Pattern& pattern, const std::string& text, const Rules& rules) {
  if (!rules.arns_match_by_part) return Glob(pattern, text);
  if (pattern.size() == 1 && pattern[0].wildcard && pattern[0].character == '*') return true;
  const auto wanted = Parts(pattern, [](Glyph glyph) { return glyph.character == ':'; });
  const auto given = Parts(text, [](char c) { return c == ':'; });
  if (wanted.size() != 6 || given.size() != 6) return false;
  for (std::size_t i = 0; i < 6; ++i)
    if (!Glob(wanted[i], given[i])) return false;
  return true;
}

bool Compares(const std::string& operation, const Pattern& policy, const std::string& request,
              const Rules& rules) {
  const std::string plain = Plain(policy);
  if (operation == "StringEquals") return plain == request;
  if (operation == "StringEqualsIgnoreCase") return Lower(plain) == Lower(request);
  if (operation == "StringLike") return Glob(policy, request);
  if (operation == "ArnEquals" || operation == "ArnLike") return ArnGlob(policy, request, rules);
  if (operation == "Bool") return Lower(plain) == Lower(request);
  // Bytes travel in base64 on both sides: a context has texts only.
  if (operation == "BinaryEquals") return FromBase64(plain) == FromBase64(request);
  if (operation == "IpAddress") return InRange(plain, request);
  if (operation.compare(0, 7, "Numeric") == 0)
    return Ordered(operation.substr(7), Number(plain), Number(request));
  return Ordered(operation.substr(4), Seconds(plain), Seconds(request));  // Date...
}

}  // namespace kmaas::policy_oracle
