#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <ctime>
#include <memory>

#include "base/json_text.h"
#include "base/log_scope.h"

namespace kmaas::log {
namespace {

std::atomic<Level> g_threshold{Level::kInfo};
std::atomic<Format> g_format{Format::kText};

spdlog::logger& Logger() {
  static auto* logger = [] {
    auto* made = new spdlog::logger("kmaas", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->set_level(spdlog::level::trace);
    made->flush_on(spdlog::level::trace);
    return made;
  }();
  return *logger;
}

std::string Timestamp() {
  const auto now = std::chrono::system_clock::now();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  const auto millis =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     millis);
}

std::string_view LevelName(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
  }
  return "error";
}

// What a line has besides its own fields, as Field.
template <class Append>
void ForEachOfScope(const Append& append) {
  const CallScope* scope = CallScope::current();
  if (scope == nullptr) return;
  append(Field("request_id", scope->request_id()));
  if (!scope->trace_id().empty()) append(Field("trace_id", scope->trace_id()));
}

void AppendJsonField(std::string& line, const Field& field) {
  line.push_back(',');
  AppendJsonString(line, field.name);
  line.push_back(':');
  AppendJsonString(line, field.value);
}

std::string JsonLine(Level level, std::string_view event, std::initializer_list<Field> fields) {
  std::string line = R"({"time":")" + Timestamp() + R"(","level":")" +
                     std::string(LevelName(level)) + R"(","event":)";
  AppendJsonString(line, event);
  for (const Field& field : fields) AppendJsonField(line, field);
  ForEachOfScope([&](const Field& field) { AppendJsonField(line, field); });
  line.push_back('}');
  return line;
}

// Values with blanks or control characters are quoted, so that a value can never forge a field or a
// line.
void AppendTextField(std::string& line, const Field& field) {
  line += " " + std::string(field.name) + "=";
  const bool plain = !field.value.empty() &&
                     field.value.find_first_not_of(
                         "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/@") ==
                         std::string::npos;
  if (plain) {
    line += field.value;
  } else {
    AppendJsonString(line, field.value);
  }
}

std::string TextLine(Level level, std::string_view event, std::initializer_list<Field> fields) {
  std::string line = Timestamp() + " " + std::string(LevelName(level)) + " " + std::string(event);
  for (const Field& field : fields) AppendTextField(line, field);
  ForEachOfScope([&](const Field& field) { AppendTextField(line, field); });
  return line;
}

}  // namespace

void Configure(Level threshold, Format format) {
  g_threshold = threshold;
  g_format = format;
}

void Write(Level level, std::string_view event, std::initializer_list<Field> fields) {
  if (level < g_threshold.load(std::memory_order_relaxed)) return;
  const std::string line =
      g_format == Format::kJson ? JsonLine(level, event, fields) : TextLine(level, event, fields);
  Logger().log(spdlog::level::info, "{}", line);
}

}  // namespace kmaas::log
