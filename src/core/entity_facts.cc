#include "core/entity_facts.h"

#include "records/find_by_arn.h"

namespace kmaas::core {
namespace {

template <class T>
Result<EntityFacts> TagsOf(records::Catalog& catalog, std::string_view arn) {
  KM_TRY(const auto found, records::FindByArn<T>(catalog, arn));
  return found == nullptr ? EntityFacts() : EntityFacts{"", found->tags};
}

template <class T>
Result<EntityFacts> AllOf(records::Catalog& catalog, std::string_view arn) {
  KM_TRY(const auto found, records::FindByArn<T>(catalog, arn));
  return found == nullptr ? EntityFacts() : EntityFacts{found->permissions_boundary, found->tags};
}

}  // namespace

Result<EntityFacts> FactsOfEntity(records::Catalog& catalog, std::string_view arn) {
  const auto parsed = domain::Arn::Parse(arn);
  if (!parsed) return EntityFacts();
  const std::string_view resource = parsed->resource;
  if (resource.starts_with("user/")) return AllOf<records::User>(catalog, arn);
  if (resource.starts_with("role/")) return AllOf<records::Role>(catalog, arn);
  if (resource.starts_with("policy/")) return TagsOf<records::ManagedPolicy>(catalog, arn);
  if (resource.starts_with("mfa/")) return TagsOf<records::MfaDevice>(catalog, arn);
  return EntityFacts();
}

}  // namespace kmaas::core
