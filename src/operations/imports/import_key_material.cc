// ImportKeyMaterial: takes the customer's own material into the HSM.
#include "core/import_token.h"
#include "operations/handlers.h"
#include "operations/imports/import_terms.h"
#include "operations/imports/material_placement.h"
#include "operations/imports/material_turn.h"
#include "operations/keys/uncommitted_material.h"
#include "operations/regions/related_keys.h"

namespace kmaas::operations {
namespace {

ports::ImportPlan PlanOf(const domain::Key& key, const domain::ImportKey& import_key) {
  return {.import_key = import_key.id,
          .algorithm = import_key.algorithm,
          .material = {.spec = key.spec,
                       .usage = key.usage,
                       .custody = key.custody,
                       .key_id = key.id,
                       .account = key.account}};
}

domain::KeyMaterial Arrived(const KeyCall& call, ports::MaterialPlan plan,
                            ports::ImportedMaterial imported) {
  plan.id = imported.id;
  domain::KeyMaterial material = MaterialOf(plan, std::move(imported.made));
  material.region = call.key().region;
  material.origin = call.key().origin;
  material.created = call.now();
  return material;
}

Result<void> Keep(KeyCall& call, const ImportTerms& terms, const domain::KeyMaterial& material) {
  call.SetResponseElements(R"({"keyId":")" + call.key().arn() + R"(","keyMaterialId":")" +
                           material.id.ToText() + R"("})");
  NameRelatedKeys(call, call.key());
  return call.WriteKey([&](domain::Key& key, records::Changes& changes) {
    return Place(changes, key, terms, material);
  });
}

}  // namespace

Result<kms::ImportKeyMaterialResponse> ImportKeyMaterial(
    const kms::ImportKeyMaterialRequest& request, KeyCall& call) {
  const domain::Key& key = call.key();
  KM_TRY(const ImportTerms terms, ReadTerms(request, key, call.now()));
  KM_TRY(const auto import_key,
         core::OpenImportToken(call.services(), key, AsBytes(request.import_token())));
  const ports::ImportPlan plan = PlanOf(key, *import_key);
  KM_TRY(const auto engine, call.services().EngineFor(key));
  KM_TRY(const auto turn, TakeTurn(key, call.services().clock, call.deadline()));
  KM_TRY(ports::ImportedMaterial imported,
         engine->ImportMaterial(plan, AsBytes(request.encrypted_key_material()), call.deadline()));
  const bool is_new = imported.is_new;
  const domain::KeyMaterial material = Arrived(call, plan.material, std::move(imported));
  UncommittedMaterial uncommitted(engine, call.services().clock, material);
  if (!is_new) uncommitted.Keep();
  const Result<void> kept = Keep(call, terms, material);
  if (call.committed()) uncommitted.Keep();
  KM_CHECK(kept);
  kms::ImportKeyMaterialResponse reply;
  reply.set_key_id(key.arn());
  if (IsSymmetricEncryption(key.spec)) reply.set_key_material_id(material.id.ToText());
  return reply;
}

}  // namespace kmaas::operations
