// Goal: what Sign and GenerateMac answer verifies, in each form of the message, and nothing near it
// does.
#include "crypto/hash.h"
#include "crypto/public_key.h"
#include "tests/api/kinds_fixture.h"

namespace kmaas::api {
namespace {

constexpr char kNoSignature[] = "KMSInvalidSignatureException: ";
constexpr char kNoMac[] = "KMSInvalidMacException: ";

class Signatures : public Kinds {
 protected:
  template <class Request>
  static Request Filled(const std::string& arn, const std::string& algorithm,
                        const std::string& message, const std::string& type) {
    Request request;
    request.set_key_id(arn);
    request.set_message(message);
    request.set_message_type(type);
    request.set_signing_algorithm(algorithm);
    return request;
  }
  std::string Signed(const std::string& arn, const std::string& algorithm,
                     const std::string& message, const std::string& type) {
    const auto request = Filled<kms::SignRequest>(arn, algorithm, message, type);
    const auto reply = world_.Must<kms::SignResponse>("Sign", request);
    EXPECT_EQ(reply.key_id(), arn);
    EXPECT_EQ(reply.signing_algorithm(), algorithm);
    return reply.signature();
  }
  std::string Verified(kms::VerifyRequest request, const std::string& signature) {
    request.set_signature(signature);
    return Outcome("Verify", request);
  }
  // In the form that AWS calls DIGEST.
  static std::string DigestOf(const std::string& algorithm, const std::string& message) {
    const auto known = *domain::FromText<domain::SigningAlgorithm>(algorithm);
    return ToString(crypto::Hash(FactsOf(known).digest, AsBytes(message)));
  }
};

TEST_F(Signatures, VerifyInBothFormsOfTheMessage) {
  const std::string message = "a message";
  for (const Kind& kind : KindsFor("SIGN_VERIFY")) {
    const std::string& arn = KeyOf(kind);
    for (const std::string& algorithm : kind.algorithms) {
      if (algorithm.starts_with("ED25519")) continue;
      const auto raw = Filled<kms::VerifyRequest>(arn, algorithm, message, "RAW");
      const auto digest =
          Filled<kms::VerifyRequest>(arn, algorithm, DigestOf(algorithm, message), "DIGEST");
      const std::string of_raw = Signed(arn, algorithm, message, "RAW");
      const std::string of_digest = Signed(arn, algorithm, DigestOf(algorithm, message), "DIGEST");
      for (const std::string& signature : {of_raw, of_digest}) {
        EXPECT_EQ(Verified(raw, signature), "answered") << algorithm;
        EXPECT_EQ(Verified(digest, signature), "answered") << algorithm;
      }
      const auto twice =
          Filled<kms::VerifyRequest>(arn, algorithm, DigestOf(algorithm, message), "RAW");
      EXPECT_EQ(Verified(twice, of_raw), kNoSignature);
    }
  }
}

TEST_F(Signatures, OfEd25519HaveOneFormEach) {
  const std::string& arn = KeyOf({"ECC_NIST_EDWARDS25519", "SIGN_VERIFY", {}});
  const std::string digest = DigestOf("ED25519_PH_SHA_512", "a message");
  const auto public_key =
      *crypto::PublicKey::Parse(domain::KeySpec::kEccNistEdwards25519, AsBytes(PublicKeyOf(arn)));
  const std::string pure = Signed(arn, "ED25519_SHA_512", "a message", "RAW");
  EXPECT_TRUE(public_key.Verify(domain::SigningAlgorithm::kEd25519Sha512, AsBytes("a message"),
                                AsBytes(pure)));
  // The digest is hashed again.
  const std::string prehash = Signed(arn, "ED25519_PH_SHA_512", digest, "DIGEST");
  EXPECT_TRUE(public_key.Verify(domain::SigningAlgorithm::kEd25519PhSha512, AsBytes(digest),
                                AsBytes(prehash)));
  EXPECT_EQ(Verified(Filled<kms::VerifyRequest>(arn, "ED25519_SHA_512", digest, "RAW"), prehash),
            kNoSignature);
  EXPECT_EQ(Outcome("Sign", Filled<kms::SignRequest>(arn, "ED25519_SHA_512", digest, "DIGEST")),
            "ValidationException: MessageType DIGEST is not supported by algorithm "
            "ED25519_SHA_512.");
  EXPECT_EQ(Outcome("Sign", Filled<kms::SignRequest>(arn, "ED25519_PH_SHA_512", digest, "RAW")),
            "ValidationException: MessageType RAW is not supported by algorithm "
            "ED25519_PH_SHA_512.");
}

TEST_F(Signatures, OfOtherDigestsThanTheAlgorithmHasAreRefused) {
  for (const Kind& kind : KindsFor("SIGN_VERIFY")) {
    const std::string& arn = KeyOf(kind);
    for (const std::string& algorithm : kind.algorithms) {
      if (algorithm == "ED25519_SHA_512") continue;
      const std::size_t right = DigestOf(algorithm, "").size();
      for (const std::size_t length : {right - 1, right + 1, std::size_t{20}}) {
        const std::string digest(length, 'd');
        const std::string refusal =
            "ValidationException: Digest is invalid length for algorithm " + algorithm + ".";
        EXPECT_EQ(Outcome("Sign", Filled<kms::SignRequest>(arn, algorithm, digest, "DIGEST")),
                  refusal);
        EXPECT_EQ(
            Verified(Filled<kms::VerifyRequest>(arn, algorithm, digest, "DIGEST"), "signature"),
            refusal);
      }
      const std::string mu(64, 'm');
      EXPECT_EQ(Outcome("Sign", Filled<kms::SignRequest>(arn, algorithm, mu, "EXTERNAL_MU")),
                "ValidationException: MessageType EXTERNAL_MU is not supported by algorithm " +
                    algorithm + ".");
    }
  }
}

TEST_F(Signatures, VerifyInNoOtherBytes) {
  for (const Kind& kind : {Kind{"ECC_NIST_P256", "SIGN_VERIFY", {"ECDSA_SHA_256"}},
                           Kind{"ECC_SECG_P256K1", "SIGN_VERIFY", {"ECDSA_SHA_256"}},
                           Kind{"ECC_NIST_EDWARDS25519", "SIGN_VERIFY", {"ED25519_SHA_512"}},
                           Kind{"RSA_2048", "SIGN_VERIFY", {"RSASSA_PSS_SHA_256"}}}) {
    const std::string& algorithm = kind.algorithms.front();
    const auto verify = Filled<kms::VerifyRequest>(KeyOf(kind), algorithm, "a message", "RAW");
    const std::string signature = Signed(KeyOf(kind), algorithm, "a message", "RAW");
    for (std::size_t i = 0; i < signature.size(); ++i) {
      std::string changed = signature;
      changed[i] = static_cast<char>(changed[i] ^ 1);
      EXPECT_EQ(Verified(verify, changed), kNoSignature) << kind.spec << " " << i;
    }
    EXPECT_EQ(Verified(verify, signature + '\0'), kNoSignature);
    EXPECT_EQ(Verified(verify, signature.substr(0, signature.size() - 1)), kNoSignature);
    const std::string other = world_.MakeKey(kind.spec, kind.usage);
    EXPECT_EQ(Verified(Filled<kms::VerifyRequest>(other, algorithm, "a message", "RAW"), signature),
              kNoSignature);
  }
}

TEST_F(Signatures, AreNotThoseOfAnotherAlgorithmOfTheKey) {
  const Kind kind = KindsFor("SIGN_VERIFY").front();
  const std::string& arn = KeyOf(kind);
  for (const std::string& made : kind.algorithms) {
    const std::string signature = Signed(arn, made, "a message", "RAW");
    for (const std::string& claimed : kind.algorithms) {
      const auto verify = Filled<kms::VerifyRequest>(arn, claimed, "a message", "RAW");
      EXPECT_EQ(Verified(verify, signature), made == claimed ? "answered" : kNoSignature);
    }
  }
}

TEST_F(Signatures, AreNotMacsWhichVerifyInFullLengthOnly) {
  for (const Kind& kind : KindsFor("GENERATE_VERIFY_MAC")) {
    kms::GenerateMacRequest make;
    make.set_key_id(KeyOf(kind));
    make.set_message("a message");
    make.set_mac_algorithm(kind.algorithms.front());
    const std::string mac = world_.Must<kms::GenerateMacResponse>("GenerateMac", make).mac();
    kms::VerifyMacRequest verify;
    verify.set_key_id(KeyOf(kind));
    verify.set_message("a message");
    verify.set_mac_algorithm(kind.algorithms.front());
    const auto outcome = [&](const std::string& tried) {
      verify.set_mac(tried);
      return Outcome("VerifyMac", verify);
    };
    EXPECT_EQ(outcome(mac), "answered");
    EXPECT_EQ(mac.size() * 8, FactsOf(*domain::FromText<domain::KeySpec>(kind.spec)).bits);
    for (std::size_t i = 0; i < mac.size(); ++i) {
      std::string changed = mac;
      changed[i] = static_cast<char>(changed[i] ^ 1);
      EXPECT_EQ(outcome(changed), kNoMac);
    }
    EXPECT_EQ(outcome(mac.substr(0, mac.size() / 2)), kNoMac);
    EXPECT_EQ(outcome(mac + '\0'), kNoMac);
    verify.set_message("another");
    EXPECT_EQ(outcome(mac), kNoMac);
  }
}

}  // namespace
}  // namespace kmaas::api
