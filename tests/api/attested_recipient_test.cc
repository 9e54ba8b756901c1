// Goal: what is asked for an attested recipient reaches it alone, and only if the policies say so.
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "core/recipient.h"
#include "crypto/private_key.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "tests/api/environment.h"
#include "tests/fakes/attestation_issuer.h"
#include "tests/fakes/fixed_attestation.h"

namespace kmaas::api {
namespace {

namespace kms = ::kmaas::kms::v1;

constexpr char kModule[] = "i-0-enc0";

class AttestedRecipient : public testing::Test {
 protected:
  AttestedRecipient() : key_(world_.MakeKey()) {
    verifier_.proved = ports::Attestation{
        Recipient().public_key(), {{0, Bytes(48, 0xa0)}, {8, Bytes(48, 0xa8)}}, false, kModule};
    world_.services.attestations = &verifier_;
  }
  static const fakes::AttestedRecipient& Recipient() {
    static const fakes::AttestedRecipient recipient;
    return recipient;
  }
  static std::string Opened(const std::string& sealed) {
    const auto content = Recipient().Open(AsBytes(sealed));
    return content ? ToString(*content) : "not for this recipient";
  }
  template <class Request>
  static Request& Named(Request& request) {
    request.mutable_recipient()->set_attestation_document("a document");
    request.mutable_recipient()->set_key_encryption_algorithm("RSAES_OAEP_SHA_256");
    return request;
  }
  kms::DecryptRequest DecryptOf(const std::string& plaintext) {
    kms::EncryptRequest encrypt;
    encrypt.set_key_id(key_);
    encrypt.set_plaintext(plaintext);
    kms::DecryptRequest request;
    request.set_ciphertext_blob(
        world_.Must<kms::EncryptResponse>("Encrypt", encrypt).ciphertext_blob());
    return request;
  }
  // "" when it is answered.
  std::string Refusal(const std::string& operation, const google::protobuf::Message& request) {
    const auto reply = world_.Send(operation, request);
    return reply ? "" : reply.error().message;
  }
  void AllowDecryptIf(const std::string& condition) {
    kms::PutKeyPolicyRequest put;
    put.set_key_id(key_);
    put.set_policy(R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":)"
                   R"("arn:aws:iam::111122223333:root"},"Action":["kms:PutKeyPolicy",)"
                   R"("kms:Encrypt"],"Resource":"*"},{"Effect":"Allow","Principal":{"AWS":)"
                   R"("arn:aws:iam::111122223333:user/administrator"},"Action":"kms:Decrypt",)"
                   R"("Resource":"*","Condition":)" +
                   condition + "}]}");
    (void)world_.Must<kms::PutKeyPolicyResponse>("PutKeyPolicy", put);
  }

