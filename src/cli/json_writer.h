// Writes indented JSON, member by member.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

namespace kmaas::cli {

// The caller owes the order: a Key before each value inside an object, an End for each Begin.
class JsonWriter {
 public:
  JsonWriter& BeginObject() { return Begin('{', '}'); }
  JsonWriter& BeginArray() { return Begin('[', ']'); }
  JsonWriter& End();
  JsonWriter& Key(std::string_view name);
  JsonWriter& Text(std::string_view text);
  JsonWriter& Flag(bool flag) { return Raw(flag ? "true" : "false"); }
  JsonWriter& Number(std::integral auto number) { return Raw(std::to_string(number)); }

  JsonWriter& Member(std::string_view name, std::string_view text) { return Key(name).Text(text); }
  JsonWriter& Member(std::string_view name, const char* text) { return Key(name).Text(text); }
  JsonWriter& Member(std::string_view name, const std::string& text) {
    return Key(name).Text(text);
  }
  JsonWriter& Member(std::string_view name, bool flag) { return Key(name).Flag(flag); }
  JsonWriter& Member(std::string_view name, std::integral auto number) {
    return Key(name).Number(number);
  }

  // The document with a newline at its end. May hold a secret that the caller put in: wipe it.
  std::string& text() { return text_; }

 private:
  struct Level {
    char end;
    bool empty = true;
  };
  JsonWriter& Begin(char begin, char end);
  JsonWriter& Raw(std::string_view value);
  void BeforeValue();
  void NewLine();

  std::string text_;
  std::vector<Level> levels_;
  bool after_key_ = false;
};

}  // namespace kmaas::cli
