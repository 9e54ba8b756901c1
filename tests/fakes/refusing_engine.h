// An engine that refuses everything: what a test of one call begins with.
#pragma once

#include "ports/crypto_engine.h"

namespace kmaas::fakes {

class RefusingEngine : public ports::CryptoEngine {
 public:
  Result<domain::Custody> CustodyFor(domain::KeySpec, domain::KeyUsage,
                                     domain::Custody) const override {
    return Refused();
  }
  Result<ports::GeneratedMaterial> GenerateMaterial(const ports::MaterialPlan&, Deadline) override {
    return Refused();
  }
  Result<SecretBytes> DeriveMessageKey(const domain::KeyMaterial&, ByteView, Deadline) override {
    return Refused();
  }
  Result<Bytes> Sign(const domain::KeyMaterial&, domain::SigningAlgorithm, ByteView,
                     Deadline) override {
    return Refused();
  }
  Result<SecretBytes> DecryptRsa(const domain::KeyMaterial&, domain::EncryptionAlgorithm, ByteView,
                                 Deadline) override {
    return Refused();
  }
  Result<Bytes> MakeMac(const domain::KeyMaterial&, domain::MacAlgorithm, ByteView,
                        Deadline) override {
    return Refused();
  }
  Result<SecretBytes> AgreeSecret(const domain::KeyMaterial&, ByteView, Deadline) override {
    return Refused();
  }
  Result<Bytes> MakeImportKey(const domain::ImportKeyId&, domain::WrappingKeySpec,
                              domain::WrappingAlgorithm, Deadline) override {
    return Refused();
  }
  Result<ports::ImportedMaterial> ImportMaterial(const ports::ImportPlan&, ByteView,
                                                 Deadline) override {
    return Refused();
  }
  Result<void> DestroyImportKey(const domain::ImportKeyId&, Deadline) override { return Refused(); }
  Result<void> DestroyMaterial(const domain::KeyMaterial&, Deadline) override { return Refused(); }
  Result<void> GenerateRandom(MutableByteView, Deadline) override { return Refused(); }
  Result<SecretBytes> DeriveServiceKey(ports::ServiceKey, std::string_view, ByteView,
                                       Deadline) override {
    return Refused();
  }
  Result<Bytes> SignAuditDigest(const std::array<std::uint8_t, 32>&, Deadline) override {
    return Refused();
  }
  Result<Bytes> AuditPublicKey() override { return Refused(); }
  ports::EngineStatus Status() const override { return {}; }
  Result<void> CheckHealth(Deadline) override { return Refused(); }

 protected:
  static Error Refused() { return {ErrorCode::kUnsupportedOperation, ""}; }
};

}  // namespace kmaas::fakes
