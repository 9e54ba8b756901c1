#include "core/entity_resolver.h"

#include <type_traits>
#include <utility>

namespace kmaas::core {
namespace {

namespace pb = google::protobuf;

constexpr std::string_view kRootPath = "/";

// Where an entity is, what it is called, and what it carries.
struct Place {
  std::string path = std::string(kRootPath);
  std::string name;
  std::vector<domain::Tag> tags = {};
  std::string permissions_boundary = {};
};

struct Resolving {
  const pb::Message& request;
  records::Catalog& catalog;
  const domain::Principal& principal;

  bool Has(const pb::FieldDescriptor* field) const {
    return field != nullptr && request.GetReflection()->HasField(request, field);
  }
  std::string Text(const pb::FieldDescriptor* field) const {
    return request.GetReflection()->GetString(request, field);
  }
};

std::string_view TypeOf(EntityKind kind) {
  switch (kind) {
    case USER:
      return "user";
    case GROUP:
      return "group";
    case ROLE:
      return "role";
    case POLICY:
      return "policy";
    default:
      return "mfa";
  }
}

std::string ArnOf(const Resolving& call, EntityKind kind, const std::string& path_and_name) {
  return "arn:aws:iam::" + call.principal.account + ":" + std::string(TypeOf(kind)) + path_and_name;
}

ResolvedEntity EntityAt(const Resolving& call, EntityKind kind, Place place) {
  return {ArnOf(call, kind, place.path + place.name), std::move(place.tags),
          std::move(place.permissions_boundary)};
}

template <class T>
Result<Place> FindPlace(const Resolving& call, const std::string& row_key,
                        const std::string& name) {
  KM_TRY(const auto found, call.catalog.Find<T>(row_key));
  Place place;
  place.name = name;
  if (found == nullptr || found->name != name) return place;
  place.path = found->path;
  if constexpr (!std::is_same_v<T, records::Group>) {
    place.tags = found->tags;
    place.permissions_boundary = found->permissions_boundary;
  }
  return place;
}

// What is named by its ARN, whether it is there or not.
template <class T>
Result<ResolvedEntity> FindByArn(const Resolving& call, const std::string& row_key,
                                 std::string arn) {
  KM_TRY(const auto found, call.catalog.Find<T>(row_key));
  if (found == nullptr || found->arn() != arn) return ResolvedEntity{std::move(arn)};
  return ResolvedEntity{std::move(arn), found->tags};
}

Result<Place> FindNamed(const Resolving& call, EntityKind kind, const std::string& name) {
  const std::string& account = call.principal.account;
  if (kind == USER) return FindPlace<records::User>(call, records::UserRow(account, name), name);
  if (kind == GROUP) return FindPlace<records::Group>(call, records::GroupRow(account, name), name);
  return FindPlace<records::Role>(call, records::RoleRow(account, name), name);
}

Result<ResolvedEntity> OwnerOf(const Resolving& call, const std::string& access_key_id) {
  KM_TRY(const auto key, call.catalog.Find<records::StoredAccessKey>(access_key_id));
  if (!key || key->account != call.principal.account) return ResolvedEntity{"*"};
  KM_TRY(Place place, FindNamed(call, USER, key->user_name));
  return EntityAt(call, USER, std::move(place));
}

// The caller itself: a user has tags as any other, a session has none of its own.
Result<ResolvedEntity> ResolveOwn(const Resolving& call) {
  if (call.principal.user_name.empty()) return ResolvedEntity{call.principal.arn};
  KM_TRY(Place place, FindNamed(call, USER, call.principal.user_name));
  return ResolvedEntity{call.principal.arn, std::move(place.tags),
                        std::move(place.permissions_boundary)};
}

Result<ResolvedEntity> ResolveExisting(const Resolving& call, const EntityPlan& plan) {
  if (!call.Has(plan.field))
    return plan.rule->own_when_absent() ? ResolveOwn(call) : ResolvedEntity{"*"};
  std::string text = call.Text(plan.field);
  const std::string& account = call.principal.account;
  const std::string name = text.substr(text.rfind('/') + 1);
  switch (plan.rule->kind()) {
    case USER:
    case GROUP:
    case ROLE: {
      KM_TRY(Place place, FindNamed(call, plan.rule->kind(), text));
      return EntityAt(call, plan.rule->kind(), std::move(place));
    }
    case ACCESS_KEY:
      return OwnerOf(call, text);
    case POLICY:
      return FindByArn<records::ManagedPolicy>(call, records::ManagedPolicyRow(account, name),
                                               std::move(text));
    case MFA_DEVICE:
      return FindByArn<records::MfaDevice>(call, records::MfaDeviceRow(account, name),
                                           std::move(text));
    default:
      return ResolvedEntity{std::move(text)};
  }
}

// With an empty ARN when the entity stays where it is.
Result<ResolvedEntity> ResolveMoved(const Resolving& call, const EntityPlan& from,
                                    const EntityPlan& plan) {
  if (!call.Has(plan.field) && !call.Has(plan.path)) return ResolvedEntity();
  KM_TRY(Place place, FindNamed(call, plan.rule->kind(), call.Text(from.field)));
  if (call.Has(plan.path)) place.path = call.Text(plan.path);
  if (call.Has(plan.field)) place.name = call.Text(plan.field);
  return EntityAt(call, plan.rule->kind(), std::move(place));
}

Result<ResolvedEntity> Resolve(const Resolving& call, const Operation& operation,
                               std::size_t index) {
  const EntityPlan& plan = operation.entities[index];
  const EntityKind kind = plan.rule->kind();
  switch (plan.rule->use()) {
    case MADE:
      return ResolvedEntity{
          ArnOf(call, kind,
                (call.Has(plan.path) ? call.Text(plan.path) : std::string(kRootPath)) +
                    call.Text(plan.field))};
    case MOVED:
      return ResolveMoved(call, operation.entities[index - 1], plan);
    case LISTED:
      return ResolvedEntity{
          ArnOf(call, kind, call.Has(plan.field) ? call.Text(plan.field) : std::string(kRootPath))};
    default:
      return ResolveExisting(call, plan);
  }
}

}  // namespace

Result<std::vector<ResolvedEntity>> ResolveEntities(const Operation& operation,
                                                    const pb::Message& request,
                                                    const Services& services,
                                                    const domain::Principal& principal) {
  const Resolving call{request, services.catalog, principal};
  std::vector<ResolvedEntity> entities;
  for (std::size_t i = 0; i < operation.entities.size(); ++i) {
    KM_TRY(ResolvedEntity entity, Resolve(call, operation, i));
    if (!entity.arn.empty()) entities.push_back(std::move(entity));
  }
  return entities;
}

}  // namespace kmaas::core
