// How a rule says what it found.
#pragma once

#include <utility>

#include "keyservice/rules/row_check.h"

namespace kmaas::keyservice {

struct Place {
  Rule rule;
  Column column;
};

inline void Refuse(const RowQuestion& question, Place place, Message message,
                   std::vector<std::string> arguments, Findings& findings) {
  findings.push_back(
      {question.row().number, place.column, place.rule, message, std::move(arguments)});
}

inline void Note(const RowQuestion& question, Place place, Message message,
                 std::vector<std::string> arguments, Findings& findings) {
  findings.push_back({question.row().number, place.column, place.rule, message,
                      std::move(arguments), Severity::kNotice});
}

inline std::string ClassText(const RowQuestion& question) {
  return std::to_string(question.row().EffectiveClass());
}

}  // namespace kmaas::keyservice
