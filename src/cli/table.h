// Columns of text for people, aligned.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace kmaas::cli {

// Rows may differ in length. Control characters in cells are shown as '?': a cell may come from a
// caller of the API and is printed at an operator's terminal.
class Table {
 public:
  explicit Table(std::vector<std::string> header) { rows_.push_back(std::move(header)); }
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.size() == 1; }
  void Print(std::ostream& out) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// `text` with control characters, as a terminal would obey them, and letters that turn its
// direction or take no place, replaced by '?'.
std::string Harmless(std::string text);
// "a, b, c"; "none" when there are none.
std::string Joined(const std::vector<std::string>& parts);

}  // namespace kmaas::cli
