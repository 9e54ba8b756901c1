#include "tests/api/condition_parameters.h"

#include "base/encoding.h"
#include "crypto/private_key.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "tests/fakes/import_wrapping.h"

namespace kmaas::api {
namespace {

namespace kms = ::kmaas::kms::v1;

template <class Request>
std::shared_ptr<const google::protobuf::Message> Shared(Request request) {
  return std::make_shared<const Request>(std::move(request));
}

// {"StringEquals":{"kms:MacAlgorithm":"HMAC_SHA_256"}}
std::string Condition(const std::string& test, const std::string& key, const std::string& value) {
  return "{\"" + test + "\":{\"" + key + "\":\"" + value + "\"}}";
}

class Requests {
 public:
  explicit Requests(Environment& world) : world_(world), key_(world.MakeKey()) {}

  void AddDataKeys();
  void AddSigning();
  void AddMac();
  void AddAgreement();
  void AddRotation();
  void AddImport();
  std::vector<ConditionParameter> all;

 private:
  void Add(const std::string& operation, const std::string& key,
           std::shared_ptr<const google::protobuf::Message> request, const std::string& value,
           const std::string& other) {
    all.push_back({key, operation, std::move(request), Condition("StringEquals", key, value),
                   Condition("StringEquals", key, other)});
  }

