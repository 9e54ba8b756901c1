#include "core/registry.h"

#include <algorithm>
#include <cctype>

namespace kmaas::core {
namespace {

namespace pb = google::protobuf;

Error Refuse(const std::string& what) {
  return {ErrorCode::kKmsInternal, "", "operations: " + what};
}

// "KeyId" is "keyId" in AWS's validation messages.
std::string WireName(const std::string& json_name) {
  std::string name = json_name;
  if (!name.empty()) name[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])));
  return name;
}

// The enumerators have the same order; 0 of the annotation says that there is none.
static_assert(static_cast<std::size_t>(StateRule_MAX) == domain::kCount<domain::StateRule>);
static_assert(static_cast<int>(domain::StateRule::kCreateGrant) + 1 == CREATE_GRANT);
static_assert(static_cast<int>(domain::StateRule::kChangePrimary) + 1 == CHANGE_PRIMARY);

Result<domain::StateRule> ToDomain(StateRule rule, const std::string& where) {
  if (rule == STATE_RULE_UNSPECIFIED || !StateRule_IsValid(rule))
    return Refuse(where + " has a target without a state rule");
  return static_cast<domain::StateRule>(rule - 1);
}

// Whether the rules say what is read of the fields of a request and not of those of messages within
// it: there it would be believed to hold and do nothing.
bool AreForRequests(const FieldRules& rules) {
  return rules.has_target() || rules.has_entity() || rules.role() != ROLE_UNSPECIFIED ||
         !rules.condition().empty() || !rules.of_target().empty() || !rules.also_action().empty() ||
         rules.alias() || rules.alias_exists();
}

Result<std::vector<FieldPlan>> PlanFields(const pb::Descriptor* message, bool is_request) {
  std::vector<FieldPlan> plans;
  for (int i = 0; i < message->field_count(); ++i) {
    const pb::FieldDescriptor* field = message->field(i);
    FieldPlan plan{field,
                   &field->options().GetExtension(kmaas::field),
                   WireName(field->json_name()),
                   std::nullopt,
                   {}};
    if (!is_request && AreForRequests(*plan.rules))
      return Refuse(field->full_name() + " has a rule that is read of the fields of requests only");
    if (!plan.rules->pattern().empty()) {
      plan.pattern = Pattern::Compile(plan.rules->pattern());
      if (!plan.pattern)
        return Refuse(field->full_name() +
                      " has a pattern that is not one character class: " + plan.rules->pattern());
    }
    if (field->type() == pb::FieldDescriptor::TYPE_MESSAGE && !field->is_map()) {
      KM_TRY(plan.members, PlanFields(field->message_type(), false));
    }
    plans.push_back(std::move(plan));
  }
  return plans;
}

Result<TargetPlan> PlanTarget(const FieldPlan& plan, const std::string& default_action) {
  const Target& rule = plan.rules->target();
  if (rule.reference() == KEY_REFERENCE_UNSPECIFIED)
    return Refuse(plan.field->full_name() + " has a target without a reference");
  TargetPlan target{.field = plan.field,
                    .rule = &rule,
                    .action = rule.action().empty() ? default_action : rule.action()};
  KM_TRY(target.states, ToDomain(rule.states(), plan.field->full_name()));
  if (!rule.or_from_ciphertext().empty()) {
    target.ciphertext = plan.field->containing_type()->FindFieldByName(rule.or_from_ciphertext());
    if (target.ciphertext == nullptr)
      return Refuse(plan.field->full_name() + " names a ciphertext field that is not there");
  }
  if (!rule.or_from_grant_token().empty()) {
    target.grant_token = plan.field->containing_type()->FindFieldByName(rule.or_from_grant_token());
    if (target.grant_token == nullptr)
      return Refuse(plan.field->full_name() + " names a grant token field that is not there");
  }
  return target;
}

// The target field that a field belongs to; null when it belongs to all.
Result<const pb::FieldDescriptor*> TargetOf(const FieldPlan& plan) {
  if (plan.rules->of_target().empty()) return static_cast<const pb::FieldDescriptor*>(nullptr);
  const pb::FieldDescriptor* target =
      plan.field->containing_type()->FindFieldByName(plan.rules->of_target());
  if (target == nullptr || !target->options().GetExtension(kmaas::field).has_target())
    return Refuse(plan.field->full_name() + " belongs to a target that is not there");
  return target;
}

// What policies may ask about this field.
Result<void> PlanConditions(const FieldPlan& plan, Operation& operation) {
  KM_TRY(const pb::FieldDescriptor* target, TargetOf(plan));
  if (plan.rules->role() == ENCRYPTION_CONTEXT)
    operation.encryption_contexts.push_back({plan.field, target});
  if (plan.rules->alias()) operation.alias = &plan;
  if (plan.rules->condition().empty()) return {};
  // A field of tags feeds a whole family, which no policy can name without a member.
  const bool family = plan.rules->condition().back() == '/';
  const auto key = policy::ConditionKey::Parse(plan.rules->condition() + (family ? "any" : ""));
  if (!key || key->known == policy::KnownKey::kOther)
    return Refuse(plan.field->full_name() + " feeds a condition key that is none");
  operation.conditions.push_back({key->known, &plan, target});
  return {};
}

Result<EntityPlan> PlanEntity(const FieldPlan& plan, bool is_first) {
  const Entity& rule = plan.rules->entity();
  const std::string& name = plan.field->full_name();
  if (rule.kind() == ENTITY_KIND_UNSPECIFIED)
    return Refuse(name + " names an entity without a kind");
  if (rule.use() == MOVED && is_first)
    return Refuse(name + " moves an entity that no field before it names");
  EntityPlan entity{plan.field, &rule, nullptr};
  const pb::Descriptor* message = plan.field->containing_type();
  if (rule.use() == MADE) entity.path = message->FindFieldByName("path");
  if (rule.use() == MOVED) entity.path = message->FindFieldByName("new_path");
  return entity;
}

