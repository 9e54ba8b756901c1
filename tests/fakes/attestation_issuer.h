// An authority of attestation documents, and the owner of a key in one.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"

struct evp_pkey_st;
struct x509_st;

namespace kmaas::fakes {

// What a document says; as it is, but for `public_key`, it verifies.
struct AttestedFacts {
  std::string module_id = "i-0123456789abcdef0-enc0123456789abcdef";
  std::string digest = "SHA384";
  WallTime time{};
  std::map<unsigned, Bytes> pcrs{{0, Bytes(48, 0xa0)}, {3, Bytes(48, 0xa3)}};
  bool nitro_tpm = false;
  std::optional<Bytes> public_key = std::nullopt;  // null in the document
};

// Root, two authorities below it, and a signer, all of P-384, valid for a day about the time at
// which it is made. Immutable: thread-safe. Throws when OpenSSL fails.
class AttestationIssuer {
 public:
  explicit AttestationIssuer(WallTime now, const std::string& name = "root",
                             const std::string& signer_usage = kMaySign);

  // Key usages as OpenSSL writes them; empty for a certificate that does not say any.
  static constexpr char kMaySign[] = "critical,digitalSignature";

  std::string root_pem() const { return PemOf(chain_.front()); }
  std::string leaf_pem() const { return PemOf(chain_.back()); }
  Bytes leaf() const;                   // DER
  std::vector<Bytes> cabundle() const;  // DER, from the root downwards
  Bytes Payload(const AttestedFacts& facts) const;
  // COSE_Sign1 of any payload.
  Bytes Sign(ByteView payload) const { return Sign(payload, Es384Header()); }
  Bytes Sign(ByteView payload, ByteView protected_header) const;
  Bytes Issue(const AttestedFacts& facts) const { return Sign(Payload(facts)); }
  static Bytes Es384Header();

 private:
  struct Identity {
    std::shared_ptr<evp_pkey_st> key;
    std::shared_ptr<x509_st> certificate;
  };
  static std::string PemOf(const Identity& identity);
  static Identity MakeIdentity(const std::string& name, const Identity* issuer,
                               const std::string& usage, WallTime now);

  std::vector<Identity> chain_;  // the root first, the signer last
};

// Immutable: thread-safe.
class AttestedRecipient {
 public:
  explicit AttestedRecipient(unsigned bits = 2048);
  Bytes public_key() const;  // DER SubjectPublicKeyInfo
  // The content of a CMS EnvelopedData; nothing when it is not for this key.
  std::optional<Bytes> Open(ByteView enveloped) const;

 private:
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace kmaas::fakes
