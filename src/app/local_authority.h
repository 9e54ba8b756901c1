// The local certificate authority that `kmaas init` makes when no certificates are given.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ports/random_source.h"

struct evp_pkey_st;
struct x509_st;

namespace kmaas::app {

// PEM texts. The key is PKCS#8, not encrypted: whoever keeps it wipes it.
struct CertifiedKey {
  std::string certificate;
  std::string private_key;
};

// EC P-256, SHA-256. Certificates begin an hour ago, so that clocks that differ a little agree.
class LocalAuthority {
 public:
  // A new authority, valid for ten years; it may sign certificates of ends, not of authorities.
  static Result<LocalAuthority> Make(const std::string& name, ports::RandomSource& random,
                                     WallTime now);
  ~LocalAuthority();
  LocalAuthority(LocalAuthority&&) noexcept;
  LocalAuthority& operator=(LocalAuthority&&) = delete;
  LocalAuthority(const LocalAuthority&) = delete;
  LocalAuthority& operator=(const LocalAuthority&) = delete;

  const CertifiedKey& own() const { return own_; }
  // Valid for two years. Each host is an IP address or a DNS name; kValidation names the first that
  // is neither.
  Result<CertifiedKey> IssueServer(const std::vector<std::string>& hosts);
  // For a client whose certificate names `uri` (RFC 3986) and the common name `name`.
  Result<CertifiedKey> IssueClient(const std::string& name, const std::string& uri);

 private:
  struct Subject;
  LocalAuthority(ports::RandomSource& random, WallTime now) : random_(random), now_(now) {}
  Result<CertifiedKey> Issue(const Subject& subject);

  ports::RandomSource& random_;
  WallTime now_;
  evp_pkey_st* key_ = nullptr;
  x509_st* certificate_ = nullptr;
  CertifiedKey own_;
};

// An IPv4 or IPv6 address, or a DNS name (RFC 1123; "*." may begin it).
bool IsHostName(const std::string& text);
bool IsIpAddress(const std::string& text);

}  // namespace kmaas::app
