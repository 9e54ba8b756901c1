// Customers who import their own material, and the service that ends it: a core with a pipeline for
// what is due, and one for each further Region.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "core/errors.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "kmaas/lifecycle/v1/lifecycle.pb.h"
#include "policy/default_key_policy.h"
#include "tests/api/environment.h"
#include "tests/fakes/import_wrapping.h"

namespace kmaas::api {

namespace kms = ::kmaas::kms::v1;
namespace lifecycle = ::kmaas::lifecycle::v1;

// A call of the scheduler.
class DueCall final : public core::Ingress {
 public:
  DueCall(std::string operation, const google::protobuf::Message& message)
      : operation_(std::move(operation)), message_(message) {
    envelope_.deadline = Deadline::Never();
    envelope_.claimed_operation = operation_;
  }
  const core::CallEnvelope& envelope() const override { return envelope_; }
  const core::Operation* FindOperation(const core::Registry& registry) override {
    return registry.FindByGrpcPath("/kmaas.lifecycle.v1.KeyLifecycle/" + operation_);
  }
  Result<domain::Principal> Authenticate() override { return Administrator(); }
  Result<void> Decode(const core::Operation& /*operation*/,
                      google::protobuf::Message& request) override {
    request.CopyFrom(message_);
    return {};
  }

 private:
  std::string operation_;
  const google::protobuf::Message& message_;
  core::CallEnvelope envelope_;
};

// The same store, token and clock, as another Region has them.
class OtherRegion {
 public:
  OtherRegion(Environment& world, std::string region)
      : world_(world),
        services_(world.services),
        authoriser_(world.catalog, world.identities, world.clock, region),
        pipeline_(world.registry, services_, authoriser_) {
    services_.region = std::move(region);
  }
  Result<core::WipedMessage> Send(const std::string& operation,
                                  const google::protobuf::Message& request) {
    DirectCall call(operation, request, Administrator(),
                    Deadline::After(world_.clock, std::chrono::seconds(5)));
    return pipeline_.Serve(call);
  }

 private:
  Environment& world_;
  core::Services services_;
  core::PolicyAuthoriser authoriser_;
  core::Pipeline pipeline_;
};

// "" for success, else "Name: message".
template <class Value>
std::string Refusal(const Result<Value>& result) {
  if (result) return "";
  return std::string(core::RowOf(result.error().code).aws_name) + ": " + result.error().message;
}

inline domain::KeyId IdIn(const std::string& arn) {
  return *domain::KeyId::Parse(arn.substr(arn.rfind('/') + 1));
}

class Importing : public testing::Test {
 protected:
  Importing()
      : due_registry_(*operations::MakeLifecycleRegistry()),
        due_pipeline_(due_registry_, world_.services, world_.authoriser) {}

  struct Parameters {
    Bytes public_key;
    std::string token;
    domain::WrappingKeySpec spec;
    domain::WrappingAlgorithm algorithm;
  };

