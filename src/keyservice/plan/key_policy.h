// The key policy of a requested key.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/key_spec.h"
#include "keyservice/classes/class_rules.h"

namespace kmaas::keyservice {

struct PolicyNames {
  std::string_view account;
  std::string_view entity_code;
  std::vector<std::string> administrators;  // ARNs, sorted
  std::vector<std::string> users;           // ARNs, sorted
  domain::KeyUsage usage;
  domain::KeySpec spec;
};

// The same JSON for the same names. It lets the account read; lets key managers in an active
// elevation for the entity manage; lets administrators read, and manage where the class wants no
// elevation; lets users use. What the class wants approvals for is left to requests and elevations.
// Nobody gets both managing and use from one statement, and the account's own policies give no use.
std::string KeyPolicy(const PolicyNames& names, const ClassRules& rules);

}  // namespace kmaas::keyservice
