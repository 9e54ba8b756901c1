// What outlives a FakeCryptoEngine: roots, service keys, the audit key, resident keys, import keys.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string_view>

#include "base/secret_bytes.h"
#include "crypto/private_key.h"
#include "domain/import_key.h"
#include "domain/key.h"
#include "ports/material.h"

struct evp_pkey_st;

namespace kmaas::fakes {

// An AES-256-GCM blob under a key derived from `key`, bound to `identity`.
Bytes Sealed(ByteView key, ByteView identity, ByteView secret);
std::optional<SecretBytes> Opened(ByteView key, ByteView identity, ByteView blob);

// A new private key. RSA keys are dear to make, so a program makes three of each size and hands
// them out in turn.
crypto::PrivateKey NewPrivateKey(domain::KeySpec spec);

// Thread-safe where FakeCryptoEngine uses it.
class FakeToken {
 public:
  static constexpr std::uint32_t kRootGeneration = 1;

  FakeToken();
  ~FakeToken();
  FakeToken(const FakeToken&) = delete;
  FakeToken& operator=(const FakeToken&) = delete;

 private:
  friend class FakeCryptoEngine;
  struct ImportPair {
    crypto::PrivateKey key;
    domain::WrappingAlgorithm algorithm;
  };

  // A secret, or a private key as PKCS#8, as the plan's custody keeps it. Nothing when a resident
  // key of this id exists.
  std::optional<ports::GeneratedMaterial> Keep(const ports::MaterialPlan& plan, ByteView secret);
  // The inverse; nothing for what this token did not keep so.
  std::optional<SecretBytes> Find(const domain::KeyMaterial& material);

  SecretBytes root_;
  SecretBytes integrity_;
  SecretBytes seal_;
  evp_pkey_st* audit_key_;
  std::mutex mutex_;  // guards what follows
  std::map<domain::MaterialId, SecretBytes> resident_;
  std::map<domain::ImportKeyId, ImportPair> import_pairs_;
};

}  // namespace kmaas::fakes
