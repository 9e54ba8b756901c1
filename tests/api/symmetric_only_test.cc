// What needs a symmetric encryption key is refused to every other: none of them is ever asked to
// derive a message key.
#include <gtest/gtest.h>

#include "kmaas/kms/v1/kms.pb.h"
#include "tests/api/environment.h"

namespace kmaas::api {
namespace {

namespace kms = ::kmaas::kms::v1;

class SymmetricOnly : public testing::Test {
 protected:
  std::string Refusal(const std::string& operation, const google::protobuf::Message& request) {
    const auto reply = world_.Send(operation, request);
    if (reply) return "answered";
    EXPECT_EQ(reply.error().code, ErrorCode::kInvalidKeyUsage);
    return reply.error().message;
  }
  Environment world_;
};

TEST_F(SymmetricOnly, AreTheDefaultAlgorithmAndDataKeys) {
  const std::string arn = world_.MakeKey("RSA_2048", "ENCRYPT_DECRYPT");
  const std::string refusal = "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.";
  const std::uint64_t calls = world_.engine.calls();
  kms::EncryptRequest encrypt;
  encrypt.set_key_id(arn);
  encrypt.set_plaintext("x");
  EXPECT_EQ(Refusal("Encrypt", encrypt), refusal);
  kms::GenerateDataKeyRequest data_key;
  data_key.set_key_id(arn);
  data_key.set_key_spec("AES_256");
  EXPECT_EQ(Refusal("GenerateDataKey", data_key), refusal);
  EXPECT_EQ(world_.engine.calls(), calls);
}

TEST_F(SymmetricOnly, IsTheUsageOfEncryption) {
  for (const auto& [spec, usage] :
       {std::pair{"RSA_2048", "SIGN_VERIFY"}, std::pair{"HMAC_256", "GENERATE_VERIFY_MAC"},
        std::pair{"ECC_NIST_P256", "KEY_AGREEMENT"}}) {
    kms::EncryptRequest encrypt;
    encrypt.set_key_id(world_.MakeKey(spec, usage));
    encrypt.set_plaintext("x");
    EXPECT_EQ(Refusal("Encrypt", encrypt),
              encrypt.key_id() + " key usage is " + usage + " which is not valid for Encrypt.");
  }
}

}  // namespace
}  // namespace kmaas::api
