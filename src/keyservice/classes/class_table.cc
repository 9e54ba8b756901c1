#include "keyservice/classes/class_table.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "base/ascii_case.h"
#include "keyservice/classes/fields.h"

namespace kmaas::keyservice {
namespace {

void CheckMonotone(const ClassTable& table, int weaker, std::vector<std::string>& wrong) {
  const ClassRules& low = table.Of(weaker);
  const ClassRules& high = table.Of(weaker + 1);
  for (const Field& field : Fields()) {
    const std::uint32_t a = field.get(low);
    const std::uint32_t b = field.get(high);
    const bool weakens = (field.stronger == Stronger::kMore && b < a) ||
                         (field.stronger == Stronger::kLess && b > a);
    if (!weakens) continue;
    wrong.push_back("class " + std::to_string(weaker + 1) + ": " + std::string(field.name) + " " +
                    ValueText(field, high) + " is weaker than " + ValueText(field, low) +
                    " of class " + std::to_string(weaker));
  }
}

void CheckOne(int number, const ClassRules& rules, std::vector<std::string>& wrong) {
  const std::string name = "class " + std::to_string(number) + ": ";
  if (rules.rotation_days > rules.rotation_days_max) {
    wrong.push_back(name + "rotation_days is beyond rotation_days_max");
  }
  const std::uint32_t most =
      std::max({rules.approvals_create, rules.approvals_change, rules.approvals_delete});
  if (rules.approvers_min < most) {
    wrong.push_back(name + "approvers_min is less than its approvals; nothing could be approved");
  }
  if (rules.officer_for_delete && rules.approvals_delete == 0) {
    wrong.push_back(name + "officer_for_delete needs approvals_delete of at least 1");
  }
  if (rules.expiry == Expiry::kRequired && rules.lifetime_days_max < rules.rotation_days) {
    wrong.push_back(name + "lifetime_days_max is less than rotation_days");
  }
}

// Classes that need no key refuse it outside of production; among the others it only gets harder.
void CheckNonProduction(const ClassTable& table, std::vector<std::string>& wrong) {
  bool exception = false;
  for (int number = kClassMin; number <= kClassMax; ++number) {
    const NonProduction rule = table.Of(number).non_production;
    if (exception && rule == NonProduction::kJustified) {
      wrong.push_back("class " + std::to_string(number) +
                      ": non_production justified is weaker than exception of a lower class");
    }
    exception = exception || rule == NonProduction::kException;
  }
}

void CheckEnvironments(const ClassTable& table, std::vector<std::string>& wrong) {
  const auto& all = table.environments;
  if (std::none_of(all.begin(), all.end(), [](const auto& e) { return e.production; })) {
    wrong.emplace_back("environments: none of them is production");
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      if (EqualsIgnoringCase(all[i].name, all[j].name) || all[i].label == all[j].label) {
        wrong.push_back("environments: " + all[j].name + " has the name or label of " +
                        all[i].name);
      }
    }
  }
}

}  // namespace

const ClassRules& ClassTable::Of(int information_class) const {
  if (information_class < kClassMin || information_class > kClassMax) std::abort();
  return classes[static_cast<std::size_t>(information_class - kClassMin)];
}

const Environment* ClassTable::FindEnvironment(std::string_view name) const {
  const auto found =
      std::find_if(environments.begin(), environments.end(),
                   [&](const Environment& e) { return EqualsIgnoringCase(e.name, name); });
  return found == environments.end() ? nullptr : &*found;
}

std::vector<std::string> WhatMakesNoSense(const ClassTable& table) {
  std::vector<std::string> wrong;
  for (int number = kClassMin; number <= kClassMax; ++number) {
    CheckOne(number, table.Of(number), wrong);
    if (number < kClassMax) CheckMonotone(table, number, wrong);
  }
  CheckNonProduction(table, wrong);
  CheckEnvironments(table, wrong);
  if (table.special_data_class < table.personal_data_class) {
    wrong.emplace_back("personal_data: special is a lower class than ordinary");
  }
  return wrong;
}

std::string Explain(const ClassTable& table) {
  std::ostringstream out;
  out << "serial " << table.serial << "\npersonal data from class " << table.personal_data_class
      << ", special categories from class " << table.special_data_class << "\nenvironments";
  for (const Environment& environment : table.environments) {
    out << ' ' << environment.name << (environment.production ? " (production)" : "");
  }
  out << '\n';
  for (const Field& field : Fields()) {
    out << '\n' << field.name << ": " << field.meaning << '\n';
    for (int number = kClassMin; number <= kClassMax; ++number) {
      out << "  " << number << "  " << ValueText(field, table.Of(number)) << '\n';
    }
  }
  return out.str();
}

}  // namespace kmaas::keyservice
