// Goal: a call that succeeds across accounts is told to both, before it is answered; a refused one
// to its caller alone.
#include "core/accounts_told.h"

#include "tests/unit/core/core_world.h"

namespace kmaas::core {
namespace {

using testing::HasSubstr;

Result<std::unique_ptr<google::protobuf::Message>> Disable(
    const google::protobuf::Message& /*request*/, Call& call) {
  KM_CHECK(static_cast<KeyCall&>(call).WriteKey(
      [](domain::Key& key, records::Changes& /*changes*/) -> Result<void> {
        key.state = domain::KeyState::kDisabled;
        return {};
      }));
  return std::unique_ptr<google::protobuf::Message>(std::make_unique<kms::DisableKeyResponse>());
}

// kAccount has a key, and a user of kOtherAccount calls.
struct TwoAccounts {
  TwoAccounts() : arn(world.MakeKey()) {
    world.authoriser.decide = [](const AccessQuestion& /*question*/) -> Result<Verdict> {
      return Verdict{"allowed", nullptr};
    };
  }

  std::string Encrypt() {
    kms::EncryptRequest request;
    request.set_key_id(arn);
    request.set_plaintext("a secret");
    return Outcome(world.Send("Encrypt", request, UserOf(kOtherAccount)));
  }
  std::string Change() {
    world.execute = Disable;
    kms::DisableKeyRequest request;
    request.set_key_id(arn);
    return Outcome(world.Send("DisableKey", request, UserOf(kOtherAccount)));
  }
  bool is_changed() {
    const auto id = domain::KeyId::Parse(arn.substr(arn.rfind('/') + 1));
    return (*world.catalog.Find<domain::Key>(records::KeyRow(kRegion, *id)))->state ==
           domain::KeyState::kDisabled;
  }

