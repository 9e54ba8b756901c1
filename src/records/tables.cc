#include "records/tables.h"

#include <algorithm>
#include <optional>

#include "kmaas/records/v1/records.pb.h"
#include "records/row_keys.h"

namespace kmaas::records {
namespace {

namespace pb = ::kmaas::records::v1;

Error NotARecord(std::string_view table) {
  return {ErrorCode::kKmsInternal, "",
          "a row of table " + std::string(table) + " is not a record of that table"};
}

template <class Message>
std::optional<Message> Parse(std::string_view bytes) {
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  return message;
}

// The inverse of domain's ToText, over the values that exist.
template <class Enum>
std::optional<Enum> FromText(std::string_view text, std::initializer_list<Enum> values) {
  for (Enum value : values) {
    if (ToText(value) == text) return value;
  }
  return std::nullopt;
}

std::optional<domain::KeySpec> Spec(std::string_view text) {
  return FromText(text, {domain::KeySpec::kSymmetricDefault});
}
std::optional<domain::KeyUsage> Usage(std::string_view text) {
  return FromText(text, {domain::KeyUsage::kEncryptDecrypt});
}
std::optional<domain::KeyOrigin> Origin(std::string_view text) {
  return FromText(text, {domain::KeyOrigin::kAwsKms});
}
std::optional<domain::Custody> CustodyOf(std::string_view text) {
  return FromText(text, {domain::Custody::kWrapped, domain::Custody::kResident});
}
std::optional<domain::KeyState> State(std::string_view text) {
  using enum domain::KeyState;
  return FromText(text, {kCreating, kEnabled, kDisabled, kPendingDeletion, kPendingImport,
                         kPendingReplicaDeletion, kUnavailable, kUpdating});
}

constexpr std::string_view kDialectNone = "none";
constexpr std::string_view kDialectPad = "pkcs11-wrap-pad";
constexpr std::string_view kDialectKwp = "pkcs11-wrap-kwp";

std::string_view DialectText(domain::WrapDialect dialect) {
  switch (dialect) {
    case domain::WrapDialect::kNone:
      return kDialectNone;
    case domain::WrapDialect::kPkcs11WrapPad:
      return kDialectPad;
    case domain::WrapDialect::kPkcs11WrapKwp:
      return kDialectKwp;
  }
  return "";
}

std::optional<domain::WrapDialect> Dialect(std::string_view text) {
  if (text == kDialectNone) return domain::WrapDialect::kNone;
  if (text == kDialectPad) return domain::WrapDialect::kPkcs11WrapPad;
  if (text == kDialectKwp) return domain::WrapDialect::kPkcs11WrapKwp;
  return std::nullopt;
}

std::string Bits(const domain::MaterialId& id) { return ToString(id.bits); }

std::optional<domain::MaterialId> Material(std::string_view bits) {
  domain::MaterialId id;
  if (bits.size() != id.bits.size()) return std::nullopt;
  std::copy(bits.begin(), bits.end(), id.bits.begin());
  return id;
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
  row.set_spec(std::string(ToText(key.spec)));
  row.set_usage(std::string(ToText(key.usage)));
  row.set_origin(std::string(ToText(key.origin)));
  row.set_custody(std::string(ToText(key.custody)));
  row.set_state(std::string(ToText(key.state)));
  row.set_description(key.description);
  row.set_created_ms(ToEpochMillis(key.created));
  if (key.deletion_date) row.set_deletion_date_ms(ToEpochMillis(*key.deletion_date));
  row.set_current_material(Bits(key.current_material));
  for (const domain::Tag& tag : key.tags) {
    pb::Tag* added = row.add_tags();
    added->set_key(tag.key);
    added->set_value(tag.value);
  }
  row.set_grants(key.grants);
  return row.SerializeAsString();
}

Result<domain::Key> Table<domain::Key>::Decode(std::string_view bytes) {
  const auto row = Parse<pb::Key>(bytes);
  if (!row) return NotARecord(kName);
  const auto id = domain::KeyId::Parse(row->id());
  const auto spec = Spec(row->spec());
  const auto usage = Usage(row->usage());
  const auto origin = Origin(row->origin());
  const auto custody = CustodyOf(row->custody());
  const auto state = State(row->state());
  const auto material = Material(row->current_material());
  if (!id || !spec || !usage || !origin || !custody || !state || !material)
    return NotARecord(kName);
  domain::Key key{.id = *id,
                  .account = row->account(),
                  .region = row->region(),
                  .spec = *spec,
                  .usage = *usage,
                  .origin = *origin,
                  .custody = *custody,
                  .state = *state,
                  .description = row->description(),
                  .created = FromEpochMillis(row->created_ms()),
                  .deletion_date = {},
                  .current_material = *material,
                  .tags = {},
                  .grants = row->grants()};
  if (row->has_deletion_date_ms()) key.deletion_date = FromEpochMillis(row->deletion_date_ms());
  for (const pb::Tag& tag : row->tags()) key.tags.push_back({tag.key(), tag.value()});
  return key;
}

std::string Table<domain::KeyMaterial>::RowKey(const domain::KeyMaterial& material) {
  return MaterialRow(material.region, material.key_id, material.id);
}

std::string Table<domain::KeyMaterial>::Encode(const domain::KeyMaterial& material) {
  pb::KeyMaterial row;
  row.set_id(Bits(material.id));
  row.set_key_id(material.key_id.ToText());
  row.set_account(material.account);
  row.set_region(material.region);
  row.set_spec(std::string(ToText(material.spec)));
  row.set_usage(std::string(ToText(material.usage)));
  row.set_origin(std::string(ToText(material.origin)));
  row.set_custody(std::string(ToText(material.custody)));
  row.set_dialect(std::string(DialectText(material.dialect)));
  row.set_root_generation(material.root_generation);
  row.set_length_bytes(material.length_bytes);
  row.set_blob(ToString(material.blob));
  row.set_created_ms(ToEpochMillis(material.created));
  return row.SerializeAsString();
}

Result<domain::KeyMaterial> Table<domain::KeyMaterial>::Decode(std::string_view bytes) {
  const auto row = Parse<pb::KeyMaterial>(bytes);
  if (!row) return NotARecord(kName);
  const auto id = Material(row->id());
  const auto key_id = domain::KeyId::Parse(row->key_id());
  const auto spec = Spec(row->spec());
  const auto usage = Usage(row->usage());
  const auto origin = Origin(row->origin());
  const auto custody = CustodyOf(row->custody());
  const auto dialect = Dialect(row->dialect());
  if (!id || !key_id || !spec || !usage || !origin || !custody || !dialect)
    return NotARecord(kName);
  return domain::KeyMaterial{.id = *id,
                             .key_id = *key_id,
                             .account = row->account(),
                             .region = row->region(),
                             .spec = *spec,
                             .usage = *usage,
                             .origin = *origin,
                             .custody = *custody,
                             .dialect = *dialect,
                             .root_generation = row->root_generation(),
                             .length_bytes = row->length_bytes(),
                             .blob = ToBytes(AsBytes(row->blob())),
                             .created = FromEpochMillis(row->created_ms())};
}

std::string Table<domain::Alias>::RowKey(const domain::Alias& alias) {
  return AliasRow(alias.account, alias.region, alias.name);
}

std::string Table<domain::Alias>::Encode(const domain::Alias& alias) {
  pb::Alias row;
  row.set_name(alias.name);
  row.set_account(alias.account);
  row.set_region(alias.region);
  row.set_target_key_id(alias.target.ToText());
  row.set_created_ms(ToEpochMillis(alias.created));
  row.set_updated_ms(ToEpochMillis(alias.updated));
  return row.SerializeAsString();
}

Result<domain::Alias> Table<domain::Alias>::Decode(std::string_view bytes) {
  const auto row = Parse<pb::Alias>(bytes);
  const auto target = row ? domain::KeyId::Parse(row->target_key_id()) : std::nullopt;
  if (!target) return NotARecord(kName);
  return domain::Alias{.name = row->name(),
                       .account = row->account(),
                       .region = row->region(),
                       .target = *target,
                       .created = FromEpochMillis(row->created_ms()),
                       .updated = FromEpochMillis(row->updated_ms())};
}

// Index and policy rows name themselves in their value too, so that a row answers for its own key.

std::string Table<KeyPolicy>::RowKey(const KeyPolicy& policy) {
  return KeyRow(policy.region, policy.key_id);
}
std::string Table<KeyPolicy>::Encode(const KeyPolicy& policy) {
  pb::KeyPolicy row;
  row.set_region(policy.region);
  row.set_key_id(policy.key_id.ToText());
  row.set_document(policy.document);
  return row.SerializeAsString();
}
Result<KeyPolicy> Table<KeyPolicy>::Decode(std::string_view bytes) {
  const auto row = Parse<pb::KeyPolicy>(bytes);
  const auto key_id = row ? domain::KeyId::Parse(row->key_id()) : std::nullopt;
  if (!key_id) return NotARecord(kName);
  return KeyPolicy{row->region(), *key_id, row->document()};
}

std::string Table<AccountKey>::RowKey(const AccountKey& row) {
  return Join({row.account, row.region, row.key_id.ToText()});
}
std::string Table<AccountKey>::Encode(const AccountKey& row) { return RowKey(row); }
Result<AccountKey> Table<AccountKey>::Decode(std::string_view bytes) {
  const auto parts = Split(bytes, 2);
  const auto key_id = parts ? domain::KeyId::Parse((*parts)[2]) : std::nullopt;
  if (!key_id) return NotARecord(kName);
  return AccountKey{(*parts)[0], (*parts)[1], *key_id};
}

std::string Table<KeyAlias>::RowKey(const KeyAlias& row) {
  return Join({row.region, row.key_id.ToText(), row.alias_name});
}
std::string Table<KeyAlias>::Encode(const KeyAlias& row) { return RowKey(row); }
Result<KeyAlias> Table<KeyAlias>::Decode(std::string_view bytes) {
  const auto parts = Split(bytes, 2);
  const auto key_id = parts ? domain::KeyId::Parse((*parts)[1]) : std::nullopt;
  if (!key_id) return NotARecord(kName);
  return KeyAlias{(*parts)[0], *key_id, (*parts)[2]};
}

}  // namespace kmaas::records
