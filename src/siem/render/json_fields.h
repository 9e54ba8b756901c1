// Writes one JSON object in one line, member by member; empty texts are left out.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_text.h"

namespace kmaas::siem {

// Appends to the text that it borrows. Texts are cut as `text_max` says, except those that
// identify.
class JsonFields {
 public:
  JsonFields(std::string& out, std::size_t text_max);

  // A member that is never cut: an id, a hash, a constant.
  JsonFields& Id(std::string_view name, std::string_view text);
  JsonFields& Text(std::string_view name, std::string_view text);
  JsonFields& Number(std::string_view name, std::integral auto number) {
    return Raw(name, std::to_string(number));
  }
  JsonFields& Flag(std::string_view name, bool flag) { return Raw(name, flag ? "true" : "false"); }
  JsonFields& Raw(std::string_view name, std::string_view json);
  JsonFields& Ids(std::string_view name, const std::vector<std::string_view>& texts);
  // An object or a list of objects within; End for each.
  JsonFields& Object(std::string_view name);
  JsonFields& List(std::string_view name);
  JsonFields& Item();
  JsonFields& End();

 private:
  void Begin(char bracket);
  void Name(std::string_view name);

  std::string& out_;
  std::size_t text_max_;
  std::vector<char> ends_;
  bool is_first_ = true;
};

// At most `max` bytes, whole characters of UTF-8, and a mark when something was left out.
std::string Cut(std::string_view text, std::size_t max);

}  // namespace kmaas::siem