  Environment world_;
  fakes::FixedAttestation verifier_;
  const std::string key_;
};

TEST_F(AttestedRecipient, GetsWhatIsDecryptedAndTheCallerDoesNot) {
  kms::DecryptRequest request = DecryptOf("hello");
  const auto reply = world_.Must<kms::DecryptResponse>("Decrypt", Named(request));
  EXPECT_FALSE(reply.has_plaintext());
  EXPECT_FALSE(reply.has_key_material_id());
  EXPECT_EQ(reply.key_id(), key_);
  EXPECT_EQ(Opened(reply.ciphertext_for_recipient()), "hello");
}

TEST_F(AttestedRecipient, GetsTheDataKeyOfTheBlob) {
  kms::GenerateDataKeyRequest request;
  request.set_key_id(key_);
  request.set_key_spec("AES_256");
  const auto made = world_.Must<kms::GenerateDataKeyResponse>("GenerateDataKey", Named(request));
  EXPECT_FALSE(made.has_plaintext());
  EXPECT_FALSE(made.has_key_material_id());
  kms::DecryptRequest decrypt;
  decrypt.set_ciphertext_blob(made.ciphertext_blob());
  EXPECT_EQ(Opened(made.ciphertext_for_recipient()),
            world_.Must<kms::DecryptResponse>("Decrypt", decrypt).plaintext());
}

TEST_F(AttestedRecipient, GetsRandomBytes) {
  kms::GenerateRandomRequest request;
  request.set_number_of_bytes(20);
  const auto made = world_.Must<kms::GenerateRandomResponse>("GenerateRandom", Named(request));
  EXPECT_FALSE(made.has_plaintext());
  EXPECT_EQ(Opened(made.ciphertext_for_recipient()).size(), 20U);
}

// As at AWS, which says which material it was of a pair but not of a data key.
TEST_F(AttestedRecipient, GetsThePrivateHalfOfAPair) {
  kms::GenerateDataKeyPairRequest request;
  request.set_key_id(key_);
  request.set_key_pair_spec("ECC_NIST_P256");
  const auto made =
      world_.Must<kms::GenerateDataKeyPairResponse>("GenerateDataKeyPair", Named(request));
  EXPECT_FALSE(made.has_private_key_plaintext());
  kms::DecryptRequest decrypt;
  decrypt.set_ciphertext_blob(made.private_key_ciphertext_blob());
  const auto opened = world_.Must<kms::DecryptResponse>("Decrypt", decrypt);
  EXPECT_EQ(Opened(made.ciphertext_for_recipient()), opened.plaintext());
  EXPECT_EQ(made.key_material_id(), opened.key_material_id());
  const auto key =
      crypto::PrivateKey::Parse(domain::KeySpec::kEccNistP256, AsBytes(opened.plaintext()));
  ASSERT_TRUE(key);
  EXPECT_EQ(ToString(key->PublicKeyInfo()), made.public_key());
}

TEST_F(AttestedRecipient, GetsASharedSecret) {
  const auto peer = crypto::PrivateKey::Generate(domain::KeySpec::kEccNistP256);
  kms::DeriveSharedSecretRequest request;
  request.set_key_id(world_.MakeKey("ECC_NIST_P256", "KEY_AGREEMENT"));
  request.set_key_agreement_algorithm("ECDH");
  request.set_public_key(ToString(peer.PublicKeyInfo()));
  const auto plain = world_.Must<kms::DeriveSharedSecretResponse>("DeriveSharedSecret", request);
  const auto made =
      world_.Must<kms::DeriveSharedSecretResponse>("DeriveSharedSecret", Named(request));
  EXPECT_FALSE(made.has_shared_secret());
  EXPECT_EQ(made.key_id(), request.key_id());
  EXPECT_EQ(Opened(made.ciphertext_for_recipient()), plain.shared_secret());
}

TEST_F(AttestedRecipient, IsNotBelievedWhenItsDocumentDoesNotVerify) {
  kms::DecryptRequest request = DecryptOf("hello");
  const std::uint64_t calls = world_.engine.calls();
  verifier_.proved.reset();
  EXPECT_EQ(Refusal("Decrypt", Named(request)), "The attestation document is malformed.");
  EXPECT_EQ(world_.engine.calls(), calls);
}

TEST_F(AttestedRecipient, NeedsBothMembers) {
  kms::DecryptRequest request = DecryptOf("hello");
  Named(request).mutable_recipient()->clear_attestation_document();
  EXPECT_EQ(Refusal("Decrypt", request), "Recipient needs AttestationDocument.");
  Named(request).mutable_recipient()->clear_key_encryption_algorithm();
  EXPECT_EQ(Refusal("Decrypt", request), "Recipient needs KeyEncryptionAlgorithm.");
  request.mutable_recipient()->Clear();
  EXPECT_EQ(Refusal("Decrypt", request), "Recipient needs AttestationDocument.");
}

TEST_F(AttestedRecipient, IsRefusedWhereNoAuthorityIsTrusted) {
  kms::DecryptRequest request = DecryptOf("hello");
  world_.services.attestations = nullptr;
  const auto reply = world_.Send("Decrypt", Named(request));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::kUnsupportedOperation);
}

TEST_F(AttestedRecipient, IsNamedInTheAuditRecord) {
  kms::DecryptRequest request = DecryptOf("hello");
  (void)world_.Must<kms::DecryptResponse>("Decrypt", Named(request));
  const auto record = world_.audit.records().back();
  ASSERT_TRUE(record.recipient);
  EXPECT_EQ(record.recipient->module_id, kModule);
  EXPECT_EQ(record.recipient->image_digest, HexEncode(Bytes(48, 0xa0)));
  EXPECT_EQ(record.request_parameters_json.find("document"), std::string::npos);
}

TEST_F(AttestedRecipient, IsWhatAPolicyMayAskFor) {
  const std::string digits = HexEncode(Bytes(48, 0xa0));
  for (const char* key : {"ImageSha384", "PCR0"}) {
    AllowDecryptIf(R"({"StringEqualsIgnoreCase":{"kms:RecipientAttestation:)" + std::string(key) +
                   R"(":")" + digits + R"("}})");
    kms::DecryptRequest request = DecryptOf("hello");
    EXPECT_NE(Refusal("Decrypt", request), "") << key;
    EXPECT_EQ(Refusal("Decrypt", Named(request)), "") << key;
    verifier_.proved->pcrs[0][47] ^= 1U;
    EXPECT_NE(Refusal("Decrypt", Named(request)), "") << key;
    verifier_.proved->pcrs[0][47] ^= 1U;
    verifier_.proved->nitro_tpm = true;
    EXPECT_NE(Refusal("Decrypt", Named(request)), "") << key;
    verifier_.proved->nitro_tpm = false;
  }
}

