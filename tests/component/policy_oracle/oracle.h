// The decision, read off AWS's documents by a plain and slow interpreter. It shares nothing with
// src/policy: own values, own matching, own order of steps. Sources: IAM user guide, "Policy
// evaluation logic", "Condition operators", "Multivalued context keys", "Variables and tags",
// "Principal", "NotPrincipal"; KMS developer guide, "Default key policy", "Grants".
#pragma once

#include <vector>

#include "tests/component/policy_oracle/model.h"

namespace kmaas::policy_oracle {

// Each documented rule has a switch, so that a test can break one and see the two disagree.
struct Rules {
  bool deny_wins = true;
  bool account_only_delegates = true;  // its root apart
  bool role_match_is_narrowed = true;  // by boundary and session
  bool exact_match_is_not_narrowed = true;
  bool foreign_account_needs_identity = true;
  bool boundary_narrows = true;
  bool session_narrows = true;
  bool deny_spares_only_whole_lists = true;  // of NotPrincipal
  bool grants_add = true;
  bool grants_name_operations = true;
  bool grant_constraints_count = true;
  bool absent_key_fails = true;
  bool absent_key_satisfies_negated = true;
  bool for_all_holds_of_nothing = true;
  bool for_any_fails_of_nothing = true;
  bool if_exists_forgives = true;
  bool negated_means_none = true;  // of several policy values
  bool values_of_variables_are_literal = true;
  bool variables_need_version_2012 = true;
  bool actions_ignore_case = true;
  bool arns_match_by_part = true;
  bool statement_needs_all_tests = true;
};

// What may be answered: one verdict, or, for a refusal, the first thing that is missing on each way
// that could have led to an allow.
std::vector<Verdict> Judge(const World& world, const Ask& ask, const Rules& rules = {});

}  // namespace kmaas::policy_oracle