  Environment& world_;
  const std::string key_;
};

void Requests::AddDataKeys() {
  kms::GenerateDataKeyRequest one;
  one.set_key_id(key_);
  one.set_key_spec("AES_256");
  kms::GenerateDataKeyWithoutPlaintextRequest sealed;
  sealed.set_key_id(key_);
  sealed.set_key_spec("AES_256");
  kms::GenerateDataKeyPairRequest pair;
  pair.set_key_id(key_);
  pair.set_key_pair_spec("ECC_NIST_P256");
  kms::GenerateDataKeyPairWithoutPlaintextRequest sealed_pair;
  sealed_pair.set_key_id(key_);
  sealed_pair.set_key_pair_spec("ECC_NIST_P256");
  for (const auto& [operation, request] :
       {std::pair{"GenerateDataKey", Shared(one)},
        std::pair{"GenerateDataKeyWithoutPlaintext", Shared(sealed)},
        std::pair{"GenerateDataKeyPair", Shared(pair)},
        std::pair{"GenerateDataKeyPairWithoutPlaintext", Shared(sealed_pair)}})
    Add(operation, "kms:EncryptionAlgorithm", request, "SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_256");
  Add("GenerateDataKeyPair", "kms:DataKeyPairSpec", Shared(pair), "ECC_NIST_P256", "RSA_2048");
  Add("GenerateDataKeyPairWithoutPlaintext", "kms:DataKeyPairSpec", Shared(sealed_pair),
      "ECC_NIST_P256", "RSA_2048");
}

void Requests::AddSigning() {
  kms::SignRequest sign;
  sign.set_key_id(world_.MakeKey("RSA_2048", "SIGN_VERIFY"));
  sign.set_message("message");
  sign.set_signing_algorithm("RSASSA_PSS_SHA_256");
  Add("Sign", "kms:SigningAlgorithm", Shared(sign), "RSASSA_PSS_SHA_256", "RSASSA_PSS_SHA_384");
  Add("Sign", "kms:MessageType", Shared(sign), "RAW", "DIGEST");
  kms::VerifyRequest verify;
  verify.set_key_id(sign.key_id());
  verify.set_message(std::string(32, 'd'));
  verify.set_message_type("DIGEST");
  verify.set_signing_algorithm("RSASSA_PSS_SHA_256");
  sign.set_message(verify.message());
  sign.set_message_type("DIGEST");
  verify.set_signature(world_.Must<kms::SignResponse>("Sign", sign).signature());
  Add("Verify", "kms:SigningAlgorithm", Shared(verify), "RSASSA_PSS_SHA_256", "ECDSA_SHA_256");
  Add("Verify", "kms:MessageType", Shared(verify), "DIGEST", "RAW");
}

void Requests::AddMac() {
  kms::GenerateMacRequest generate;
  generate.set_key_id(world_.MakeKey("HMAC_256", "GENERATE_VERIFY_MAC"));
  generate.set_message("message");
  generate.set_mac_algorithm("HMAC_SHA_256");
  Add("GenerateMac", "kms:MacAlgorithm", Shared(generate), "HMAC_SHA_256", "HMAC_SHA_384");
  kms::VerifyMacRequest verify;
  verify.set_key_id(generate.key_id());
  verify.set_message("message");
  verify.set_mac_algorithm("HMAC_SHA_256");
  verify.set_mac(world_.Must<kms::GenerateMacResponse>("GenerateMac", generate).mac());
  Add("VerifyMac", "kms:MacAlgorithm", Shared(verify), "HMAC_SHA_256", "HMAC_SHA_384");
}

void Requests::AddAgreement() {
  const auto peer = crypto::PrivateKey::Generate(domain::KeySpec::kEccNistP256);
  kms::DeriveSharedSecretRequest derive;
  derive.set_key_id(world_.MakeKey("ECC_NIST_P256", "KEY_AGREEMENT"));
  derive.set_key_agreement_algorithm("ECDH");
  derive.set_public_key(ToString(peer.PublicKeyInfo()));
  Add("DeriveSharedSecret", "kms:KeyAgreementAlgorithm", Shared(derive), "ECDH", "ECMQV");
}

void Requests::AddRotation() {
  const std::string name = "kms:RotationPeriodInDays";
  kms::EnableKeyRotationRequest enable;
  enable.set_key_id(key_);
  enable.set_rotation_period_in_days(100);
  all.push_back({name, "EnableKeyRotation", Shared(enable),
                 Condition("NumericLessThanEquals", name, "100"),
                 Condition("NumericLessThan", name, "100")});
  enable.clear_rotation_period_in_days();
  all.push_back({name, "EnableKeyRotation", Shared(enable), Condition("NumericEquals", name, "365"),
                 Condition("NumericLessThan", name, "365")});
}

void Requests::AddImport() {
  kms::CreateKeyRequest create;
  create.set_origin("EXTERNAL");
  kms::GetParametersForImportRequest get;
  get.set_key_id(world_.Must<kms::CreateKeyResponse>("CreateKey", create).key_metadata().arn());
  get.set_wrapping_algorithm("RSAES_OAEP_SHA_256");
  get.set_wrapping_key_spec("RSA_2048");
  Add("GetParametersForImport", "kms:WrappingAlgorithm", Shared(get), "RSAES_OAEP_SHA_256",
      "RSAES_OAEP_SHA_1");
  Add("GetParametersForImport", "kms:WrappingKeySpec", Shared(get), "RSA_2048", "RSA_4096");
  const auto parameters =
      world_.Must<kms::GetParametersForImportResponse>("GetParametersForImport", get);
  kms::ImportKeyMaterialRequest import;
  import.set_key_id(get.key_id());
  import.set_import_token(parameters.import_token());
  import.set_encrypted_key_material(ToString(fakes::WrapForImport(
      ToBytes(AsBytes(parameters.public_key())), domain::WrappingKeySpec::kRsa2048,
      domain::WrappingAlgorithm::kRsaesOaepSha256, Bytes(32, 7))));
  import.set_expiration_model("KEY_MATERIAL_EXPIRES");
  const WallTime end = world_.clock.Now() + std::chrono::hours(20);
  import.set_valid_to(ToEpochSeconds(end));
  Add("ImportKeyMaterial", "kms:ExpirationModel", Shared(import), "KEY_MATERIAL_EXPIRES",
      "KEY_MATERIAL_DOES_NOT_EXPIRE");
  all.push_back({"kms:ValidTo", "ImportKeyMaterial", Shared(import),
                 Condition("DateLessThanEquals", "kms:ValidTo", FormatIso8601(end)),
                 Condition("DateGreaterThan", "kms:ValidTo", FormatIso8601(end))});
}

}  // namespace

std::vector<ConditionParameter> ConditionParameters(Environment& world) {
  Requests requests(world);
  requests.AddDataKeys();
  requests.AddSigning();
  requests.AddMac();
  requests.AddAgreement();
  requests.AddRotation();
  requests.AddImport();
  return std::move(requests.all);
}

}  // namespace kmaas::api
