#include "core/resolver.h"

#include "core/authoriser.h"
#include "core/grant_token.h"
#include "domain/ids.h"

namespace kmaas::core {
namespace {

using KeyPointer = std::shared_ptr<const domain::Key>;

// One look-up: the text, and what the rules of its field say.
struct Reference {
  std::string_view text;
  const TargetPlan& plan;
  const Services& services;
  const domain::Principal& principal;

  bool aliases_allowed() const { return plan.rule->reference() == KEY_OR_ALIAS; }
  // For what is not there: another account is named by an ARN only, and the answer repeats it.
  Error ForeignDenied() const { return ForeignKeyDenied(principal, plan.action, text); }
};

Error KeyNotFound(const std::string& arn) {
  return {ErrorCode::kNotFound, "Key '" + arn + "' does not exist"};
}

Result<KeyPointer> FindKey(const Reference& reference, std::string_view account,
                           const domain::KeyId& id) {
  const std::string& region = reference.services.region;
  KM_TRY(KeyPointer key, reference.services.catalog.Find<domain::Key>(records::KeyRow(region, id)));
  if (key != nullptr && key->account == account) return key;
  if (account != reference.principal.account) return reference.ForeignDenied();
  return KeyNotFound(domain::KeyArn(region, account, id));
}

Result<KeyPointer> FindByAlias(const Reference& reference, std::string_view account,
                               std::string_view name) {
  const std::string& region = reference.services.region;
  const std::string arn = domain::AliasArn(region, account, name);
  if (!reference.aliases_allowed())
    return Error{ErrorCode::kInvalidArn, "Key Aliases are not supported for this operation."};
  if (!domain::IsAliasName(name))
    return Error{ErrorCode::kNotFound, "Alias " + arn + " is not found."};
  KM_TRY(const auto alias,
         reference.services.catalog.Find<domain::Alias>(records::AliasRow(account, region, name)));
  if (alias == nullptr) {
    if (account != reference.principal.account) return reference.ForeignDenied();
    return Error{ErrorCode::kNotFound, "Alias " + arn + " is not found."};
  }
  return FindKey(reference, account, alias->target);
}

Result<KeyPointer> FindByArn(const Reference& reference) {
  const auto arn = domain::Arn::Parse(reference.text);
  const std::string text(reference.text);
  if (!arn || arn->partition != domain::kPartition || arn->service != "kms" ||
      !domain::IsAccountId(arn->account)) {
    return Error{ErrorCode::kInvalidArn, "Invalid arn " + text};
  }
  if (arn->region != reference.services.region)
    return Error{ErrorCode::kNotFound, "Invalid arn " + arn->region};
  if (arn->resource.starts_with("alias/"))
    return FindByAlias(reference, arn->account, arn->resource);
  constexpr std::string_view kKeyPrefix = "key/";
  if (!arn->resource.starts_with(kKeyPrefix))
    return Error{ErrorCode::kInvalidArn, "Invalid arn " + text};
  const std::string_view id_text = std::string_view(arn->resource).substr(kKeyPrefix.size());
  const auto id = domain::KeyId::Parse(id_text);
  if (!id) return Error{ErrorCode::kNotFound, "Invalid keyId '" + std::string(id_text) + "'"};
  return FindKey(reference, arn->account, *id);
}

Result<KeyPointer> FindByText(const Reference& reference) {
  if (reference.text.starts_with("arn:")) return FindByArn(reference);
  // Where aliases are not taken, an alias name is a bare text that is no id; an alias ARN is told
  // so.
  if (reference.text.starts_with("alias/") && reference.aliases_allowed())
    return FindByAlias(reference, reference.principal.account, reference.text);
  const auto id = domain::KeyId::Parse(reference.text);
  if (!id)
    return Error{ErrorCode::kNotFound, "Invalid keyId '" + std::string(reference.text) + "'"};
  return FindKey(reference, reference.principal.account, *id);
}

Result<KeyPointer> FindByCiphertext(const Reference& reference, const std::string& blob) {
  const auto parsed = domain::ParseCiphertext(AsBytes(blob));
  if (!parsed) return Error{ErrorCode::kInvalidCiphertext, ""};
  KM_TRY(KeyPointer key, reference.services.catalog.Find<domain::Key>(
                             records::KeyRow(reference.services.region, parsed->header.key_id)));
  if (key == nullptr) return CiphertextKeyDenied();
  return key;
}

// Of whichever account: the token says that its bearer has heard of the key.
Result<KeyPointer> FindByGrantToken(const Reference& reference, const std::string& token) {
  KM_TRY(const auto grant, OpenGrantToken(reference.services, token));
  KM_TRY(KeyPointer key, reference.services.catalog.Find<domain::Key>(
                             records::KeyRow(reference.services.region, grant->key_id)));
  if (key == nullptr) return GrantKeyDenied(reference.principal, reference.plan.action);
  return key;
}

Result<KeyPointer> FindTarget(const google::protobuf::Message& request, Reference reference) {
  const google::protobuf::Reflection* reflection = request.GetReflection();
  std::string scratch;
  if (reflection->HasField(request, reference.plan.field)) {
    reference.text = reflection->GetStringReference(request, reference.plan.field, &scratch);
    return FindByText(reference);
  }
  if (reference.plan.ciphertext != nullptr &&
      reflection->HasField(request, reference.plan.ciphertext)) {
    return FindByCiphertext(
        reference, reflection->GetStringReference(request, reference.plan.ciphertext, &scratch));
  }
  if (reference.plan.grant_token != nullptr &&
      reflection->HasField(request, reference.plan.grant_token)) {
    return FindByGrantToken(
        reference, reflection->GetStringReference(request, reference.plan.grant_token, &scratch));
  }
  if (reference.plan.rule->optional()) return KeyPointer();
  const std::string missing = reference.plan.ciphertext != nullptr ? "ciphertextBlob" : "keyId";
  return Error{ErrorCode::kValidation,
               "1 validation error detected: Value null at '" + missing +
                   "' failed to satisfy constraint: Member must not be null"};
}

}  // namespace

Error CiphertextKeyDenied() {
  return {ErrorCode::kAccessDenied,
          "The ciphertext refers to a customer master key that does not exist, does not exist in "
          "this region, or you are not allowed to access."};
}

Error IncorrectKey() {
  return {ErrorCode::kIncorrectKey,
          "The key ID in the request does not identify a CMK that can perform this operation."};
}

Error GrantKeyDenied(const domain::Principal& principal, std::string_view action) {
  return {ErrorCode::kAccessDenied, "User: " + principal.arn +
                                        " is not authorized to perform: " + std::string(action) +
                                        " on the resource that the grant token names"};
}

Result<std::shared_ptr<const domain::Key>> ResolveTarget(const TargetPlan& plan,
                                                         const google::protobuf::Message& request,
                                                         const Services& services,
                                                         const domain::Principal& principal) {
  return FindTarget(request, {"", plan, services, principal});
}

}  // namespace kmaas::core
