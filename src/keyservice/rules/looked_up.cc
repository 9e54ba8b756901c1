#include <algorithm>

#include "keyservice/rules/default_spec.h"
#include "keyservice/rules/row_check.h"

namespace kmaas::keyservice {

int LookedUp::ClassToApprove() const {
  const int own = row.EffectiveClass();
  return live && row.action != Action::kNew ? std::max(own, live->information_class) : own;
}

domain::KeySpec LookedUp::Spec(const ClassTable& table) const {
  if (live && row.action != Action::kNew) return live->spec;
  return row.spec ? *row.spec : DefaultSpec(row.purpose, table.Of(row.EffectiveClass()));
}

Result<LookedUp> LookUp(RequestRow row, std::string_view requester, const KeyRegister& keys,
                        const Directory& people) {
  LookedUp found;
  Subject subject = SubjectOf(row);
  KM_TRY(found.live, keys.Find(subject));
  if (subject.sequence > 1) {
    subject.sequence = 1;
    KM_TRY(found.first, keys.Find(subject));
  }
  std::vector<std::string> names = row.administrators;
  names.insert(names.end(), row.users.begin(), row.users.end());
  names.push_back(row.owner);
  if (!row.security_officer.empty()) names.push_back(row.security_officer);
  for (const std::string& name : names) {
    if (found.principals.count(name) != 0) continue;
    KM_TRY(found.principals[name], people.Find(name));
  }
  KM_TRY(const bool own, people.Belongs(requester, row.entity_code));
  KM_TRY(const bool approvers, people.HasApprovers(row.entity_code));
  found.route = !approvers ? Route::kCentral : own ? Route::kOwnEntity : Route::kOtherEntity;
  found.row = std::move(row);
  return found;
}

}  // namespace kmaas::keyservice
