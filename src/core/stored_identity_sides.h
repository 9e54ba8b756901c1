// Identity sides from the store: users with their groups, roles with their sessions.
#pragma once

#include <string>

#include "core/identity_sides.h"
#include "records/catalog.h"
#include "records/row_cache.h"

namespace kmaas::core {

// Borrows the catalog. What was compiled is kept while no row of users, groups, roles or managed
// policies changes.
class StoredIdentitySides final : public IdentitySides {
 public:
  explicit StoredIdentitySides(records::Catalog& catalog);

  Result<std::shared_ptr<const policy::IdentitySide>> Of(
      const domain::Principal& principal) override;

  // What a group gives its members; nobody calls as a group, so nothing is kept.
  Result<policy::IdentitySide> OfGroup(const records::Group& group);

 private:
  struct Kept {
    std::uint64_t version = 0;  // Catalog::identity_version before the rows were read
    std::shared_ptr<const policy::IdentitySide> side;
  };

  Result<policy::IdentitySide> Load(const domain::Principal& principal);

  records::Catalog& catalog_;
  records::RowCache<Kept> kept_;
};

}  // namespace kmaas::core
