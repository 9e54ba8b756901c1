// Goal: listings show every grant once, to whoever may see it.
#include "tests/api/grant_fixture.h"

namespace kmaas::api {
namespace {

class GrantListings : public Grants {
 protected:
  // All ids, page by page.
  std::multiset<std::string> Paged(kms::ListGrantsRequest request, int limit, int& pages) {
    std::multiset<std::string> ids;
    request.set_limit(limit);
    pages = 0;
    while (true) {
      const auto page = List(request);
      ++pages;
      EXPECT_LE(page.grants_size(), limit);
      for (const auto& entry : page.grants()) ids.insert(entry.grant_id());
      EXPECT_EQ(page.has_next_marker(), page.truncated());
      if (!page.truncated()) return ids;
      request.set_marker(page.next_marker());
    }
  }
  kms::ListRetirableGrantsRequest RetirableBy(const std::string& arn) {
    kms::ListRetirableGrantsRequest request;
    request.set_retiring_principal(arn);
    return request;
  }
};

TEST_F(GrantListings, ShowAGrantAsItIs) {
  kms::CreateGrantRequest request = Asked();
  request.set_name("name");
  request.set_retiring_principal(kBob);
  (*request.mutable_constraints()->mutable_encryption_context_subset())["a"] = "1";
  const auto made = Make(request);
  const auto listed = List();
  ASSERT_EQ(listed.grants_size(), 1);
  const kms::GrantListEntry& entry = listed.grants(0);
  EXPECT_EQ(entry.key_id(), arn_);
  EXPECT_EQ(entry.grant_id(), made.grant_id());
  EXPECT_EQ(entry.name(), "name");
  EXPECT_EQ(entry.grantee_principal(), kAlice);
  EXPECT_EQ(entry.retiring_principal(), kBob);
  EXPECT_EQ(entry.issuing_account(), "arn:aws:iam::111122223333:root");
  EXPECT_EQ(entry.operations_size(), 2);
  EXPECT_EQ(entry.constraints().encryption_context_subset().at("a"), "1");
  EXPECT_FALSE(entry.has_grantee_service_principal() || entry.has_retiring_service_principal());
}

TEST_F(GrantListings, GoOnFromTheirMarker) {
  std::multiset<std::string> made;
  for (const char* grantee : {kAlice, kBob, kMallory, kAlice, kBob, kAlice, kAlice})
    made.insert(Make(Asked(grantee)).grant_id());
  for (const auto& [limit, expected] : {std::pair{1, 7}, {2, 4}, {3, 3}, {7, 1}, {100, 1}}) {
    int pages = 0;
    EXPECT_EQ(Paged({}, limit, pages), made);
    EXPECT_EQ(pages, expected);
  }
}

TEST_F(GrantListings, HaveFiftyUnlessAskedForMore) {
  for (int i = 0; i < 51; ++i) (void)Make(Asked());
  EXPECT_EQ(List().grants_size(), 50);
  EXPECT_TRUE(List().truncated());
  kms::ListGrantsRequest request;
  request.set_limit(100);
  EXPECT_EQ(List(request).grants_size(), 51);
  request.set_limit(101);
  request.set_key_id(arn_);
  EXPECT_EQ(Outcome("ListGrants", request), "ValidationException");
}

TEST_F(GrantListings, ShowThoseOfOneGrantee) {
  const auto alices = Make(Asked(kAlice));
  (void)Make(Asked("arn:aws:iam::111122223333:user/alice2"));
  kms::ListGrantsRequest request;
  request.set_grantee_principal(kAlice);
  const auto listed = List(request);
  ASSERT_EQ(listed.grants_size(), 1);
  EXPECT_EQ(listed.grants(0).grant_id(), alices.grant_id());
  request.set_grantee_principal("alice");
  request.set_key_id(arn_);
  EXPECT_EQ(Outcome("ListGrants", request), "InvalidArnException");
}

TEST_F(GrantListings, ShowTheOneWithAnId) {
  const auto made = Make(Asked());
  (void)Make(Asked());
  kms::ListGrantsRequest request;
  request.set_grant_id(made.grant_id());
  EXPECT_EQ(List(request).grants_size(), 1);
  request.set_grantee_principal(kBob);
  EXPECT_EQ(List(request).grants_size(), 0);
  request.set_grant_id(std::string(64, '0'));
  EXPECT_EQ(List(request).grants_size(), 0);
  request.set_grant_id("x");
  request.set_key_id(arn_);
  EXPECT_EQ(Outcome("ListGrants", request), "InvalidGrantIdException");
}

TEST_F(GrantListings, TakeNoMarkerOfAnotherKey) {
  for (int i = 0; i < 2; ++i) (void)Make(Asked());
  kms::ListGrantsRequest request;
  request.set_limit(1);
  request.set_marker(List(request).next_marker());
  request.set_key_id(world_.MakeKey());
  EXPECT_EQ(Outcome("ListGrants", request), "InvalidMarkerException");
}

TEST_F(GrantListings, ShowARetiringPrincipalItsGrantsOnAllKeys) {
  std::multiset<std::string> made;
  for (const std::string& key : {arn_, world_.MakeKey(), world_.MakeKey()}) {
    kms::CreateGrantRequest request = Asked();
    request.set_key_id(key);
    (void)Make(request);
    request.set_retiring_principal(kBob);
    made.insert(Make(request).grant_id());
  }
  std::multiset<std::string> listed;
  kms::ListRetirableGrantsRequest request = RetirableBy(kBob);
  request.set_limit(2);
  for (bool more = true; more;) {
    const auto page = Must<kms::ListRetirableGrantsResponse>("ListRetirableGrants", request);
    for (const auto& entry : page.grants()) listed.insert(entry.grant_id());
    request.set_marker(page.next_marker());
    more = page.truncated();
  }
  EXPECT_EQ(listed, made);
}

TEST_F(GrantListings, ShowNobodyTheRetirableGrantsOfAnotherAccount) {
  EXPECT_EQ(Outcome("ListRetirableGrants", RetirableBy(kMallory)), "AccessDeniedException");
  EXPECT_EQ(Outcome("ListRetirableGrants", RetirableBy(kMallory), kMallory), "done");
  EXPECT_EQ(Outcome("ListRetirableGrants", RetirableBy("bob")), "InvalidArnException");
  EXPECT_EQ(Outcome("ListRetirableGrants", kms::ListRetirableGrantsRequest()),
            "ValidationException");
  kms::ListRetirableGrantsRequest service;
  service.set_retiring_service_principal("s3.amazonaws.com");
  EXPECT_EQ(Outcome("ListRetirableGrants", service), "AccessDeniedException");
}

// A retiring principal of another account sees grants on keys that it may not use.
TEST_F(GrantListings, CrossAccounts) {
  world_.Enrol(kForeignAccount);
  const std::string retiring = Administrator(kForeignAccount).arn;
  kms::CreateGrantRequest request = Asked();
  request.set_retiring_principal(retiring);
  const auto made = Make(request);
  const auto reply =
      world_.SendAs(Administrator(kForeignAccount), "ListRetirableGrants", RetirableBy(retiring));
  ASSERT_TRUE(reply);
  const auto& page = static_cast<const kms::ListRetirableGrantsResponse&>(**reply);
  ASSERT_EQ(page.grants_size(), 1);
  EXPECT_EQ(page.grants(0).grant_id(), made.grant_id());
}

}  // namespace
}  // namespace kmaas::api
