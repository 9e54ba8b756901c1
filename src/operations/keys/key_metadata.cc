#include "operations/keys/key_metadata.h"

#include "operations/keys/algorithm_texts.h"

namespace kmaas::operations {
namespace {

namespace kms = ::kmaas::kms::v1;

void AddKind(const domain::Key& key, kms::KeyMetadata& metadata) {
  const std::string spec(ToText(key.spec));
  metadata.set_customer_master_key_spec(spec);
  metadata.set_key_spec(spec);
  metadata.set_key_usage(std::string(ToText(key.usage)));
  metadata.set_origin(std::string(ToText(key.origin)));
  AddTexts(EncryptionAlgorithms(key.spec, key.usage), *metadata.mutable_encryption_algorithms());
  AddTexts(SigningAlgorithms(key.spec, key.usage), *metadata.mutable_signing_algorithms());
  AddTexts(MacAlgorithms(key.spec, key.usage), *metadata.mutable_mac_algorithms());
  AddTexts(KeyAgreementAlgorithms(key.spec, key.usage),
           *metadata.mutable_key_agreement_algorithms());
}

void AddState(const domain::Key& key, kms::KeyMetadata& metadata) {
  metadata.set_enabled(key.state == domain::KeyState::kEnabled);
  metadata.set_key_state(std::string(ToText(key.state)));
  if (key.deletion && key.deletion->date)
    metadata.set_deletion_date(ToEpochSeconds(*key.deletion->date));
  if (key.state == domain::KeyState::kPendingReplicaDeletion)
    metadata.set_pending_deletion_window_in_days(
        static_cast<std::int32_t>(key.deletion->window_days));
  if (key.expiration_model)
    metadata.set_expiration_model(std::string(ToText(*key.expiration_model)));
  if (key.valid_to) metadata.set_valid_to(ToEpochSeconds(*key.valid_to));
  if (key.current_material && IsSymmetricEncryption(key.spec))
    metadata.set_current_key_material_id(key.current_material->ToText());
}

void AddRegion(const domain::Key& key, const std::string& region, kms::MultiRegionKey& entry) {
  entry.set_arn(domain::KeyArn(region, key.account, key.id));
  entry.set_region(region);
}

void AddRegions(const domain::Key& key, kms::KeyMetadata& metadata) {
  metadata.set_multi_region(key.multi_region.has_value());
  if (!key.multi_region) return;
  kms::MultiRegionConfiguration& regions = *metadata.mutable_multi_region_configuration();
  regions.set_multi_region_key_type(std::string(ToText(key.multi_region->TypeIn(key.region))));
  AddRegion(key, key.multi_region->primary_region, *regions.mutable_primary_key());
  for (const std::string& region : key.multi_region->replica_regions)
    AddRegion(key, region, *regions.add_replica_keys());
}

Result<void> AddStore(const domain::Key& key, const core::Services& services,
                      kms::KeyMetadata& metadata) {
  if (key.custom_key_store_id.empty()) return {};
  metadata.set_custom_key_store_id(key.custom_key_store_id);
  KM_TRY(const auto store, services.catalog.Find<domain::CustomKeyStore>(records::CustomKeyStoreRow(
                               key.account, key.region, key.custom_key_store_id)));
  if (store != nullptr) metadata.set_cloud_hsm_cluster_id(store->cloud_hsm_cluster_id);
  return {};
}

}  // namespace

Result<kms::KeyMetadata> MetadataOf(const domain::Key& key, const core::Services& services) {
  kms::KeyMetadata metadata;
  metadata.set_aws_account_id(key.account);
  metadata.set_key_id(key.id.ToText());
  metadata.set_arn(key.arn());
  metadata.set_creation_date(ToEpochSeconds(key.created));
  metadata.set_description(key.description);
  metadata.set_key_manager("CUSTOMER");
  AddKind(key, metadata);
  AddState(key, metadata);
  AddRegions(key, metadata);
  KM_CHECK(AddStore(key, services, metadata));
  return metadata;
}

}  // namespace kmaas::operations
