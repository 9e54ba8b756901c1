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
      identities(catalog),
      authoriser(catalog, identities, clock, kRegion),
      pipeline(registry, services, authoriser) {
  Enrol(kAccount);
}

void Environment::Enrol(const std::string& account) {
  const domain::Principal principal = Administrator(account);
  records::User user;
  user.account = account;
  user.name = principal.user_name;
  user.path = "/";
  user.user_id = principal.user_id;
  user.policies.attached = {"arn:aws:iam::aws:policy/AdministratorAccess"};
  const Result<void> written = catalog.Write(
      [&](records::Changes& changes) -> Result<void> {
        KM_CHECK(changes.Put(records::Account{account, "tests", clock.Now(), ""}));
        KM_CHECK(changes.Put(user));
        return changes.Put(records::PolicyUse{user.policies.attached.front(), user.arn(), false});
      },
      Deadline::Never());
  if (!written) throw std::runtime_error(written.error().detail);
}

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

std::string Environment::MakeKey(const std::string& spec, const std::string& usage) {
  ::kmaas::kms::v1::CreateKeyRequest request;
  request.set_key_spec(spec);
  request.set_key_usage(usage);
  return Must<::kmaas::kms::v1::CreateKeyResponse>("CreateKey", request).key_metadata().arn();
}

}  // namespace kmaas::api