  std::string MakeExternal(const std::string& spec = "SYMMETRIC_DEFAULT",
                           const std::string& usage = "ENCRYPT_DECRYPT",
                           bool multi_region = false) {
    kms::CreateKeyRequest request;
    request.set_origin("EXTERNAL");
    request.set_key_spec(spec);
    request.set_key_usage(usage);
    request.set_multi_region(multi_region);
    return world_.Must<kms::CreateKeyResponse>("CreateKey", request).key_metadata().arn();
  }
  static kms::GetParametersForImportRequest Asking(const std::string& arn,
                                                   const std::string& algorithm,
                                                   const std::string& spec = "RSA_2048") {
    kms::GetParametersForImportRequest request;
    request.set_key_id(arn);
    request.set_wrapping_algorithm(algorithm);
    request.set_wrapping_key_spec(spec);
    return request;
  }
  static Parameters ParametersIn(const kms::GetParametersForImportResponse& reply,
                                 const kms::GetParametersForImportRequest& request) {
    return {ToBytes(AsBytes(reply.public_key())), reply.import_token(),
            *domain::FromText<domain::WrappingKeySpec>(request.wrapping_key_spec()),
            *domain::FromText<domain::WrappingAlgorithm>(request.wrapping_algorithm())};
  }
  Parameters ParametersFor(const std::string& arn,
                           const std::string& algorithm = "RSAES_OAEP_SHA_256") {
    const auto request = Asking(arn, algorithm);
    return ParametersIn(
        world_.Must<kms::GetParametersForImportResponse>("GetParametersForImport", request),
        request);
  }
  // Without an end.
  static kms::ImportKeyMaterialRequest Importable(const std::string& arn,
                                                  const Parameters& parameters, ByteView material) {
    kms::ImportKeyMaterialRequest request;
    request.set_key_id(arn);
    request.set_import_token(parameters.token);
    request.set_encrypted_key_material(ToString(fakes::WrapForImport(
        parameters.public_key, parameters.spec, parameters.algorithm, material)));
    request.set_expiration_model("KEY_MATERIAL_DOES_NOT_EXPIRE");
    return request;
  }
  kms::ImportKeyMaterialRequest Importable(const std::string& arn, ByteView material) {
    return Importable(arn, ParametersFor(arn), material);
  }
  void Expire(kms::ImportKeyMaterialRequest& request, std::chrono::seconds after) {
    request.set_expiration_model("KEY_MATERIAL_EXPIRES");
    request.set_valid_to(ToEpochSeconds(world_.clock.Now() + after));
  }
  std::string Import(const kms::ImportKeyMaterialRequest& request) {
    return world_.Must<kms::ImportKeyMaterialResponse>("ImportKeyMaterial", request)
        .key_material_id();
  }
  std::string Import(const std::string& arn, ByteView material) {
    return Import(Importable(arn, material));
  }
  // Into a key that has material already.
  std::string ImportNew(const std::string& arn, ByteView material) {
    auto request = Importable(arn, material);
    request.set_import_type("NEW_KEY_MATERIAL");
    return Import(request);
  }
  std::string RefusalOf(const kms::ImportKeyMaterialRequest& request) {
    return Refusal(world_.Send("ImportKeyMaterial", request));
  }
  std::string DeleteMaterial(const std::string& arn, const std::string& id = "") {
    kms::DeleteImportedKeyMaterialRequest request;
    request.set_key_id(arn);
    if (!id.empty()) request.set_key_material_id(id);
    return Refusal(world_.Send("DeleteImportedKeyMaterial", request));
  }
  std::string EndMaterial(const std::string& arn, const std::string& id) {
    lifecycle::DeleteExpiredKeyMaterialRequest request;
    request.set_key_id(arn);
    request.set_key_material_id(id);
    DueCall call("DeleteExpiredKeyMaterial", request);
    return Refusal(due_pipeline_.Serve(call));
  }
  std::string EndImportKey(const std::string& arn, const std::string& id) {
    lifecycle::DeleteImportKeyRequest request;
    request.set_key_id(arn);
    request.set_import_key_id(id);
    DueCall call("DeleteImportKey", request);
    return Refusal(due_pipeline_.Serve(call));
  }

  Result<core::WipedMessage> Encrypt(const std::string& arn) {
    kms::EncryptRequest request;
    request.set_key_id(arn);
    request.set_plaintext("a secret");
    return world_.Send("Encrypt", request);
  }
  kms::KeyMetadata Describe(const std::string& arn) {
    kms::DescribeKeyRequest request;
    request.set_key_id(arn);
    return world_.Must<kms::DescribeKeyResponse>("DescribeKey", request).key_metadata();
  }
  std::shared_ptr<const domain::KeyMaterial> RowOf(const std::string& arn, const std::string& id,
                                                   const std::string& region = kRegion) {
    return *world_.catalog.Find<domain::KeyMaterial>(
        records::MaterialRow(region, IdIn(arn), *domain::MaterialId::Parse(id)));
  }
  template <class T>
  std::vector<T> Rows() {
    std::vector<T> rows;
    const auto page = world_.catalog.List<T>("", "", 1000);
    for (const ports::Row& row : page->rows) rows.push_back(*records::Table<T>::Decode(row.value));
    return rows;
  }
  template <class T>
  std::vector<T> Rows(const domain::KeyId& key) {
    std::vector<T> rows = Rows<T>();
    std::erase_if(rows, [&](const T& row) { return row.key_id != key; });
    return rows;
  }
  // A key of the same id in another Region, as far as imports care.
  void Replicate(const std::string& arn, const std::string& region) {
    domain::Key primary = **world_.catalog.Find<domain::Key>(records::KeyRow(kRegion, IdIn(arn)));
    primary.multi_region->replica_regions.push_back(region);
    world_.Put(primary);
    domain::Key replica = primary;
    replica.region = region;
    replica.state = domain::KeyState::kPendingImport;
    replica.current_material.reset();
    replica.expiration_model.reset();
    replica.valid_to.reset();
    world_.Put(replica);
    world_.Put(records::KeyPolicy{region, replica.id, policy::DefaultKeyPolicy(kAccount)});
  }

  Environment world_;
  core::Registry due_registry_;
  core::Pipeline due_pipeline_;
};

}  // namespace kmaas::api
