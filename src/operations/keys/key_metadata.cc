#include "operations/keys/key_metadata.h"

namespace kmaas::operations {

::kmaas::kms::v1::KeyMetadata MetadataOf(const domain::Key& key) {
  ::kmaas::kms::v1::KeyMetadata metadata;
  metadata.set_aws_account_id(key.account);
  metadata.set_key_id(key.id.ToText());
  metadata.set_arn(key.arn());
  metadata.set_creation_date(ToEpochSeconds(key.created));
  metadata.set_enabled(key.state == domain::KeyState::kEnabled);
  metadata.set_description(key.description);
  metadata.set_key_usage(std::string(ToText(key.usage)));
  metadata.set_key_state(std::string(ToText(key.state)));
  if (key.deletion_date) metadata.set_deletion_date(ToEpochSeconds(*key.deletion_date));
  metadata.set_origin(std::string(ToText(key.origin)));
  metadata.set_key_manager("CUSTOMER");
  metadata.set_customer_master_key_spec(std::string(ToText(key.spec)));
  metadata.set_key_spec(std::string(ToText(key.spec)));
  metadata.add_encryption_algorithms("SYMMETRIC_DEFAULT");
  metadata.set_multi_region(key.id.multi_region);
  metadata.set_current_key_material_id(key.current_material.ToText());
  return metadata;
}

}  // namespace kmaas::operations
