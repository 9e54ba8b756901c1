#include "cli/json_writer.h"

#include "base/json_text.h"

namespace kmaas::cli {

void JsonWriter::NewLine() {
  text_ += '\n';
  text_.append(levels_.size() * 2, ' ');
}

void JsonWriter::BeforeValue() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (levels_.empty()) return;
  if (!levels_.back().empty) text_ += ',';
  levels_.back().empty = false;
  NewLine();
}

JsonWriter& JsonWriter::Begin(char begin, char end) {
  BeforeValue();
  text_ += begin;
  levels_.push_back({end});
  return *this;
}

JsonWriter& JsonWriter::End() {
  const Level level = levels_.back();
  levels_.pop_back();
  if (!level.empty) NewLine();
  text_ += level.end;
  if (levels_.empty()) text_ += '\n';
  return *this;
}

JsonWriter& JsonWriter::Key(std::string_view name) {
  BeforeValue();
  AppendJsonString(text_, name);
  text_ += ": ";
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::Text(std::string_view text) {
  BeforeValue();
  AppendJsonString(text_, text);
  return *this;
}

JsonWriter& JsonWriter::Raw(std::string_view value) {
  BeforeValue();
  text_ += value;
  return *this;
}

}  // namespace kmaas::cli
