// CreateKey: makes a CMK, its material in the HSM.
#include "base/json_text.h"
#include "operations/handlers.h"
#include "operations/keys/key_metadata.h"
#include "operations/keys/uncommitted_material.h"
#include "operations/policies/policy_rules.h"
#include "operations/tags/tag_rules.h"
#include "policy/default_key_policy.h"

namespace kmaas::operations {
namespace {

constexpr std::string_view kSymmetric = "SYMMETRIC_DEFAULT";
constexpr std::string_view kEncryptDecrypt = "ENCRYPT_DECRYPT";

Error Unsupported(std::string message) {
  return {ErrorCode::kUnsupportedOperation, std::move(message)};
}

Result<void> CheckKind(const kms::CreateKeyRequest& request) {
  if (request.has_key_spec() && request.has_customer_master_key_spec()) {
    return Error{ErrorCode::kValidation,
                 "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. "
                 "CustomerMasterKeySpec is deprecated."};
  }
  const std::string spec = request.has_key_spec() ? request.key_spec()
                           : request.has_customer_master_key_spec()
                               ? request.customer_master_key_spec()
                               : std::string(kSymmetric);
  if (spec != kSymmetric) {
    if (!request.has_key_usage()) {
      return Error{ErrorCode::kValidation,
                   "You must specify a KeyUsage value for all KMS keys except for symmetric "
                   "encryption keys."};
    }
    return Unsupported("KeySpec " + spec + " is not supported by this server.");
  }
  if (request.has_key_usage() && request.key_usage() != kEncryptDecrypt) {
    return Error{ErrorCode::kValidation,
                 "KeyUsage " + request.key_usage() + " is not compatible with KeySpec " + spec};
  }
  return {};
}

Result<void> CheckOrigin(const kms::CreateKeyRequest& request) {
  if (request.has_origin() && request.origin() != "AWS_KMS")
    return Unsupported("Origin " + request.origin() + " is not supported by this server.");
  if (request.has_custom_key_store_id())
    return Unsupported("Custom key stores are not supported by this server.");
  if (request.has_xks_key_id())
    return Unsupported("External key stores are not supported by this server.");
  if (request.multi_region())
    return Unsupported("Multi-Region keys are not supported by this server.");
  return {};
}

domain::Key NewKey(const kms::CreateKeyRequest& request, const AccountCall& call) {
  const core::Services& services = call.services();
  std::array<std::uint8_t, 16> id_bits{};
  services.random.Fill(id_bits);
  domain::Key key{.id = domain::KeyId::FromRandom(id_bits),
                  .account = call.principal().account,
                  .region = call.region(),
                  .custody = services.default_custody,
                  .description = request.description(),
                  .created = call.now(),
                  .deletion_date = {},
                  .current_material = {},
                  .tags = {},
                  .grants = 0};
  services.random.Fill(key.current_material.bits);
  return key;
}

Result<domain::KeyMaterial> MakeMaterial(const domain::Key& key, AccountCall& call) {
  KM_TRY(ports::GeneratedMaterial made, call.services().engine.GenerateBackingKey(
                                            key.custody, key.current_material, call.deadline()));
  return domain::KeyMaterial{.id = key.current_material,
                             .key_id = key.id,
                             .account = key.account,
                             .region = key.region,
                             .spec = key.spec,
                             .usage = key.usage,
                             .origin = key.origin,
                             .custody = key.custody,
                             .dialect = made.dialect,
                             .root_generation = made.root_generation,
                             .length_bytes = made.length_bytes,
                             .blob = std::move(made.blob),
                             .created = key.created};
}

}  // namespace

Result<kms::CreateKeyResponse> CreateKey(const kms::CreateKeyRequest& request, AccountCall& call) {
  KM_CHECK(CheckKind(request));
  KM_CHECK(CheckOrigin(request));
  const std::string policy =
      request.has_policy() ? request.policy() : policy::DefaultKeyPolicy(call.principal().account);
  KM_TRY(const KeptPolicy kept, ReadKeyPolicy(policy, call.services().catalog));
  domain::Key key = NewKey(request, call);
  // The default policy lets the account decide, which locks nobody out.
  if (request.has_policy() && !request.bypass_policy_lockout_safety_check())
    KM_CHECK(call.CheckNoLockout(key, *kept.compiled));
  KM_TRY(key.tags, ReadTags(request.tags()));
  KM_TRY(const domain::KeyMaterial material, MakeMaterial(key, call));
  UncommittedMaterial uncommitted(call.services(), material);

  call.AddResource(key.account, key.arn());
  std::string elements =
      R"({"keyMetadata":{"keyId":")" + key.id.ToText() + R"(","arn":")" + key.arn() + R"("}})";
  call.SetResponseElements(std::move(elements));
  const Result<void> written = call.Write([&](records::Changes& changes) -> Result<void> {
    KM_CHECK(changes.Put(key));
    KM_CHECK(changes.Put(material));
    KM_CHECK(PutKeptPolicy(changes, key, kept));
    return changes.Put(records::AccountKey{key.account, key.region, key.id});
  });
  if (!written && !call.committed()) return written.error();
  uncommitted.Keep();
  KM_CHECK(written);
  kms::CreateKeyResponse reply;
  *reply.mutable_key_metadata() = MetadataOf(key);
  return reply;
}

}  // namespace kmaas::operations
