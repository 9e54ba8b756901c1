// The rows of a key's imported materials, in all of its Regions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/key.h"
#include "records/catalog.h"

namespace kmaas::operations {

using Materials = std::vector<domain::KeyMaterial>;

// Those that the key of the same id has in a Region.
Result<Materials> MaterialsIn(records::Changes& changes, const domain::Key& key,
                              const std::string& region);
Result<std::optional<domain::KeyMaterial>> MaterialIn(records::Changes& changes,
                                                      const std::string& region,
                                                      const domain::KeyMaterial& material);

// What is left of imported material where it has to be imported, or imported again.
domain::KeyMaterial Emptied(domain::KeyMaterial material);

// With what is due to them. `before` is what stands there now.
Result<void> PutMaterial(records::Changes& changes,
                         const std::optional<domain::KeyMaterial>& before,
                         const domain::KeyMaterial& after);
Result<void> RemoveMaterial(records::Changes& changes, const domain::KeyMaterial& material);

}  // namespace kmaas::operations
