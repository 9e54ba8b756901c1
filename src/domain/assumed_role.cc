#include "domain/assumed_role.h"

#include "domain/ids.h"

namespace kmaas::domain {

void NameAssumedRole(Principal& principal, const Session& session) {
  principal.type = PrincipalType::kAssumedRole;
  principal.arn = Arn{std::string(kPartition), "sts", "", principal.account,
                      "assumed-role/" + session.role_name + "/" + session.session_name}
                      .ToText();
  principal.user_id = session.role_id + ":" + session.session_name;
  principal.user_name.clear();
}

bool IsWebIdentity(const Principal& principal) {
  return principal.session != nullptr && !principal.session->federated_provider.empty() &&
         principal.session->role_arn.empty();
}

}  // namespace kmaas::domain
