#include "tests/api/environment.h"

#include "kmaas/kms/v1/kms.pb.h"

namespace kmaas::api {
namespace {

core::Registry RequireRegistry() {
  Result<core::Registry> registry = operations::MakeRegistry();
  if (!registry) throw std::runtime_error(registry.error().detail);
  return *std::move(registry);
}

}  // namespace

Environment::Environment()
    : catalog(store),
      outbox(catalog, audit),
      marker_key(AsBytes("a key for listing markers")),
      services{catalog, engine, audit, random, clock, outbox, marker_key, kRegion},
      registry(RequireRegistry()),
      pipeline(registry, services, authoriser) {}

Result<core::WipedMessage> Environment::SendAs(Result<domain::Principal> caller,
                                               const std::string& operation,
                                               const google::protobuf::Message& request) {
  DirectCall call(operation, request, std::move(caller),
                  Deadline::After(clock, std::chrono::seconds(5)));
  return pipeline.Serve(call);
}

std::string Environment::MakeKey() {
  return Must<::kmaas::kms::v1::CreateKeyResponse>("CreateKey",
                                                   ::kmaas::kms::v1::CreateKeyRequest())
      .key_metadata()
      .arn();
}

}  // namespace kmaas::api
