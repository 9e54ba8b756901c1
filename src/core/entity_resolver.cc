#include "core/entity_resolver.h"

namespace kmaas::core {
namespace {

namespace pb = google::protobuf;

constexpr std::string_view kRootPath = "/";

// Where an entity is, and what it is called.
struct Place {
  std::string path = std::string(kRootPath);
  std::string name;
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

template <class T>
Result<Place> FindPlace(const Resolving& call, const std::string& row_key,
                        const std::string& name) {
  KM_TRY(const auto found, call.catalog.Find<T>(row_key));
  Place place;
  if (found && found->name == name) place.path = found->path;
  place.name = name;
  return place;
}

Result<Place> FindNamed(const Resolving& call, EntityKind kind, const std::string& name) {
  const std::string& account = call.principal.account;
  if (kind == USER) return FindPlace<records::User>(call, records::UserRow(account, name), name);
  if (kind == GROUP) return FindPlace<records::Group>(call, records::GroupRow(account, name), name);
  return FindPlace<records::Role>(call, records::RoleRow(account, name), name);
}

Result<std::string> OwnerOf(const Resolving& call, const std::string& access_key_id) {
  KM_TRY(const auto key, call.catalog.Find<records::StoredAccessKey>(access_key_id));
  if (!key || key->account != call.principal.account) return std::string("*");
  KM_TRY(const Place place, FindNamed(call, USER, key->user_name));
  return ArnOf(call, USER, place.path + place.name);
}

Result<std::string> ResolveExisting(const Resolving& call, const EntityPlan& plan) {
  if (!call.Has(plan.field)) {
    return plan.rule->own_when_absent() ? call.principal.arn : std::string("*");
  }
  std::string text = call.Text(plan.field);
  switch (plan.rule->kind()) {
    case USER:
    case GROUP:
    case ROLE: {
      KM_TRY(const Place place, FindNamed(call, plan.rule->kind(), text));
      return ArnOf(call, plan.rule->kind(), place.path + place.name);
    }
    case ACCESS_KEY:
      return OwnerOf(call, text);
    default:
      return text;
  }
}

// Empty when the entity stays where it is.
Result<std::string> ResolveMoved(const Resolving& call, const EntityPlan& from,
                                 const EntityPlan& plan) {
  if (!call.Has(plan.field) && !call.Has(plan.path)) return std::string();
  KM_TRY(Place place, FindNamed(call, plan.rule->kind(), call.Text(from.field)));
  if (call.Has(plan.path)) place.path = call.Text(plan.path);
  if (call.Has(plan.field)) place.name = call.Text(plan.field);
  return ArnOf(call, plan.rule->kind(), place.path + place.name);
}

Result<std::string> Resolve(const Resolving& call, const Operation& operation, std::size_t index) {
  const EntityPlan& plan = operation.entities[index];
  const EntityKind kind = plan.rule->kind();
  switch (plan.rule->use()) {
    case MADE:
      return ArnOf(call, kind,
                   (call.Has(plan.path) ? call.Text(plan.path) : std::string(kRootPath)) +
                       call.Text(plan.field));
    case MOVED:
      return ResolveMoved(call, operation.entities[index - 1], plan);
    case LISTED:
      return ArnOf(call, kind,
                   call.Has(plan.field) ? call.Text(plan.field) : std::string(kRootPath));
    default:
      return ResolveExisting(call, plan);
  }
}

}  // namespace

Result<std::vector<std::string>> ResolveEntities(const Operation& operation,
                                                 const pb::Message& request,
                                                 const Services& services,
                                                 const domain::Principal& principal) {
  const Resolving call{request, services.catalog, principal};
  std::vector<std::string> arns;
  for (std::size_t i = 0; i < operation.entities.size(); ++i) {
    KM_TRY(std::string arn, Resolve(call, operation, i));
    if (!arn.empty()) arns.push_back(std::move(arn));
  }
  return arns;
}

}  // namespace kmaas::core
