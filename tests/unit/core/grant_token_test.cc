#include "core/grant_token.h"

#include "base/encoding.h"
#include "core/grant_rows.h"
#include "tests/unit/core/core_world.h"

namespace kmaas::core {
namespace {

constexpr char kRefused[] = "InvalidGrantTokenException: The grant token is not valid.";

class GrantToken : public testing::Test {
 protected:
  GrantToken() : arn_(world_.MakeKey()), id_(std::string(64, '7')) {
    AddGrant(world_, KeyOf(arn_));
  }

  static domain::KeyId KeyOf(const std::string& arn) {
    return *domain::KeyId::Parse(arn.substr(arn.rfind('/') + 1));
  }
  void AddGrant(World& world, const domain::KeyId& key_id) {
    Change(world, [&](records::Changes& changes) {
      return changes.Put(records::GrantId{{kRegion, key_id, id_, "grantee", ""}});
    });
  }
  void DeleteGrant() {
    Change(world_, [&](records::Changes& changes) {
      return changes.Delete<records::GrantId>(records::GrantIdRow(kRegion, KeyOf(arn_), id_));
    });
  }
  static void Change(World& world, const std::function<Result<void>(records::Changes&)>& change) {
    ASSERT_TRUE(world.catalog.Write(change, Deadline::Never()));
  }
  std::string Make() { return MakeGrantToken(world_.services, KeyOf(arn_), id_); }
  // The outcome of a call that shows the token.
  std::string Show(const std::string& token) {
    kms::DescribeKeyRequest request;
    request.set_key_id(arn_);
    request.add_grant_tokens(Make());
    request.add_grant_tokens(token);
    return Outcome(world_.Send("DescribeKey", request));
  }

  World world_;
  std::string arn_;
  std::string id_;
};

TEST_F(GrantToken, NamesItsGrant) {
  const auto opened = OpenGrantToken(world_.services, Make());
  ASSERT_TRUE(opened);
  EXPECT_EQ((*opened)->grant_id, id_);
  EXPECT_EQ((*opened)->key_id, KeyOf(arn_));
  EXPECT_EQ(Show(Make()), "answered");
}

TEST_F(GrantToken, IsAnotherTextEachTime) {
  const std::string first = Make();
  EXPECT_NE(first, Make());
  EXPECT_EQ(Show(first), "answered");
}

TEST_F(GrantToken, NamesKeysOfSeveralRegionsToo) {
  domain::KeyId id = KeyOf(arn_);
  id.multi_region = true;
  const std::string token = MakeGrantToken(world_.services, id, id_);
  EXPECT_EQ(Show(token), kRefused);
  AddGrant(world_, id);
  EXPECT_EQ((*OpenGrantToken(world_.services, token))->key_id, id);
}

TEST_F(GrantToken, EndsWithItsGrant) {
  const std::string token = Make();
  ASSERT_EQ(Show(token), "answered");
  DeleteGrant();
  EXPECT_EQ(Show(token), kRefused);
}

TEST_F(GrantToken, HoldsForOneServer) {
  World other("the key of another server");
  EXPECT_EQ(Show(MakeGrantToken(other.services, KeyOf(arn_), id_)), kRefused);
}

TEST_F(GrantToken, HoldsForOneRegion) {
  const std::string token = Make();
  world_.services.region = "eu-west-1";
  EXPECT_FALSE(OpenGrantToken(world_.services, token));
  Change(world_, [&](records::Changes& changes) {
    return changes.Put(records::GrantId{{"eu-west-1", KeyOf(arn_), id_, "grantee", ""}});
  });
  EXPECT_FALSE(OpenGrantToken(world_.services, token));
}

TEST_F(GrantToken, IsRefusedWithAnyFlippedBit) {
  std::string bytes;
  ASSERT_TRUE(Base64Decode(Make(), bytes));
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ (1U << bit));
      EXPECT_EQ(Show(Base64Encode(AsBytes(changed))), kRefused) << at << " " << bit;
    }
  }
}

TEST_F(GrantToken, IsRefusedTruncatedAndExtended) {
  std::string bytes;
  ASSERT_TRUE(Base64Decode(Make(), bytes));
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(OpenGrantToken(world_.services, Base64Encode(AsBytes(bytes.substr(0, size)))));
  EXPECT_FALSE(OpenGrantToken(world_.services, Base64Encode(AsBytes(bytes + "x"))));
  EXPECT_FALSE(OpenGrantToken(world_.services, Make() + "\n"));
}

// The same key makes tags of markers: one is no token, whatever it holds.
TEST_F(GrantToken, IsNoMarker) {
  std::string bytes;
  ASSERT_TRUE(Base64Decode(Make(), bytes));
  std::string marker;
  world_.execute = [&](const google::protobuf::Message& /*request*/,
                       Call& call) -> Result<std::unique_ptr<google::protobuf::Message>> {
    marker = call.MarkerFor(bytes);
    return Error{ErrorCode::kUnsupportedOperation, ""};
  };
  (void)world_.Send("ListKeys", kms::ListKeysRequest());
  world_.execute = nullptr;
  EXPECT_EQ(Show(marker), kRefused);
}

TEST_F(GrantToken, IsCheckedBeforeItsKeyIsLookedFor) {
  kms::DescribeKeyRequest request;
  request.set_key_id("no key");
  request.add_grant_tokens("token");
  EXPECT_EQ(Outcome(world_.Send("DescribeKey", request)), kRefused);
}

}  // namespace
}  // namespace kmaas::core
