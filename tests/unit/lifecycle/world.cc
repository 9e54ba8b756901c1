#include "tests/unit/lifecycle/world.h"

#include <algorithm>
#include <stdexcept>

namespace kmaas::lifecycle {
namespace {

core::Registry RequireRegistry() {
  Result<core::Registry> registry = operations::MakeLifecycleRegistry();
  if (!registry) throw std::runtime_error(registry.error().detail);
  return *std::move(registry);
}

domain::KeyMaterial Material(api::Environment& world, const domain::Key& key) {
  ports::MaterialPlan plan{.key_id = key.id, .account = key.account};
  world.random.Fill(plan.id.bits);
  auto made = world.engine.GenerateMaterial(plan, Deadline::Never());
  if (!made) throw std::runtime_error(made.error().detail);
  domain::KeyMaterial material = MaterialOf(plan, *std::move(made));
  material.region = key.region;
  material.origin = key.origin;
  material.created = world.clock.Now();
  return material;
}

}  // namespace

Beside::Beside(api::Environment& world, records::Catalog& catalog, core::Outbox& outbox)
    : registry_(RequireRegistry()) {
  Scheduler::Parts parts{catalog, world.clock, world.random, {}};
  parts.may_destroy = [this] { return may_destroy; };
  for (const char* name : {api::kRegion, kOtherRegion}) {
    Region& region = regions_[name];
    region.services = std::make_unique<core::Services>(
        core::Services{catalog, world.engine, world.audit, world.random, world.clock, outbox,
                       world.marker_key, name});
    region.pipeline = std::make_unique<core::Pipeline>(registry_, *region.services, authoriser_);
    parts.pipelines[name] = region.pipeline.get();
  }
  scheduler_ = std::make_unique<Scheduler>(std::move(parts));
}

void World::EnableRotation(const std::string& arn, int days) {
  auto enable = On<kms::EnableKeyRotationRequest>(arn);
  enable.set_rotation_period_in_days(days);
  ASSERT_TRUE(world_.Send("EnableKeyRotation", enable));
}

void World::ScheduleDeletion(const std::string& arn, int days) {
  auto schedule = On<kms::ScheduleKeyDeletionRequest>(arn);
  schedule.set_pending_window_in_days(days);
  ASSERT_TRUE(world_.Send("ScheduleKeyDeletion", schedule));
}

std::string World::Rotations(const std::string& arn, bool all) {
  auto request = On<kms::ListKeyRotationsRequest>(arn);
  if (all) request.set_include_key_material("ALL_KEY_MATERIAL");
  const auto reply = world_.Must<kms::ListKeyRotationsResponse>("ListKeyRotations", request);
  std::string text;
  for (const auto& entry : reply.rotations())
    text += entry.key_material_state() + " " + entry.rotation_type() + "; ";
  return text;
}

std::string World::Encrypted(const std::string& arn, const std::string& plaintext) {
  auto request = On<kms::EncryptRequest>(arn);
  request.set_plaintext(plaintext);
  return world_.Must<kms::EncryptResponse>("Encrypt", request).ciphertext_blob();
}

std::string World::Decrypted(const std::string& blob) {
  kms::DecryptRequest request;
  request.set_ciphertext_blob(blob);
  return world_.Must<kms::DecryptResponse>("Decrypt", request).plaintext();
}

std::shared_ptr<const domain::Key> World::KeyOf(const std::string& arn, const std::string& region) {
  const auto id = domain::KeyId::Parse(arn.substr(arn.rfind('/') + 1));
  return *world_.catalog.Find<domain::Key>(records::KeyRow(region, *id));
}

std::size_t World::Recorded(const std::string& event_name) const {
  const auto records = world_.audit.records();
  return static_cast<std::size_t>(
      std::count_if(records.begin(), records.end(), [&](const ports::AuditRecord& record) {
        return record.event_name == event_name && record.error_code.empty();
      }));
}

domain::Key ImportedKey(api::Environment& world, bool pending) {
  kms::CreateKeyRequest create;
  create.set_origin("EXTERNAL");
  const std::string id =
      world.Must<kms::CreateKeyResponse>("CreateKey", create).key_metadata().key_id();
  domain::Key key =
      **world.catalog.Find<domain::Key>(records::KeyRow(api::kRegion, *domain::KeyId::Parse(id)));
  const domain::KeyMaterial first = Material(world, key);
  world.Put(first);
  key.state = domain::KeyState::kEnabled;
  key.current_material = first.id;
  world.Put(key);
  if (!pending) return key;
  world.clock.Advance(std::chrono::minutes(1));
  domain::KeyMaterial second = Material(world, key);
  second.state = domain::KeyMaterialState::kPendingRotation;
  world.Put(second);
  return key;
}

void Replicate(api::Environment& world, const domain::Key& primary) {
  domain::Key key = primary;
  key.multi_region = domain::MultiRegion{key.region, {kOtherRegion}};
  world.Put(key);
  const auto materials = records::EveryRow<domain::KeyMaterial>(
      world.catalog, records::KeyMaterialsPrefix(key.region, key.id));
  key.region = kOtherRegion;
  world.Put(key);
  world.Put(records::AccountKey{key.account, key.region, key.id});
  for (domain::KeyMaterial material : *materials) {
    material.region = kOtherRegion;
    world.Put(material);
  }
}

}  // namespace kmaas::lifecycle
