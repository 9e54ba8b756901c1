// The fields of a row that are texts of enumerations, ids and times.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "domain/enumeration.h"
#include "domain/ids.h"

namespace kmaas::records {

// Reads fields, and remembers whether one was not what it has to be; the values are of no use then.
class RowFields {
 public:
  bool ok() const { return ok_; }

  template <class Enum>
  Enum Text(std::string_view text) {
    return Checked(domain::FromText<Enum>(text));
  }
  // Nothing for an empty text.
  template <class Enum>
  std::optional<Enum> OptionalText(std::string_view text) {
    if (text.empty()) return std::nullopt;
    return Text<Enum>(text);
  }
  domain::KeyId Key(std::string_view text) { return Checked(domain::KeyId::Parse(text)); }
  domain::MaterialId Material(std::string_view bits) {
    domain::MaterialId id;
    ok_ = ok_ && bits.size() == id.bits.size();
    if (ok_) std::copy(bits.begin(), bits.end(), id.bits.begin());
    return id;
  }
  // Whatever else is parsed.
  template <class T>
  T Checked(std::optional<T> parsed) {
    ok_ = ok_ && parsed.has_value();
    return std::move(parsed).value_or(T{});
  }

 private:
  bool ok_ = true;
};

inline std::optional<WallTime> OptionalTime(bool present, std::int64_t millis) {
  if (!present) return std::nullopt;
  return FromEpochMillis(millis);
}

template <class Enum>
std::string TextOf(Enum value) {
  return std::string(ToText(value));
}
// Empty for nothing.
template <class Enum>
std::string TextOf(const std::optional<Enum>& value) {
  return value ? std::string(ToText(*value)) : std::string();
}

}  // namespace kmaas::records
