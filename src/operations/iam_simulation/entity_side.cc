#include "operations/iam_simulation/entity_side.h"

#include "core/stored_identity_sides.h"
#include "identity/named_principals.h"
#include "operations/iam_common/attachments.h"
#include "operations/iam_common/entities.h"
#include "records/find_by_arn.h"

namespace kmaas::operations {
namespace {

Error NoSuchSource(const std::string& arn) {
  return NoSuchEntity("The policy source " + arn + " cannot be found.");
}

// As the decision has them, under the names that simulations show.
policy::IdentitySide Renamed(policy::IdentitySide side) {
  for (policy::NamedPolicy& one : side.policies) one.name = one.source_id;
  if (side.boundary) side.boundary->name = side.boundary->source_id;
  return side;
}

}  // namespace

Result<void> LoadEntity(const core::Call& call, const std::string& arn, Simulation& simulation) {
  const std::string prefix = "arn:aws:iam::" + call.principal().account + ":";
  records::Catalog& catalog = call.services().catalog;
  core::StoredIdentitySides sides(catalog);
  simulation.caller.account = call.principal().account;
  simulation.caller.arn = arn;
  if (arn.starts_with(prefix + "group/")) {
    KM_TRY(const auto group, records::FindByArn<records::Group>(catalog, arn));
    if (group == nullptr) return NoSuchSource(arn);
    KM_TRY(policy::IdentitySide side, sides.OfGroup(*group));
    simulation.identity = Renamed(std::move(side));
    return {};
  }
  const bool is_user = arn.starts_with(prefix + "user/");
  if (!is_user && !arn.starts_with(prefix + "role/")) return NoSuchSource(arn);
  KM_TRY(const auto principal, identity::FindAnyPrincipal(catalog, arn, call.now()));
  if (!principal) return NoSuchSource(arn);
  if (is_user) simulation.caller = *principal;
  KM_TRY(const auto side, sides.Of(*principal));
  simulation.identity = Renamed(*side);
  return {};
}

}  // namespace kmaas::operations
