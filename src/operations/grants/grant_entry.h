// Grants as listings show them.
#pragma once

#include "domain/grant.h"
#include "kmaas/kms/v1/kms.pb.h"

namespace kmaas::operations {

inline constexpr std::size_t kGrantsPerPageDefault = 50;

void FillEntry(const domain::Grant& grant, ::kmaas::kms::v1::GrantListEntry& entry);

}  // namespace kmaas::operations
