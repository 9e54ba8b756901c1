// An alias moves between keys of one type and usage only.
#include <gtest/gtest.h>

#include "kmaas/kms/v1/kms.pb.h"
#include "tests/api/environment.h"

namespace kmaas::api {
namespace {

namespace kms = ::kmaas::kms::v1;

class AliasKinds : public testing::Test {
 protected:
  bool Moves(const std::string& from, const std::string& to) {
    kms::CreateAliasRequest create;
    create.set_alias_name("alias/a" + std::to_string(++made_));
    create.set_target_key_id(from);
    EXPECT_TRUE(world_.Send("CreateAlias", create));
    kms::UpdateAliasRequest update;
    update.set_alias_name(create.alias_name());
    update.set_target_key_id(to);
    const auto reply = world_.Send("UpdateAlias", update);
    EXPECT_TRUE(reply || reply.error().code == ErrorCode::kValidation);
    return static_cast<bool>(reply);
  }
  Environment world_;
  int made_ = 0;
};

TEST_F(AliasKinds, AreSymmetricAsymmetricAndHmac) {
  const std::string symmetric = world_.MakeKey();
  const std::string rsa = world_.MakeKey("RSA_2048", "SIGN_VERIFY");
  const std::string p256 = world_.MakeKey("ECC_NIST_P256", "SIGN_VERIFY");
  const std::string agreeing = world_.MakeKey("ECC_NIST_P256", "KEY_AGREEMENT");
  const std::string encrypting = world_.MakeKey("RSA_2048", "ENCRYPT_DECRYPT");
  const std::string hmac = world_.MakeKey("HMAC_256", "GENERATE_VERIFY_MAC");
  const std::string longer = world_.MakeKey("HMAC_512", "GENERATE_VERIFY_MAC");
  EXPECT_TRUE(Moves(symmetric, world_.MakeKey()));
  EXPECT_TRUE(Moves(rsa, p256));
  EXPECT_TRUE(Moves(hmac, longer));
  EXPECT_FALSE(Moves(p256, agreeing));
  EXPECT_FALSE(Moves(rsa, encrypting));
  EXPECT_FALSE(Moves(symmetric, encrypting));
  EXPECT_FALSE(Moves(hmac, symmetric));
}

}  // namespace
}  // namespace kmaas::api
