// Keys of every kind, and AWS's table of what each can do, written again from its documents so that
// it can disagree with the one in src/domain.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/errors.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "tests/api/environment.h"

namespace kmaas::api {

namespace kms = ::kmaas::kms::v1;

struct Kind {
  std::string spec;
  std::string usage;
  std::vector<std::string> algorithms;
};

// Source: AWS KMS Developer Guide, "Key spec reference".
inline const std::vector<Kind>& AllKinds() {
  static const std::vector<std::string> oaep = {"RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"};
  static const std::vector<std::string> rsassa = {
      "RSASSA_PSS_SHA_256",        "RSASSA_PSS_SHA_384",        "RSASSA_PSS_SHA_512",
      "RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PKCS1_V1_5_SHA_384", "RSASSA_PKCS1_V1_5_SHA_512"};
  static const std::vector<Kind> kinds = {
      {"SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", {"SYMMETRIC_DEFAULT"}},
      {"RSA_2048", "ENCRYPT_DECRYPT", oaep},
      {"RSA_3072", "ENCRYPT_DECRYPT", oaep},
      {"RSA_4096", "ENCRYPT_DECRYPT", oaep},
      {"RSA_2048", "SIGN_VERIFY", rsassa},
      {"RSA_3072", "SIGN_VERIFY", rsassa},
      {"RSA_4096", "SIGN_VERIFY", rsassa},
      {"ECC_NIST_P256", "SIGN_VERIFY", {"ECDSA_SHA_256"}},
      {"ECC_NIST_P384", "SIGN_VERIFY", {"ECDSA_SHA_384"}},
      {"ECC_NIST_P521", "SIGN_VERIFY", {"ECDSA_SHA_512"}},
      {"ECC_SECG_P256K1", "SIGN_VERIFY", {"ECDSA_SHA_256"}},
      {"ECC_NIST_EDWARDS25519", "SIGN_VERIFY", {"ED25519_SHA_512", "ED25519_PH_SHA_512"}},
      {"ECC_NIST_P256", "KEY_AGREEMENT", {"ECDH"}},
      {"ECC_NIST_P384", "KEY_AGREEMENT", {"ECDH"}},
      {"ECC_NIST_P521", "KEY_AGREEMENT", {"ECDH"}},
      {"HMAC_224", "GENERATE_VERIFY_MAC", {"HMAC_SHA_224"}},
      {"HMAC_256", "GENERATE_VERIFY_MAC", {"HMAC_SHA_256"}},
      {"HMAC_384", "GENERATE_VERIFY_MAC", {"HMAC_SHA_384"}},
      {"HMAC_512", "GENERATE_VERIFY_MAC", {"HMAC_SHA_512"}},
  };
  return kinds;
}

inline std::vector<Kind> KindsFor(const std::string& usage) {
  std::vector<Kind> fitting;
  for (const Kind& kind : AllKinds()) {
    if (kind.usage == usage) fitting.push_back(kind);
  }
  return fitting;
}

class Kinds : public testing::Test {
 protected:
  // The ARN of a key of the kind; the same one each time.
  const std::string& KeyOf(const Kind& kind) {
    std::string& arn = keys_[{kind.spec, kind.usage}];
    if (arn.empty()) arn = world_.MakeKey(kind.spec, kind.usage);
    return arn;
  }
  // "answered", or "CODE: message" with AWS's name of the error.
  std::string Outcome(const std::string& operation, const google::protobuf::Message& request) {
    const auto reply = world_.Send(operation, request);
    if (reply) return "answered";
    return std::string(core::RowOf(reply.error().code).aws_name) + ": " + reply.error().message;
  }
  std::string PublicKeyOf(const std::string& arn) {
    kms::GetPublicKeyRequest request;
    request.set_key_id(arn);
    return world_.Must<kms::GetPublicKeyResponse>("GetPublicKey", request).public_key();
  }
  std::shared_ptr<const domain::KeyMaterial> MaterialOf(const std::string& arn) {
    const auto id = *domain::KeyId::Parse(arn.substr(arn.rfind('/') + 1));
    const auto key = *world_.catalog.Find<domain::Key>(records::KeyRow(kRegion, id));
    return *world_.catalog.Find<domain::KeyMaterial>(
        records::MaterialRow(kRegion, id, *key->current_material));
  }

  Environment world_;

 private:
  std::map<std::pair<std::string, std::string>, std::string> keys_;
};

}  // namespace kmaas::api