  World world;
  std::string arn;
};

// In either order: after a crash they come by their ids.
void ExpectBothTold(const std::vector<ports::AuditRecord>& records) {
  ASSERT_EQ(records.size(), 2U);
  const bool callers_first = records[0].recipient_account.empty();
  const ports::AuditRecord& callers = records[callers_first ? 0 : 1];
  const ports::AuditRecord& owners = records[callers_first ? 1 : 0];
  EXPECT_EQ(callers.recipient_account, "");
  EXPECT_EQ(owners.recipient_account, kAccount);
  EXPECT_NE(callers.event_id, owners.event_id);
  EXPECT_EQ(callers.request_id, owners.request_id);
  EXPECT_EQ(callers.shared_event_id, owners.shared_event_id);
  EXPECT_FALSE(callers.shared_event_id.empty());
  EXPECT_EQ(callers.error_code, "");
}

TEST(AccountsTold, AreBothOfACallAcrossAccounts) {
  TwoAccounts of;
  EXPECT_EQ(of.Encrypt(), "answered");
  ExpectBothTold(of.world.audit.records());
}

TEST(AccountsTold, AreBothOfAChangeAcrossAccounts) {
  TwoAccounts of;
  EXPECT_EQ(of.Change(), "answered");
  ExpectBothTold(of.world.audit.records());
}

TEST(AccountsTold, AreTheCallersAloneInItsOwnAccount) {
  World world;
  kms::DescribeKeyRequest request;
  request.set_key_id(world.MakeKey());
  EXPECT_EQ(Outcome(world.Send("DescribeKey", request)), "answered");
  ASSERT_EQ(world.audit.records().size(), 1U);
  EXPECT_EQ(world.audit.records()[0].shared_event_id, "");
}

TEST(AccountsTold, AreTheCallersAloneOfARefusal) {
  TwoAccounts of;
  of.world.authoriser.decide = [](const AccessQuestion& /*question*/) -> Result<Verdict> {
    return Error{ErrorCode::kAccessDenied, "no"};
  };
  EXPECT_THAT(of.Encrypt(), HasSubstr("AccessDeniedException"));
  ASSERT_EQ(of.world.audit.records().size(), 1U);
  EXPECT_EQ(of.world.audit.records()[0].shared_event_id, "");
  EXPECT_EQ(of.world.audit.records()[0].recipient_account, "");
}

// Neither is answered before both can be read.
TEST(AccountsTold, AreAnsweredOnlyWhenBothHaveTheirRecord) {
  for (std::uint64_t n = 1; n <= 3; ++n) {
    TwoAccounts of;
    of.world.audit.FailNth(n);
    if (n == 3) {
      EXPECT_EQ(of.Encrypt(), "answered");
    } else {
      EXPECT_THAT(of.Encrypt(), HasSubstr("KMSInternalException")) << n;
    }
  }
}

// The change stands, so both records are kept and come later.
TEST(AccountsTold, GetTheRecordsOfAChangeWhicheverDeliveryFails) {
  for (std::uint64_t n = 1; n <= 3; ++n) {
    TwoAccounts of;
    of.world.audit.FailNth(n);
    const std::string outcome = of.Change();
    EXPECT_EQ(outcome == "answered", n == 3) << outcome;
    EXPECT_TRUE(of.is_changed());
    EXPECT_TRUE(of.world.outbox.Retry());
    EXPECT_EQ(of.world.audit.records().size(), 2U) << n;
  }
}

// A crash behind the commit: the next start finds both.
TEST(AccountsTold, GetTheRecordsOfAChangeAfterACrash) {
  TwoAccounts of;
  of.world.audit.FailAll(true);
  EXPECT_THAT(of.Change(), HasSubstr("KMSInternalException"));
  of.world.audit.FailAll(false);
  Outbox restarted(of.world.catalog, of.world.audit);
  EXPECT_EQ(*restarted.Recover(Deadline::Never()), 2U);
  ExpectBothTold(of.world.audit.records());
}

// What does not happen is no success in anybody's trail.
TEST(AccountsTold, AreNotToldOfAChangeThatFails) {
  TwoAccounts of;
  EXPECT_EQ(of.Encrypt(), "answered");  // fills the caches
  of.world.store.FailAll(true);
  EXPECT_THAT(of.Change(), HasSubstr("DependencyTimeoutException"));
  of.world.store.FailAll(false);
  EXPECT_FALSE(of.is_changed());
  const auto records = of.world.audit.records();
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[2].error_code, "DependencyTimeoutException");
  EXPECT_EQ(records[2].shared_event_id, "");
}

TEST(AccountsTold, AreEachOwnerOnce) {
  fakes::SeededRandom random;
  ports::AuditRecord record;
  record.event_id = "e";
  record.principal = UserOf("111111111111");
  record.resources = {
      {"222222222222", "a"}, {"333333333333", "b"}, {"222222222222", "c"}, {"111111111111", "d"}};
  const auto others = OthersTold(record, random);
  ASSERT_EQ(others.size(), 2U);
  EXPECT_EQ(others[0].recipient_account, "222222222222");
  EXPECT_EQ(others[1].recipient_account, "333333333333");
  EXPECT_EQ(EventIdFor("333333333333", record, others), others[1].event_id);
  EXPECT_EQ(EventIdFor("111111111111", record, others), "e");
}

// Whom an identity provider vouches for has no account of its own.
TEST(AccountsTold, IsTheOwnerAloneWhenTheCallerHasNoAccount) {
  fakes::SeededRandom random;
  ports::AuditRecord record;
  record.principal = UserOf("");
  record.resources = {{"222222222222", "a"}};
  EXPECT_TRUE(OthersTold(record, random).empty());
  EXPECT_EQ(record.recipient_account, "222222222222");
  EXPECT_EQ(record.shared_event_id, "");
}

TEST(AccountsTold, IsOneOfWhatTheServiceDidItself) {
  fakes::SeededRandom random;
  ports::AuditRecord record;
  record.principal = UserOf("");
  record.service_event = true;
  record.resources = {{"222222222222", "a"}};
  EXPECT_TRUE(OthersTold(record, random).empty());
}

}  // namespace
}  // namespace kmaas::core
