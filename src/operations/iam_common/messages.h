// From records to the messages that IAM answers with.
#pragma once

#include "kmaas/iam/v1/iam.pb.h"
#include "records/catalog.h"

namespace kmaas::operations {

namespace iam = ::kmaas::iam::v1;

// Listings leave out tags and permissions boundary, as AWS does.
enum class Detail { kListed, kWhole };

void Fill(const records::User& user, Detail detail, iam::User& message);
void Fill(const records::Group& group, iam::Group& message);
void Fill(const domain::Tag& tag, iam::Tag& message);
// The principals of the trust policy by their ARNs of today.
Result<void> FillRole(const records::Role& role, Detail detail, records::Catalog& catalog,
                      iam::Role& message);

}  // namespace kmaas::operations
