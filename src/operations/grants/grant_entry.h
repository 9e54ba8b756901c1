// Grants as listings show them.
#pragma once

#include "domain/grant.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "records/catalog.h"

namespace kmaas::operations {

inline constexpr std::size_t kGrantsPerPageDefault = 50;

// Principals by their ARNs of today; one that is gone by its unique id.
Result<void> FillEntry(const domain::Grant& grant, records::Catalog& catalog,
                       ::kmaas::kms::v1::GrantListEntry& entry);

}  // namespace kmaas::operations
