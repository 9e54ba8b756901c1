// A certificate authority to order: whatever names, validity and usage a test wants, right or
// wrong.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

struct evp_pkey_st;
struct x509_st;

namespace kmaas::fakes {

// PEM texts.
struct IssuedCertificate {
  std::string certificate;
  std::string private_key;
};

struct CertificateOrder {
  using Attribute = std::pair<std::string, std::string>;  // {"CN", "backup"}
  std::vector<Attribute> subject = {{"CN", "somebody"}};
  // Taken byte for byte, a NUL too.
  std::vector<std::string> uris = {};
  std::vector<std::string> dns = {};
  std::vector<std::string> addresses = {};  // IPv4
  // Seconds since 1970: from 2020 to 2100, so that the real clock and the fake one agree.
  std::int64_t not_before = 1'577'836'800;
  std::int64_t not_after = 4'102'444'800;
  std::string usage = "clientAuth";
};

// EC P-256. Never for production. Not thread-safe.
class TestAuthority {
 public:
  explicit TestAuthority(const std::string& name = "test authority");
  ~TestAuthority();
  TestAuthority(const TestAuthority&) = delete;
  TestAuthority& operator=(const TestAuthority&) = delete;

  IssuedCertificate Issue(const CertificateOrder& order);
  const std::string& certificate() const { return own_; }

 private:
  evp_pkey_st* key_;
  x509_st* self_;
  std::string own_;
  long serial_ = 1;
};

}  // namespace kmaas::fakes
