// The rows of keys and of their material.
#include "kmaas/records/v1/records.pb.h"
#include "records/row_fields.h"
#include "records/row_keys.h"
#include "records/row_parse.h"
#include "records/tables.h"

namespace kmaas::records {
namespace {

namespace pb = ::kmaas::records::v1;

void PutDeletion(const domain::PendingDeletion& deletion, pb::Key& row) {
  if (deletion.date) row.set_deletion_date_ms(ToEpochMillis(*deletion.date));
  row.set_deletion_window_days(deletion.window_days);
  row.set_deletion_requested_ms(ToEpochMillis(deletion.requested));
  row.set_deletion_requested_by(deletion.requested_by);
  row.set_deletion_event_id(deletion.event_id);
}

std::optional<domain::PendingDeletion> DeletionOf(const pb::Key& row, domain::KeyState state) {
  if (state != domain::KeyState::kPendingDeletion &&
      state != domain::KeyState::kPendingReplicaDeletion)
    return std::nullopt;
  return domain::PendingDeletion{
      .date = OptionalTime(row.has_deletion_date_ms(), row.deletion_date_ms()),
      .window_days = row.deletion_window_days(),
      .requested = FromEpochMillis(row.deletion_requested_ms()),
      .requested_by = row.deletion_requested_by(),
      .event_id = row.deletion_event_id()};
}

void PutRotation(const domain::Rotation& rotation, pb::Key& row) {
  row.set_rotation_enabled(rotation.enabled);
  row.set_rotation_period_days(rotation.period_days);
  if (rotation.next) row.set_next_rotation_ms(ToEpochMillis(*rotation.next));
  if (rotation.on_demand_started)
    row.set_on_demand_rotation_started_ms(ToEpochMillis(*rotation.on_demand_started));
  row.set_on_demand_rotations(rotation.on_demand_count);
}

domain::Rotation RotationOf(const pb::Key& row) {
  domain::Rotation rotation;
  rotation.enabled = row.rotation_enabled();
  if (row.rotation_period_days() != 0) rotation.period_days = row.rotation_period_days();
  rotation.next = OptionalTime(row.has_next_rotation_ms(), row.next_rotation_ms());
  rotation.on_demand_started =
      OptionalTime(row.has_on_demand_rotation_started_ms(), row.on_demand_rotation_started_ms());
  rotation.on_demand_count = row.on_demand_rotations();
  return rotation;
}

std::optional<domain::MultiRegion> MultiRegionOf(const pb::Key& row) {
  if (row.primary_region().empty()) return std::nullopt;
  return domain::MultiRegion{row.primary_region(),
                             {row.replica_regions().begin(), row.replica_regions().end()}};
}

}  // namespace

std::string Table<domain::Key>::RowKey(const domain::Key& key) {
  return KeyRow(key.region, key.id);
}

std::string Table<domain::Key>::Encode(const domain::Key& key) {
  pb::Key row;
  row.set_id(key.id.ToText());
  row.set_account(key.account);
  row.set_region(key.region);
  row.set_spec(TextOf(key.spec));
  row.set_usage(TextOf(key.usage));
  row.set_origin(TextOf(key.origin));
  row.set_custody(TextOf(key.custody));
  row.set_state(TextOf(key.state));
  row.set_state_afterwards(TextOf(key.state_afterwards));
  row.set_description(key.description);
  row.set_created_ms(ToEpochMillis(key.created));
  if (key.deletion) PutDeletion(*key.deletion, row);
  if (key.current_material) row.set_current_material(ToString(key.current_material->bits));
  PutRotation(key.rotation, row);
  row.set_expiration_model(TextOf(key.expiration_model));
  if (key.valid_to) row.set_valid_to_ms(ToEpochMillis(*key.valid_to));
  if (key.multi_region) {
    row.set_primary_region(key.multi_region->primary_region);
    for (const std::string& region : key.multi_region->replica_regions)
      row.add_replica_regions(region);
  }
  row.set_custom_key_store_id(key.custom_key_store_id);
  for (const domain::Tag& tag : key.tags) {
    pb::Tag* added = row.add_tags();
    added->set_key(tag.key);
    added->set_value(tag.value);
  }
  row.set_grants(key.grants);
  return row.SerializeAsString();
}

Result<domain::Key> Table<domain::Key>::Decode(std::string_view bytes) {
  KM_TRY(const pb::Key row, Parse<pb::Key>(kName, bytes));
  RowFields fields;
  domain::Key key;
  key.id = fields.Key(row.id());
  key.account = row.account();
  key.region = row.region();
  key.spec = fields.Text<domain::KeySpec>(row.spec());
  key.usage = fields.Text<domain::KeyUsage>(row.usage());
  key.origin = fields.Text<domain::KeyOrigin>(row.origin());
  key.custody = fields.Text<domain::Custody>(row.custody());
  key.state = fields.Text<domain::KeyState>(row.state());
  key.state_afterwards = fields.OptionalText<domain::KeyState>(row.state_afterwards());
  key.description = row.description();
  key.created = FromEpochMillis(row.created_ms());
  key.deletion = DeletionOf(row, key.state);
  if (!row.current_material().empty())
    key.current_material = fields.Material(row.current_material());
  key.rotation = RotationOf(row);
  key.expiration_model = fields.OptionalText<domain::ExpirationModel>(row.expiration_model());
  key.valid_to = OptionalTime(row.has_valid_to_ms(), row.valid_to_ms());
  key.multi_region = MultiRegionOf(row);
  key.custom_key_store_id = row.custom_key_store_id();
  for (const pb::Tag& tag : row.tags()) key.tags.push_back({tag.key(), tag.value()});
  key.grants = row.grants();
  if (!fields.ok()) return NotARow(kName);
  return key;
}

std::string Table<domain::KeyMaterial>::RowKey(const domain::KeyMaterial& material) {
  return MaterialRow(material.region, material.key_id, material.id);
}

std::string Table<domain::KeyMaterial>::Encode(const domain::KeyMaterial& material) {
  pb::KeyMaterial row;
  row.set_id(ToString(material.id.bits));
  row.set_key_id(material.key_id.ToText());
  row.set_account(material.account);
  row.set_region(material.region);
  row.set_spec(TextOf(material.spec));
  row.set_usage(TextOf(material.usage));
  row.set_origin(TextOf(material.origin));
  row.set_custody(TextOf(material.custody));
  row.set_dialect(TextOf(material.dialect));
  row.set_root_generation(material.root_generation);
  row.set_length_bytes(material.length_bytes);
  row.set_blob(ToString(material.blob));
  row.set_public_key(ToString(material.public_key));
  row.set_created_ms(ToEpochMillis(material.created));
  row.set_state(TextOf(material.state));
  if (material.rotated) row.set_rotated_ms(ToEpochMillis(*material.rotated));
  row.set_rotation_type(TextOf(material.rotation_type));
  row.set_import_state(TextOf(material.import_state));
  row.set_description(material.description);
  row.set_expiration_model(TextOf(material.expiration_model));
  if (material.valid_to) row.set_valid_to_ms(ToEpochMillis(*material.valid_to));
  return row.SerializeAsString();
}

Result<domain::KeyMaterial> Table<domain::KeyMaterial>::Decode(std::string_view bytes) {
  KM_TRY(const pb::KeyMaterial row, Parse<pb::KeyMaterial>(kName, bytes));
  RowFields fields;
  domain::KeyMaterial material;
  material.id = fields.Material(row.id());
  material.key_id = fields.Key(row.key_id());
  material.account = row.account();
  material.region = row.region();
  material.spec = fields.Text<domain::KeySpec>(row.spec());
  material.usage = fields.Text<domain::KeyUsage>(row.usage());
  material.origin = fields.Text<domain::KeyOrigin>(row.origin());
  material.custody = fields.Text<domain::Custody>(row.custody());
  material.dialect = fields.Text<domain::WrapDialect>(row.dialect());
  material.root_generation = row.root_generation();
  material.length_bytes = row.length_bytes();
  material.blob = ToBytes(AsBytes(row.blob()));
  material.public_key = ToBytes(AsBytes(row.public_key()));
  material.created = FromEpochMillis(row.created_ms());
  // Rows of before there were rotation and import say nothing of them.
  material.state = fields.OptionalText<domain::KeyMaterialState>(row.state())
                       .value_or(domain::KeyMaterialState::kCurrent);
  material.rotated = OptionalTime(row.has_rotated_ms(), row.rotated_ms());
  material.rotation_type = fields.OptionalText<domain::RotationType>(row.rotation_type());
  material.import_state = fields.OptionalText<domain::ImportState>(row.import_state())
                              .value_or(domain::ImportState::kImported);
  material.description = row.description();
  material.expiration_model = fields.OptionalText<domain::ExpirationModel>(row.expiration_model());
  material.valid_to = OptionalTime(row.has_valid_to_ms(), row.valid_to_ms());
  if (!fields.ok()) return NotARow(kName);
  return material;
}

}  // namespace kmaas::records
