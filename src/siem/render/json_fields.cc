#include "siem/render/json_fields.h"

namespace kmaas::siem {
namespace {

constexpr std::string_view kMark = "...[cut]";

bool Continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U; }

}  // namespace

std::string Cut(std::string_view text, std::size_t max) {
  if (text.size() <= max) return std::string(text);
  std::size_t size = max > kMark.size() ? max - kMark.size() : 0;
  while (size > 0 && Continues(text[size])) --size;
  return std::string(text.substr(0, size)) + std::string(kMark);
}

JsonFields::JsonFields(std::string& out, std::size_t text_max) : out_(out), text_max_(text_max) {
  Begin('{');
}

void JsonFields::Begin(char bracket) {
  out_.push_back(bracket);
  ends_.push_back(bracket == '{' ? '}' : ']');
  is_first_ = true;
}

void JsonFields::Name(std::string_view name) {
  if (!is_first_) out_.push_back(',');
  is_first_ = false;
  if (name.empty()) return;
  AppendJsonString(out_, name);
  out_.push_back(':');
}

JsonFields& JsonFields::Id(std::string_view name, std::string_view text) {
  if (text.empty()) return *this;
  Name(name);
  AppendJsonString(out_, text);
  return *this;
}

JsonFields& JsonFields::Text(std::string_view name, std::string_view text) {
  return Id(name, Cut(text, text_max_));
}

JsonFields& JsonFields::Raw(std::string_view name, std::string_view json) {
  Name(name);
  out_ += json;
  return *this;
}

JsonFields& JsonFields::Ids(std::string_view name, const std::vector<std::string_view>& texts) {
  List(name);
  for (const std::string_view text : texts) {
    Name("");
    AppendJsonString(out_, text);
  }
  return End();
}

JsonFields& JsonFields::Object(std::string_view name) {
  Name(name);
  Begin('{');
  return *this;
}

JsonFields& JsonFields::List(std::string_view name) {
  Name(name);
  Begin('[');
  return *this;
}

JsonFields& JsonFields::Item() {
  Name("");
  Begin('{');
  return *this;
}

JsonFields& JsonFields::End() {
  out_.push_back(ends_.back());
  ends_.pop_back();
  is_first_ = false;
  return *this;
}

}  // namespace kmaas::siem
