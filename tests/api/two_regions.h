// A core in memory that serves two Regions, and multi-Region keys in them.
#pragma once

#include <stdexcept>
#include <string>

#include "core/pipelines.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "tests/api/environment.h"

namespace kmaas::api {

inline constexpr char kOtherRegion[] = "eu-west-1";

// Each Region is an environment's pipeline over the same store, engine and trail.
class TwoRegions {
 public:
  TwoRegions()
      : other_services_(Served()),
        other_authoriser_(world.catalog, world.identities, world.clock, kOtherRegion),
        other_(world.registry, other_services_, other_authoriser_) {}

  Result<core::WipedMessage> SendAs(Result<domain::Principal> caller, const std::string& region,
                                    const std::string& operation,
                                    const google::protobuf::Message& request) {
    DirectCall call(operation, request, std::move(caller),
                    Deadline::After(world.clock, std::chrono::seconds(5)));
    return (region == kRegion ? world.pipeline : other_).Serve(call);
  }
  Result<core::WipedMessage> Send(const std::string& region, const std::string& operation,
                                  const google::protobuf::Message& request) {
    return SendAs(Administrator(), region, operation, request);
  }
  template <class Response, class Request>
  Response Must(const std::string& region, const std::string& operation, const Request& request) {
    Result<core::WipedMessage> reply = Send(region, operation, request);
    if (!reply) {
      throw std::runtime_error(operation + ": " + reply.error().message + " " +
                               reply.error().detail);
    }
    return static_cast<const Response&>(**reply);
  }
  // A request that names nothing but the key.
  template <class Request>
  Result<core::WipedMessage> On(const std::string& region, const std::string& operation,
                                const std::string& id, Request request = {}) {
    request.set_key_id(id);
    return Send(region, operation, request);
  }

  // The id of a new primary key in kRegion.
  std::string MakePrimary(const std::string& origin = "AWS_KMS") {
    ::kmaas::kms::v1::CreateKeyRequest request;
    request.set_multi_region(true);
    request.set_origin(origin);
    return Must<::kmaas::kms::v1::CreateKeyResponse>(kRegion, "CreateKey", request)
        .key_metadata()
        .key_id();
  }
  Result<core::WipedMessage> Replicate(const std::string& id, const std::string& from = kRegion,
                                       const std::string& to = kOtherRegion) {
    ::kmaas::kms::v1::ReplicateKeyRequest request;
    request.set_key_id(id);
    request.set_replica_region(to);
    return Send(from, "ReplicateKey", request);
  }
  // The id of a primary key in kRegion with a replica in kOtherRegion.
  std::string MakePair() {
    std::string id = MakePrimary();
    const auto replicated = Replicate(id);
    if (!replicated) throw std::runtime_error(replicated.error().message);
    return id;
  }
  ::kmaas::kms::v1::KeyMetadata Describe(const std::string& region, const std::string& id) {
    ::kmaas::kms::v1::DescribeKeyRequest request;
    request.set_key_id(id);
    return Must<::kmaas::kms::v1::DescribeKeyResponse>(region, "DescribeKey", request)
        .key_metadata();
  }
  domain::Key KeyIn(const std::string& region, const std::string& id) {
    const auto key =
        *world.catalog.Find<domain::Key>(records::KeyRow(region, *domain::KeyId::Parse(id)));
    if (key == nullptr) throw std::runtime_error("no key in " + region);
    return *key;
  }
  // In a transaction of its own.
  Result<void> Change(const std::function<Result<void>(records::Changes&)>& change) {
    return world.catalog.Write(change, Deadline::Never());
  }

  core::Pipelines pipelines() { return {world.pipeline, {&other_}}; }

  Environment world;

 private:
  core::Services Served() {
    world.services.regions = {kRegion, kOtherRegion};
    core::Services other = world.services;
    other.region = kOtherRegion;
    return other;
  }

  const core::Services other_services_;
  core::PolicyAuthoriser other_authoriser_;
  core::Pipeline other_;
};

inline std::string ArnIn(const std::string& region, const std::string& id) {
  return "arn:aws:kms:" + region + ":" + kAccount + ":key/" + id;
}

}  // namespace kmaas::api
