// Goal: whichever call of the store fails, an import is whole or has not been, and nothing is left
// in the token that no row names. Method: the n-th call fails, for every n; a core that starts
// afresh looks at what is there.
#include "tests/api/import_fixture.h"
#include "tests/fakes/faulty_store.h"

namespace kmaas::api {
namespace {

const Bytes kSecret(32, 0x41);

// A core of its own over the store, token and trail of a world.
struct Core {
  explicit Core(Environment& world)
      : store(world.store),
        catalog(store),
        outbox(catalog, world.audit),
        services{catalog,     world.engine, world.audit,      world.random,
                 world.clock, outbox,       world.marker_key, kRegion},
        identities(catalog),
        authoriser(catalog, identities, world.clock, kRegion),
        pipeline(world.registry, services, authoriser) {
    services.default_custody = domain::Custody::kResident;
  }
  Result<core::WipedMessage> Send(const std::string& operation,
                                  const google::protobuf::Message& request) {
    DirectCall call(operation, request, Administrator(), Deadline::Never());
    return pipeline.Serve(call);
  }

  fakes::FaultyStore store;
  records::Catalog catalog;
  core::Outbox outbox;
  core::Services services;
  core::StoredIdentitySides identities;
  core::PolicyAuthoriser authoriser;
  core::Pipeline pipeline;
};

class ImportStoreFaults : public Importing {
 protected:
  std::string MakeResident() {
    Core core(world_);
    kms::CreateKeyRequest request;
    request.set_origin("EXTERNAL");
    const auto made = core.Send("CreateKey", request);
    return static_cast<const kms::CreateKeyResponse&>(**made).key_metadata().arn();
  }
  // Whether each call of the store could be failed: false once one run has passed untouched.
  template <class Request>
  static bool SendWithFault(Core& core, std::uint64_t n, const std::string& operation,
                            const Request& request, bool& succeeded) {
    core.store.FailNth(n);
    succeeded = core.Send(operation, request).has_value();
    const bool failed = core.store.calls() >= n;
    core.store.FailNth(0);
    return failed;
  }
};

TEST_F(ImportStoreFaults, LeaveNoImportKeyWithoutARow) {
  bool more = true;
  for (std::uint64_t n = 1; more; ++n) {
    const std::string arn = MakeResident();
    Core core(world_);
    bool succeeded = false;
    const std::uint64_t calls = world_.engine.calls();
    more = SendWithFault(core, n, "GetParametersForImport", Asking(arn, "RSAES_OAEP_SHA_256"),
                         succeeded);
    EXPECT_EQ(succeeded, !more);
    // One call makes it, a second destroys it.
    EXPECT_EQ(world_.engine.calls() - calls == 1, succeeded);
    Core fresh(world_);
    const auto rows = fresh.catalog.List<domain::ImportKey>(
        records::KeyImportKeysPrefix(kRegion, IdIn(arn)), "", 10);
    EXPECT_EQ(rows->rows.size(), succeeded ? 1U : 0U);
  }
}

TEST_F(ImportStoreFaults, LeaveAnImportWholeOrUndone) {
  bool more = true;
  for (std::uint64_t n = 1; more; ++n) {
    const std::string arn = MakeResident();
    const auto request = Importable(arn, kSecret);
    Core core(world_);
    bool succeeded = false;
    more = SendWithFault(core, n, "ImportKeyMaterial", request, succeeded);
    EXPECT_EQ(succeeded, !more);
    Core fresh(world_);
    kms::EncryptRequest encrypt;
    encrypt.set_key_id(arn);
    encrypt.set_plaintext("x");
    EXPECT_EQ(fresh.Send("Encrypt", encrypt).has_value(), succeeded);
    EXPECT_TRUE(fresh.Send("ImportKeyMaterial", request));
    EXPECT_TRUE(fresh.Send("Encrypt", encrypt));
  }
}

TEST_F(ImportStoreFaults, LeaveADeletionThatCanBeDoneAgain) {
  bool more = true;
  for (std::uint64_t n = 1; more; ++n) {
    const std::string arn = MakeResident();
    const auto request = Importable(arn, kSecret);
    Core core(world_);
    ASSERT_TRUE(core.Send("ImportKeyMaterial", request));
    kms::DeleteImportedKeyMaterialRequest deletion;
    deletion.set_key_id(arn);
    bool succeeded = false;
    more = SendWithFault(core, n, "DeleteImportedKeyMaterial", deletion, succeeded);
    EXPECT_EQ(succeeded, !more);
    Core fresh(world_);
    EXPECT_TRUE(fresh.Send("DeleteImportedKeyMaterial", deletion));
    EXPECT_TRUE(fresh.Send("ImportKeyMaterial", request));
  }
}

TEST_F(ImportStoreFaults, LeaveNoKeyThatLooksUsableWithoutItsMaterial) {
  bool more = true;
  std::uint64_t ended_half_way = 0;
  for (std::uint64_t n = 1; more; ++n) {
    const std::string arn = MakeResident();
    Core core(world_);
    const auto imported = core.Send("ImportKeyMaterial", Importable(arn, kSecret));
    ASSERT_TRUE(imported);
    kms::DeleteImportedKeyMaterialRequest deletion;
    deletion.set_key_id(arn);
    bool succeeded = false;
    more = SendWithFault(core, n, "DeleteImportedKeyMaterial", deletion, succeeded);
    const std::string refusal = Refusal(Encrypt(arn));
    if (refusal.empty()) continue;  // it was not begun
    EXPECT_EQ(refusal, "KMSInvalidStateException: " + arn + " is pending import.") << n;
    // What is left to do is due: the scheduler does it.
    std::vector<records::DueWork> due;
    for (const records::DueWork& work : Rows<records::DueWork>())
      if (work.work == records::Work::kExpireMaterial && work.key_id == IdIn(arn))
        due.push_back(work);
    EXPECT_EQ(due.size(), succeeded ? 0U : 1U) << n;
    if (due.empty()) continue;
    ++ended_half_way;
    EXPECT_LE(due[0].due, world_.clock.Now());
    EXPECT_EQ(EndMaterial(arn, due[0].subject), "");
    EXPECT_EQ(Describe(arn).key_state(), "PendingImport");
    EXPECT_FALSE(Describe(arn).has_valid_to());
  }
  EXPECT_GT(ended_half_way, 0U);
}

}  // namespace
}  // namespace kmaas::api
