// Goal: each operation serves just the kinds of keys and the algorithms that AWS names, and a dry
// run finds the same. Method: every kind × every algorithm that the operation knows.
#include <algorithm>

#include "crypto/public_key.h"
#include "tests/api/kinds_fixture.h"

namespace kmaas::api {
namespace {

namespace pb = google::protobuf;

// The ways to use a key: an operation, the usage that it wants, the member that names an algorithm.
struct Use {
  const char* operation;
  const char* usage;
  const char* member;
};
constexpr Use kUses[] = {{"Encrypt", "ENCRYPT_DECRYPT", "encryption_algorithm"},
                         {"Sign", "SIGN_VERIFY", "signing_algorithm"},
                         {"GenerateMac", "GENERATE_VERIFY_MAC", "mac_algorithm"},
                         {"DeriveSharedSecret", "KEY_AGREEMENT", "key_agreement_algorithm"}};

constexpr char kDryRunPassed[] =
    "DryRunOperationException: The request would have succeeded, but the DryRun option is set.";

class KeyUses : public Kinds {
 protected:
  std::vector<std::string> AlgorithmsOf(const Use& use) {
    for (const core::FieldPlan& plan : OperationOf(use).fields) {
      if (plan.field->name() == use.member)
        return {plan.rules->values().begin(), plan.rules->values().end()};
    }
    return {};
  }
  const core::Operation& OperationOf(const Use& use) {
    return *FindOperationNamed(world_.registry, use.operation);
  }
  std::unique_ptr<pb::Message> Request(const Use& use, const std::string& arn,
                                       const std::string& algorithm, bool dry_run) {
    std::unique_ptr<pb::Message> request(OperationOf(use).request_prototype->New());
    const auto set = [&](const char* member, const std::string& value) {
      const auto* field = request->GetDescriptor()->FindFieldByName(member);
      if (field != nullptr) request->GetReflection()->SetString(request.get(), field, value);
    };
    set("key_id", arn);
    set("plaintext", "message");
    set("message", algorithm == "ED25519_PH_SHA_512" ? std::string(64, 'd') : "message");
    set("message_type", algorithm == "ED25519_PH_SHA_512" ? "DIGEST" : "RAW");
    set(use.member, algorithm);
    if (std::string(use.operation) == "DeriveSharedSecret") set("public_key", PeerOf(arn));
    const auto* flag = request->GetDescriptor()->FindFieldByName("dry_run");
    request->GetReflection()->SetBool(request.get(), flag, dry_run);
    return request;
  }
  // A key on the same curve where there is one.
  std::string PeerOf(const std::string& arn) {
    return MaterialOf(arn)->public_key.empty() ? "none" : PublicKeyOf(arn);
  }
  std::string Expected(const Use& use, const Kind& kind, const std::string& algorithm) {
    if (kind.usage != use.usage) {
      return "InvalidKeyUsageException: " + KeyOf(kind) + " key usage is " + kind.usage +
             " which is not valid for " + use.operation + ".";
    }
    const auto& has = kind.algorithms;
    if (std::find(has.begin(), has.end(), algorithm) != has.end()) return "answered";
    return "InvalidKeyUsageException: Algorithm " + algorithm + " is incompatible with key spec " +
           kind.spec + ".";
  }
};

TEST_F(KeyUses, AreThoseOfAwsForEveryKindAndAlgorithm) {
  int answered = 0;
  for (const Use& use : kUses) {
    for (const Kind& kind : AllKinds()) {
      for (const std::string& algorithm : AlgorithmsOf(use)) {
        const std::string expected = Expected(use, kind, algorithm);
        const std::string& arn = KeyOf(kind);
        EXPECT_EQ(Outcome(use.operation, *Request(use, arn, algorithm, false)), expected);
        EXPECT_EQ(Outcome(use.operation, *Request(use, arn, algorithm, true)),
                  expected == "answered" ? kDryRunPassed : expected);
        answered += expected == "answered" ? 1 : 0;
      }
    }
  }
  EXPECT_EQ(answered, 1 + 3 * 2 + 3 * 6 + 4 + 2 + 4 + 3);
}

TEST_F(KeyUses, ShowThePublicHalfOfAsymmetricKeysOnly) {
  for (const Kind& kind : AllKinds()) {
    kms::GetPublicKeyRequest request;
    request.set_key_id(KeyOf(kind));
    const Bytes& kept = MaterialOf(KeyOf(kind))->public_key;
    if (kept.empty()) {
      EXPECT_EQ(Outcome("GetPublicKey", request), "UnsupportedOperationException: " + KeyOf(kind) +
                                                      " key spec is " + kind.spec +
                                                      " which is not valid for GetPublicKey.");
      continue;
    }
    const auto shown = world_.Must<kms::GetPublicKeyResponse>("GetPublicKey", request);
    EXPECT_EQ(shown.public_key(), ToString(kept));
    const auto spec = *domain::FromText<domain::KeySpec>(kind.spec);
    EXPECT_TRUE(crypto::PublicKey::Parse(spec, AsBytes(shown.public_key())));
    std::vector<std::string> algorithms(shown.encryption_algorithms().begin(),
                                        shown.encryption_algorithms().end());
    for (const auto* list : {&shown.signing_algorithms(), &shown.key_agreement_algorithms()})
      algorithms.insert(algorithms.end(), list->begin(), list->end());
    EXPECT_TRUE(std::is_permutation(algorithms.begin(), algorithms.end(), kind.algorithms.begin(),
                                    kind.algorithms.end()))
        << kind.spec;
  }
}

TEST_F(KeyUses, NeedTheHsmForPrivateHalvesOnly) {
  const std::string signer = KeyOf({"ECC_NIST_P256", "SIGN_VERIFY", {}});
  const std::string cipher = KeyOf({"RSA_2048", "ENCRYPT_DECRYPT", {}});
  const std::string agreer = KeyOf({"ECC_NIST_P256", "KEY_AGREEMENT", {}});
  const std::string authenticator = KeyOf({"HMAC_256", "GENERATE_VERIFY_MAC", {}});
  const auto sign = Request(kUses[1], signer, "ECDSA_SHA_256", false);
  kms::VerifyRequest verify;
  verify.set_key_id(signer);
  verify.set_message("message");
  verify.set_signing_algorithm("ECDSA_SHA_256");
  verify.set_signature(world_.Must<kms::SignResponse>("Sign", *sign).signature());
  const auto agree = Request(kUses[3], agreer, "ECDH", false);
  world_.engine.SetAway(true);
  const std::uint64_t calls = world_.engine.calls();
  EXPECT_EQ(Outcome("Verify", verify), "answered");
  EXPECT_EQ(Outcome("Encrypt", *Request(kUses[0], cipher, "RSAES_OAEP_SHA_256", false)),
            "answered");
  EXPECT_EQ(PublicKeyOf(signer).empty(), false);
  EXPECT_EQ(world_.engine.calls(), calls);
  for (const auto& [operation, request] :
       {std::pair{"Sign", sign.get()}, std::pair{"DeriveSharedSecret", agree.get()}})
    EXPECT_TRUE(Outcome(operation, *request).starts_with("KeyUnavailableException: "));
  EXPECT_TRUE(Outcome("GenerateMac", *Request(kUses[2], authenticator, "HMAC_SHA_256", false))
                  .starts_with("KeyUnavailableException: "));
}

TEST_F(KeyUses, FailClosedWhereAPublicHalfIsNone) {
  const std::string signer = KeyOf({"ECC_NIST_P256", "SIGN_VERIFY", {}});
  const std::string cipher = KeyOf({"RSA_2048", "ENCRYPT_DECRYPT", {}});
  for (const std::string& arn : {signer, cipher}) {
    domain::KeyMaterial spoilt = *MaterialOf(arn);
    spoilt.public_key.back() ^= 1U;
    spoilt.public_key.pop_back();
    world_.Put(spoilt);
  }
  kms::VerifyRequest verify;
  verify.set_key_id(signer);
  verify.set_message("message");
  verify.set_signing_algorithm("ECDSA_SHA_256");
  verify.set_signature("signature");
  EXPECT_TRUE(Outcome("Verify", verify).starts_with("KMSInternalException: "));
  EXPECT_TRUE(Outcome("Encrypt", *Request(kUses[0], cipher, "RSAES_OAEP_SHA_256", false))
                  .starts_with("KMSInternalException: "));
}

}  // namespace
}  // namespace kmaas::api
