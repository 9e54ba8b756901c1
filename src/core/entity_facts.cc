#include "core/entity_facts.h"

#include "domain/ids.h"
#include "records/row_keys.h"

namespace kmaas::core {
namespace {

template <class T>
Result<std::shared_ptr<const T>> FindAt(records::Catalog& catalog, const std::string& row_key,
                                        std::string_view arn) {
  KM_TRY(auto found, catalog.Find<T>(row_key));
  if (found != nullptr && found->arn() != arn) found = nullptr;
  return found;
}

template <class T>
Result<EntityFacts> TagsAt(records::Catalog& catalog, const std::string& row_key,
                           std::string_view arn) {
  KM_TRY(const auto found, FindAt<T>(catalog, row_key, arn));
  return found == nullptr ? EntityFacts() : EntityFacts{"", found->tags};
}

template <class T>
Result<EntityFacts> AllAt(records::Catalog& catalog, const std::string& row_key,
                          std::string_view arn) {
  KM_TRY(const auto found, FindAt<T>(catalog, row_key, arn));
  return found == nullptr ? EntityFacts() : EntityFacts{found->permissions_boundary, found->tags};
}

}  // namespace

Result<EntityFacts> FactsOfEntity(records::Catalog& catalog, std::string_view arn) {
  const auto parsed = domain::Arn::Parse(arn);
  if (!parsed || parsed->service != "iam") return EntityFacts();
  const std::string& account = parsed->account;
  const std::string_view resource = parsed->resource;
  const std::string_view name = resource.substr(resource.rfind('/') + 1);
  if (resource.starts_with("user/"))
    return AllAt<records::User>(catalog, records::UserRow(account, name), arn);
  if (resource.starts_with("role/"))
    return AllAt<records::Role>(catalog, records::RoleRow(account, name), arn);
  if (resource.starts_with("policy/")) {
    return TagsAt<records::ManagedPolicy>(catalog, records::ManagedPolicyRow(account, name), arn);
  }
  if (resource.starts_with("mfa/"))
    return TagsAt<records::MfaDevice>(catalog, records::MfaDeviceRow(account, name), arn);
  return EntityFacts();
}

}  // namespace kmaas::core
