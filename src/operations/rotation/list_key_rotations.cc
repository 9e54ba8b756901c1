// ListKeyRotations: the materials of a key, oldest first.
#include <algorithm>

#include "operations/handlers.h"
#include "records/every_row.h"

namespace kmaas::operations {
namespace {

constexpr std::ptrdiff_t kDefaultLimit = 100;
constexpr std::string_view kAll = "ALL_KEY_MATERIAL";

// Where a material stands in the listing, as a text that sorts as it does and fits into a marker.
std::string PlaceOf(const domain::KeyMaterial& material) {
  constexpr std::size_t kDigits = 20;
  std::string millis = std::to_string(
      std::max<std::int64_t>(0, ToEpochMillis(material.rotated.value_or(material.created))));
  millis.insert(0, kDigits - std::min(kDigits, millis.size()), '0');
  return millis + "/" + material.id.ToText();
}

bool IsBefore(const domain::KeyMaterial& a, const domain::KeyMaterial& b) {
  return PlaceOf(a) < PlaceOf(b);
}

void FillEntry(const domain::KeyMaterial& material, kms::RotationsListEntry& entry) {
  entry.set_key_id(material.key_id.ToText());
  entry.set_key_material_id(material.id.ToText());
  entry.set_key_material_state(std::string(ToText(material.state)));
  if (material.rotated) entry.set_rotation_date(ToEpochSeconds(*material.rotated));
  if (material.rotation_type) entry.set_rotation_type(std::string(ToText(*material.rotation_type)));
  if (material.origin != domain::KeyOrigin::kExternal) return;
  entry.set_import_state(std::string(ToText(material.import_state)));
  if (!material.description.empty()) entry.set_key_material_description(material.description);
  if (material.expiration_model)
    entry.set_expiration_model(std::string(ToText(*material.expiration_model)));
  if (material.valid_to) entry.set_valid_to(ToEpochSeconds(*material.valid_to));
}

Result<std::vector<domain::KeyMaterial>> MaterialsToList(const domain::Key& key, bool all,
                                                         records::Catalog& catalog) {
  KM_TRY(std::vector<domain::KeyMaterial> materials,
         records::EveryRow<domain::KeyMaterial>(catalog,
                                                records::KeyMaterialsPrefix(key.region, key.id)));
  if (!all) std::erase_if(materials, [](const auto& material) { return !material.rotated; });
  std::sort(materials.begin(), materials.end(), IsBefore);
  return materials;
}

}  // namespace

Result<kms::ListKeyRotationsResponse> ListKeyRotations(const kms::ListKeyRotationsRequest& request,
                                                       KeyCall& call) {
  KM_TRY(
      const std::vector<domain::KeyMaterial> materials,
      MaterialsToList(call.key(), request.include_key_material() == kAll, call.services().catalog));
  auto from = materials.begin();
  if (request.has_marker()) {
    KM_TRY(const std::string last, call.OpenMarker(request.marker()));
    from = std::find_if(materials.begin(), materials.end(),
                        [&](const auto& material) { return PlaceOf(material) > last; });
  }
  const std::ptrdiff_t limit = request.has_limit() ? request.limit() : kDefaultLimit;
  const auto to = from + std::min(limit, materials.end() - from);
  kms::ListKeyRotationsResponse reply;
  for (auto material = from; material != to; ++material)
    FillEntry(*material, *reply.add_rotations());
  reply.set_truncated(to != materials.end());
  if (reply.truncated()) reply.set_next_marker(call.MarkerFor(PlaceOf(*(to - 1))));
  return reply;
}

}  // namespace kmaas::operations
