// Goal: RSA keys encrypt beside symmetric ones, within AWS's limits; shared secrets and data key
// pairs are what they claim to be.
#include "crypto/private_key.h"
#include "tests/api/kinds_fixture.h"

namespace kmaas::api {
namespace {

constexpr char kInvalid[] = "InvalidCiphertextException: ";

// A key and one of its algorithms.
struct Way {
  std::string arn;
  std::string spec;
  std::string algorithm;
};

class Encryption : public Kinds {
 protected:
  std::vector<Way> Ways() {
    std::vector<Way> ways;
    for (const Kind& kind : KindsFor("ENCRYPT_DECRYPT")) {
      for (const std::string& algorithm : kind.algorithms)
        ways.push_back({KeyOf(kind), kind.spec, algorithm});
    }
    return ways;
  }
  kms::EncryptRequest Encrypting(const Way& way, const std::string& plaintext) {
    kms::EncryptRequest request;
    request.set_key_id(way.arn);
    request.set_encryption_algorithm(way.algorithm);
    request.set_plaintext(plaintext);
    return request;
  }
  std::string Blob(const Way& way, const std::string& plaintext) {
    const auto reply = world_.Must<kms::EncryptResponse>("Encrypt", Encrypting(way, plaintext));
    EXPECT_EQ(reply.encryption_algorithm(), way.algorithm);
    return reply.ciphertext_blob();
  }
  kms::DecryptRequest Decrypting(const Way& way, const std::string& blob) {
    kms::DecryptRequest request;
    request.set_key_id(way.arn);
    request.set_encryption_algorithm(way.algorithm);
    request.set_ciphertext_blob(blob);
    return request;
  }
  std::string Plaintext(const Way& way, const std::string& blob) {
    const auto reply = world_.Must<kms::DecryptResponse>("Decrypt", Decrypting(way, blob));
    EXPECT_EQ(reply.has_key_material_id(), way.spec == "SYMMETRIC_DEFAULT");
    EXPECT_EQ(reply.encryption_algorithm(), way.algorithm);
    return reply.plaintext();
  }
};

TEST_F(Encryption, HoldsAsMuchAsAwsSays) {
  const std::map<std::string, std::size_t> most = {{"SYMMETRIC_DEFAULT SYMMETRIC_DEFAULT", 4096},
                                                   {"RSA_2048 RSAES_OAEP_SHA_1", 214},
                                                   {"RSA_3072 RSAES_OAEP_SHA_1", 342},
                                                   {"RSA_4096 RSAES_OAEP_SHA_1", 470},
                                                   {"RSA_2048 RSAES_OAEP_SHA_256", 190},
                                                   {"RSA_3072 RSAES_OAEP_SHA_256", 318},
                                                   {"RSA_4096 RSAES_OAEP_SHA_256", 446}};
  for (const Way& way : Ways()) {
    const std::size_t limit = most.at(way.spec + " " + way.algorithm);
    const std::string plaintext(limit, 'p');
    EXPECT_EQ(Plaintext(way, Blob(way, plaintext)), plaintext);
    if (way.spec == "SYMMETRIC_DEFAULT") continue;
    EXPECT_EQ(Outcome("Encrypt", Encrypting(way, plaintext + "p")),
              "ValidationException: Algorithm " + way.algorithm + " and key spec " + way.spec +
                  " cannot encrypt data larger than " + std::to_string(limit) + " bytes.");
  }
}

TEST_F(Encryption, MovesBetweenAllPairsOfKeysAndAlgorithms) {
  for (const Way& from : Ways()) {
    const std::string blob = Blob(from, "a secret");
    for (const Way& to : Ways()) {
      kms::ReEncryptRequest request;
      request.set_ciphertext_blob(blob);
      request.set_source_key_id(from.arn);
      request.set_source_encryption_algorithm(from.algorithm);
      request.set_destination_key_id(to.arn);
      request.set_destination_encryption_algorithm(to.algorithm);
      const auto reply = world_.Must<kms::ReEncryptResponse>("ReEncrypt", request);
      EXPECT_EQ(reply.source_encryption_algorithm(), from.algorithm);
      EXPECT_EQ(reply.destination_encryption_algorithm(), to.algorithm);
      EXPECT_EQ(reply.has_source_key_material_id(), from.spec == "SYMMETRIC_DEFAULT");
      EXPECT_EQ(reply.has_destination_key_material_id(), to.spec == "SYMMETRIC_DEFAULT");
      EXPECT_EQ(Plaintext(to, reply.ciphertext_blob()), "a secret");
    }
  }
}

TEST_F(Encryption, ByRsaTakesNoContext) {
  const std::string refusal =
      "ValidationException: EncryptionContext is not supported with asymmetric KMS keys.";
  for (const Way& way : Ways()) {
    if (way.spec == "SYMMETRIC_DEFAULT") continue;
    kms::EncryptRequest encrypt = Encrypting(way, "x");
    (*encrypt.mutable_encryption_context())["a"] = "1";
    EXPECT_EQ(Outcome("Encrypt", encrypt), refusal);
    kms::DecryptRequest decrypt = Decrypting(way, Blob(way, "x"));
    (*decrypt.mutable_encryption_context())["a"] = "1";
    EXPECT_EQ(Outcome("Decrypt", decrypt), refusal);
    kms::ReEncryptRequest move;
    move.set_ciphertext_blob(decrypt.ciphertext_blob());
    move.set_source_key_id(way.arn);
    move.set_source_encryption_algorithm(way.algorithm);
    move.set_destination_key_id(way.arn);
    move.set_destination_encryption_algorithm(way.algorithm);
    EXPECT_EQ(Outcome("ReEncrypt", move), "answered");
    (*move.mutable_destination_encryption_context())["a"] = "1";
    EXPECT_EQ(Outcome("ReEncrypt", move), refusal);
  }
}

TEST_F(Encryption, OpensNoChangedRsaCiphertextAndNoneWithoutItsKey) {
  const Way way = Ways()[1];
  const std::string blob = Blob(way, "x");
  for (std::size_t i = 0; i < blob.size(); i += 16) {
    std::string changed = blob;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_EQ(Outcome("Decrypt", Decrypting(way, changed)), kInvalid);
  }
  EXPECT_EQ(Outcome("Decrypt", Decrypting(way, blob.substr(1))), kInvalid);
  EXPECT_EQ(Outcome("Decrypt", Decrypting(way, blob + "x")), kInvalid);
  kms::DecryptRequest keyless = Decrypting(way, blob);
  keyless.clear_key_id();
  EXPECT_EQ(Outcome("Decrypt", keyless), kInvalid);
}

TEST_F(Encryption, CallsAKeyOfAnotherUsageAWrongKey) {
  const std::string blob = Blob(Ways().front(), "x");
  for (const Kind& kind : AllKinds()) {
    if (kind.usage == "ENCRYPT_DECRYPT") continue;
    kms::DecryptRequest decrypt;
    decrypt.set_key_id(KeyOf(kind));
    decrypt.set_ciphertext_blob(blob);
    EXPECT_EQ(Outcome("Decrypt", decrypt),
              "IncorrectKeyException: The key ID in the request does not identify a CMK that can "
              "perform this operation.")
        << kind.spec;
  }
}

TEST_F(Encryption, AgreesWithAPeerOnTheSameCurveOnly) {
  for (const Kind& kind : KindsFor("KEY_AGREEMENT")) {
    const auto spec = *domain::FromText<domain::KeySpec>(kind.spec);
    const auto peer = crypto::PrivateKey::Generate(spec);
    kms::DeriveSharedSecretRequest request;
    request.set_key_id(KeyOf(kind));
    request.set_key_agreement_algorithm("ECDH");
    request.set_public_key(ToString(peer.PublicKeyInfo()));
    const auto reply = world_.Must<kms::DeriveSharedSecretResponse>("DeriveSharedSecret", request);
    const auto ours = crypto::PublicKey::Parse(spec, AsBytes(PublicKeyOf(KeyOf(kind))));
    EXPECT_EQ(AsBytes(reply.shared_secret()).size(), (FactsOf(spec).bits + 7) / 8);
    EXPECT_EQ(reply.shared_secret(), ToString(peer.AgreeSecret(*ours)->view()));
    EXPECT_EQ(reply.key_origin(), "AWS_KMS");
    for (const Kind& other : AllKinds()) {
      if (other.spec == kind.spec || MaterialOf(KeyOf(other))->public_key.empty()) continue;
      request.set_public_key(PublicKeyOf(KeyOf(other)));
      EXPECT_EQ(Outcome("DeriveSharedSecret", request), "ValidationException: ") << other.spec;
    }
  }
}

TEST_F(Encryption, GuardsDataKeyPairsOfEverySpec) {
  const std::string arn = world_.MakeKey();
  for (const char* spec : {"RSA_2048", "RSA_3072", "ECC_NIST_P256", "ECC_NIST_P384",
                           "ECC_NIST_P521", "ECC_SECG_P256K1", "ECC_NIST_EDWARDS25519"}) {
    kms::GenerateDataKeyPairRequest request;
    request.set_key_id(arn);
    request.set_key_pair_spec(spec);
    (*request.mutable_encryption_context())["for"] = spec;
    const auto pair = world_.Must<kms::GenerateDataKeyPairResponse>("GenerateDataKeyPair", request);
    const auto key = crypto::PrivateKey::Parse(*domain::FromText<domain::KeySpec>(spec),
                                               AsBytes(pair.private_key_plaintext()));
    ASSERT_TRUE(key) << spec;
    EXPECT_EQ(ToString(key->PublicKeyInfo()), pair.public_key());
    EXPECT_EQ(pair.key_pair_spec(), spec);
    kms::DecryptRequest decrypt;
    decrypt.set_ciphertext_blob(pair.private_key_ciphertext_blob());
    EXPECT_EQ(Outcome("Decrypt", decrypt), kInvalid);
    *decrypt.mutable_encryption_context() = request.encryption_context();
    const auto opened = world_.Must<kms::DecryptResponse>("Decrypt", decrypt);
    EXPECT_EQ(opened.plaintext(), pair.private_key_plaintext());
    EXPECT_EQ(opened.key_material_id(), pair.key_material_id());
  }
}

TEST_F(Encryption, GuardsPrivateHalvesThatNobodySees) {
  kms::GenerateDataKeyPairWithoutPlaintextRequest request;
  request.set_key_id(world_.MakeKey());
  request.set_key_pair_spec("ECC_NIST_P384");
  const auto pair = world_.Must<kms::GenerateDataKeyPairWithoutPlaintextResponse>(
      "GenerateDataKeyPairWithoutPlaintext", request);
  kms::DecryptRequest decrypt;
  decrypt.set_ciphertext_blob(pair.private_key_ciphertext_blob());
  const auto key = crypto::PrivateKey::Parse(
      domain::KeySpec::kEccNistP384,
      AsBytes(world_.Must<kms::DecryptResponse>("Decrypt", decrypt).plaintext()));
  ASSERT_TRUE(key);
  EXPECT_EQ(ToString(key->PublicKeyInfo()), pair.public_key());
}

TEST_F(Encryption, GuardsNoDataKeyPairsInACustomKeyStore) {
  const std::string arn = world_.MakeKey();
  const auto id = *domain::KeyId::Parse(arn.substr(arn.rfind('/') + 1));
  domain::Key key = **world_.catalog.Find<domain::Key>(records::KeyRow(kRegion, id));
  key.origin = domain::KeyOrigin::kAwsCloudHsm;
  key.custom_key_store_id = "cks-0123456789abcdef0";
  world_.Put(key);
  kms::GenerateDataKeyPairRequest request;
  request.set_key_id(arn);
  request.set_key_pair_spec("ECC_NIST_P256");
  EXPECT_EQ(Outcome("GenerateDataKeyPair", request),
            "UnsupportedOperationException: " + arn +
                " origin is AWS_CLOUDHSM which is not valid for this operation.");
}

}  // namespace
}  // namespace kmaas::api