Result<void> PlanRoles(Operation& operation) {
  for (const FieldPlan& plan : operation.fields) {
    KM_CHECK(PlanConditions(plan, operation));
    if (plan.rules->has_entity()) {
      KM_TRY(const EntityPlan entity, PlanEntity(plan, operation.entities.empty()));
      operation.entities.push_back(entity);
    }
    if (plan.rules->has_target()) {
      KM_TRY(TargetPlan target, PlanTarget(plan, operation.action));
      operation.targets.push_back(std::move(target));
    }
    if (plan.rules->role() == DRY_RUN) operation.dry_run = plan.field;
    if (plan.rules->role() == DRY_RUN_MODIFIERS) operation.dry_run_modifiers = plan.field;
    if (plan.rules->role() == GRANT_TOKENS) operation.grant_tokens = plan.field;
    if (plan.rules->role() == RECIPIENT) operation.recipient = plan.field;
    if (plan.rules->role() == WEB_IDENTITY_TOKEN) operation.web_identity_token = plan.field;
  }
  return {};
}

const Binding* FindBinding(const std::vector<Binding>& bindings, const pb::MethodDescriptor* method,
                           std::size_t& matches) {
  const Binding* found = nullptr;
  matches = 0;
  for (const Binding& binding : bindings) {
    if (binding.request != method->input_type()) continue;
    found = &binding;
    ++matches;
  }
  return found;
}

Result<void> CheckCall(const Operation& operation, CallKind call) {
  const bool has_key = std::any_of(operation.targets.begin(), operation.targets.end(),
                                   [](const TargetPlan& t) { return !t.rule->optional(); });
  if (has_key != (call == CallKind::kKey)) {
    return Refuse(operation.name + (has_key
                                        ? " names a key, so its function takes a KeyCall"
                                        : " names no key, so its function takes an AccountCall"));
  }
  return {};
}

Result<std::unique_ptr<const Operation>> PlanOperation(const pb::MethodDescriptor* method,
                                                       const std::vector<Binding>& bindings) {
  const OperationRules& rules = method->options().GetExtension(kmaas::operation);
  const ServiceRules& service = method->service()->options().GetExtension(kmaas::service);
  std::size_t matches = 0;
  const Binding* binding = FindBinding(bindings, method, matches);
  if (matches != 1)
    return Refuse(method->full_name() + " has " + std::to_string(matches) +
                  " functions; it needs exactly one");
  if (rules.action().empty() || rules.effect() == EFFECT_UNSPECIFIED)
    return Refuse(method->full_name() + " needs an action and an effect");
  if (binding->response != method->output_type())
    return Refuse(method->full_name() + " is bound to a function with another response");
  auto operation = std::make_unique<Operation>();
  operation->name = method->name();
  operation->grpc_path = "/" + method->service()->full_name() + "/" + method->name();
  operation->event_source = service.event_source();
  operation->signing_name = service.signing_name();
  if (!service.target_prefix().empty())
    operation->aws_target = service.target_prefix() + "." + method->name();
  operation->query_version = service.query_version();
  operation->xml_namespace = service.xml_namespace();
  operation->empty_result = rules.empty_result();
  operation->global = service.global();
  operation->action = rules.action();
  operation->effect = rules.effect();
  operation->grant_decides = rules.grant_decides();
  operation->decided_by = rules.decided_by();
  pb::MessageFactory* factory = pb::MessageFactory::generated_factory();
  operation->request_prototype = factory->GetPrototype(method->input_type());
  operation->response_prototype = factory->GetPrototype(method->output_type());
  KM_TRY(operation->fields, PlanFields(method->input_type(), true));
  KM_CHECK(PlanRoles(*operation));
  KM_CHECK(CheckCall(*operation, binding->call));
  operation->handler = binding->handler;
  return std::unique_ptr<const Operation>(std::move(operation));
}

}  // namespace

Result<Registry> Registry::Create(std::span<const pb::ServiceDescriptor* const> services,
                                  const std::vector<Binding>& bindings) {
  Registry registry;
  for (const pb::ServiceDescriptor* service : services) {
    for (int i = 0; i < service->method_count(); ++i) {
      KM_TRY(std::unique_ptr<const Operation> operation,
             PlanOperation(service->method(i), bindings));
      registry.operations_.push_back(std::move(operation));
    }
  }
  if (registry.operations_.size() != bindings.size())
    return Refuse("a function is listed whose rpc is in no service");
  for (const auto& operation : registry.operations_) {
    if (!operation->aws_target.empty())
      registry.by_aws_target_.emplace(operation->aws_target, operation.get());
    if (!operation->query_version.empty())
      registry.by_query_.emplace(
          std::pair<std::string_view, std::string_view>(operation->query_version, operation->name),
          operation.get());
    registry.by_grpc_path_.emplace(operation->grpc_path, operation.get());
  }
  return registry;
}

const Operation* Registry::FindByAwsTarget(std::string_view target) const {
  const auto found = by_aws_target_.find(target);
  return found == by_aws_target_.end() ? nullptr : found->second;
}

const Operation* Registry::FindByQuery(std::string_view version, std::string_view action) const {
  const auto found = by_query_.find({version, action});
  return found == by_query_.end() ? nullptr : found->second;
}

const Operation* Registry::FindByGrpcPath(std::string_view path) const {
  const auto found = by_grpc_path_.find(path);
  return found == by_grpc_path_.end() ? nullptr : found->second;
}

}  // namespace kmaas::core
