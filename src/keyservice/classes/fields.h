// The rules of a class as one list: what reading, checking and explaining go through.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "keyservice/classes/class_rules.h"

namespace kmaas::keyservice {

// Which way is stronger.
enum class Stronger { kMore, kLess, kNeither };

struct Field {
  std::string_view name;  // in the file
  std::uint32_t (*get)(const ClassRules&);
  void (*set)(ClassRules&, std::uint32_t);
  std::span<const std::string_view> words;  // of an enumeration, by value; empty for a number
  std::uint32_t min;
  std::uint32_t max;
  Stronger stronger;
  std::string_view meaning;
};

std::span<const Field> Fields();

// As it stands in the file.
std::string ValueText(const Field& field, const ClassRules& rules);

}  // namespace kmaas::keyservice