TEST_F(AttestedRecipient, MayBeANitroTpm) {
  AllowDecryptIf(R"({"StringEquals":{"kms:RecipientAttestation:NitroTPMPCR8":")" +
                 HexEncode(Bytes(48, 0xa8)) + R"("}})");
  kms::DecryptRequest request = DecryptOf("hello");
  EXPECT_NE(Refusal("Decrypt", Named(request)), "");
  verifier_.proved->nitro_tpm = true;
  EXPECT_EQ(Refusal("Decrypt", Named(request)), "");
  EXPECT_EQ(world_.audit.records().back().recipient->image_digest, "");
}

// A call of an operation as this test made it.
class MadeCall final : public core::Ingress {
 public:
  MadeCall(const core::Operation& operation, const google::protobuf::Message& request)
      : operation_(operation), request_(request) {
    envelope_.deadline = Deadline::Never();
  }
  const core::CallEnvelope& envelope() const override { return envelope_; }
  const core::Operation* FindOperation(const core::Registry& /*registry*/) override {
    return &operation_;
  }
  Result<domain::Principal> Authenticate() override { return Administrator(); }
  Result<void> Decode(const core::Operation& /*operation*/,
                      google::protobuf::Message& request) override {
    request.CopyFrom(request_);
    return {};
  }

 private:
  const core::Operation& operation_;
  const google::protobuf::Message& request_;
  core::CallEnvelope envelope_;
};

TEST_F(AttestedRecipient, IsNeverPassedOverByAFunctionThatForgetsIt) {
  core::Operation forgetful = *FindOperationNamed(world_.registry, "GenerateRandom");
  forgetful.handler =
      [](const google::protobuf::Message& /*request*/,
         core::Call& /*call*/) -> Result<std::unique_ptr<google::protobuf::Message>> {
    auto reply = std::make_unique<kms::GenerateRandomResponse>();
    reply->set_plaintext("for everybody");
    return std::unique_ptr<google::protobuf::Message>(std::move(reply));
  };
  kms::GenerateRandomRequest request;
  MadeCall without(forgetful, request);
  EXPECT_TRUE(world_.pipeline.Serve(without));
  Named(request);
  MadeCall with(forgetful, request);
  const auto reply = world_.pipeline.Serve(with);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::kKmsInternal);
}

}  // namespace
}  // namespace kmaas::api
