// Goal: whatever fails, the keys of a multi-Region key agree on which they are.
// Method: the n-th call to the store fails while a key is replicated and its primary is moved, for
// every n until a run passes untouched.
#include <gtest/gtest.h>

#include "kmaas/kms/v1/kms.pb.h"
#include "tests/api/two_regions.h"
#include "tests/fakes/faulty_store.h"

namespace kmaas::api {
namespace {

namespace kms = ::kmaas::kms::v1;

// The same rows, read and written through a store that fails when told to.
class Faulty {
 public:
  explicit Faulty(TwoRegions& regions)
      : store(regions.world.store),
        catalog_(store),
        outbox_(catalog_, regions.world.audit),
        identities_(catalog_),
        authoriser_(catalog_, identities_, regions.world.clock, kRegion),
        services_{catalog_,
                  regions.world.engine,
                  regions.world.audit,
                  regions.world.random,
                  regions.world.clock,
                  outbox_,
                  regions.world.marker_key,
                  kRegion},
        pipeline_(regions.world.registry, services_, authoriser_) {
    services_.regions = {kRegion, kOtherRegion};
  }
  bool Send(const std::string& operation, const google::protobuf::Message& request) {
    DirectCall call(operation, request, Administrator(), Deadline::Never());
    return pipeline_.Serve(call).has_value();
  }

  fakes::FaultyStore store;

 private:
  records::Catalog catalog_;
  core::Outbox outbox_;
  core::StoredIdentitySides identities_;
  core::PolicyAuthoriser authoriser_;
  core::Services services_;
  core::Pipeline pipeline_;
};

bool Replicate(Faulty& faulty, const std::string& id) {
  kms::ReplicateKeyRequest request;
  request.set_key_id(id);
  request.set_replica_region(kOtherRegion);
  return faulty.Send("ReplicateKey", request);
}

bool Lead(Faulty& faulty, const std::string& id) {
  kms::UpdatePrimaryRegionRequest request;
  request.set_key_id(id);
  request.set_primary_region(kOtherRegion);
  return faulty.Send("UpdatePrimaryRegion", request);
}

// Every key that a configuration names is there, names the same ones, has its policy and its
// material; and there is no other.
void ExpectWhole(TwoRegions& regions, const std::string& id) {
  const domain::Key key = regions.KeyIn(kRegion, id);
  std::vector<std::string> named = key.multi_region->replica_regions;
  named.push_back(key.multi_region->primary_region);
  EXPECT_EQ(*regions.world.store.Count("keys"), named.size());
  EXPECT_EQ(*regions.world.store.Count("key_materials"), named.size());
  EXPECT_EQ(*regions.world.store.Count("key_policies"), named.size());
  EXPECT_EQ(*regions.world.store.Count("account_keys"), named.size());
  for (const std::string& region : named) {
    const domain::Key one = regions.KeyIn(region, id);
    EXPECT_EQ(one.multi_region->primary_region, key.multi_region->primary_region);
    EXPECT_EQ(one.multi_region->replica_regions, key.multi_region->replica_regions);
    kms::EncryptRequest encrypt;
    encrypt.set_key_id(id);
    encrypt.set_plaintext("x");
    EXPECT_TRUE(regions.Send(region, "Encrypt", encrypt));
  }
}

TEST(MultiRegionFaults, LeaveKeysThatAgreeWhicheverCallOfTheStoreFails) {
  std::uint64_t n = 1;
  for (bool done = false; !done; ++n) {
    ASSERT_LT(n, 300U);
    TwoRegions regions;
    const std::string id = regions.MakePrimary();
    Faulty faulty(regions);
    faulty.store.FailNth(n);
    const bool replicated = Replicate(faulty, id);
    const bool led = replicated && Lead(faulty, id);
    faulty.store.FailNth(0);
    ExpectWhole(regions, id);
    const domain::MultiRegion configuration = *regions.KeyIn(kRegion, id).multi_region;
    EXPECT_EQ(configuration.replica_regions.size(), replicated ? 1U : 0U) << n;
    EXPECT_EQ(configuration.primary_region, led ? kOtherRegion : kRegion) << n;
    done = led;
  }
  EXPECT_GT(n, 20U);
}

}  // namespace
}  // namespace kmaas::api
