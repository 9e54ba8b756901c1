// Structured log lines: an event name and fields. Never a body, a plaintext, a key or a credential.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

namespace kmaas::log {

enum class Level { kDebug, kInfo, kWarning, kError };
enum class Format { kText, kJson };

struct Field {
  std::string_view name;
  std::string value;
  Field(std::string_view n, std::string_view v) : name(n), value(v) {}
  Field(std::string_view n, const char* v) : name(n), value(v) {}
  Field(std::string_view n, const std::string& v) : name(n), value(v) {}
  Field(std::string_view n, std::integral auto v) : name(n), value(std::to_string(v)) {}
};

// Thread-safe. Lines go to standard error, one each: "2026-11-24T15:30:05.123Z info hsm_ready
// token=kmaas" or JSON.
void Configure(Level threshold, Format format);
void Write(Level level, std::string_view event, std::initializer_list<Field> fields);

inline void Debug(std::string_view event, std::initializer_list<Field> fields = {}) {
  Write(Level::kDebug, event, fields);
}
inline void Info(std::string_view event, std::initializer_list<Field> fields = {}) {
  Write(Level::kInfo, event, fields);
}
inline void Warning(std::string_view event, std::initializer_list<Field> fields = {}) {
  Write(Level::kWarning, event, fields);
}
inline void Error(std::string_view event, std::initializer_list<Field> fields = {}) {
  Write(Level::kError, event, fields);
}

}  // namespace kmaas::log
