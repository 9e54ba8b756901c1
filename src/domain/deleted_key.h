// What remains of a key that was deleted: the proof that its material is gone, and who asked for
// it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "domain/key.h"

namespace kmaas::domain {

struct DestroyedMaterial {
  MaterialId id;
  Custody custody = Custody::kWrapped;
  WrapDialect dialect = WrapDialect::kNone;
  std::uint32_t root_generation = 0;
  Bytes blob_digest;  // SHA-256 of the blob; empty: there was none
  Bytes public_key;
  WallTime created{};
};

struct DeletedKey {
  KeyId id;
  std::string account;
  std::string region;
  KeySpec spec = KeySpec::kSymmetricDefault;
  KeyUsage usage = KeyUsage::kEncryptDecrypt;
  KeyOrigin origin = KeyOrigin::kAwsKms;
  std::string custom_key_store_id;  // empty: the token of the service
  std::string token_serial;
  WallTime created{};
  PendingDeletion request;  // who asked, when, with which window
  WallTime deleted{};
  std::string event_id;                      // of the audit record of the deletion itself
  std::vector<DestroyedMaterial> materials;  // all that it had
  std::vector<std::string> aliases;          // names of those that were deleted with it
  std::uint32_t grants = 0;                  // how many were deleted with it

  std::string arn() const { return KeyArn(region, account, id); }
};

}  // namespace kmaas::domain
