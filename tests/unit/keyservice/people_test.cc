// Who is who: what the file says, and what it may not say.
#include "keyservice/people/people.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace kmaas::keyservice {
namespace {

std::string ShippedPeople() {
  std::ifstream file(std::string(KMAAS_SOURCE_DIR) + "/config/people.yaml");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string With(const std::string& from, const std::string& to) {
  std::string text = ShippedPeople();
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string Refusing(const std::string& text) {
  const auto read = People::Parse(text, "people.yaml");
  return read ? "" : read.error().message;
}

const People& Shipped() {
  static const People people = People::Parse(ShippedPeople(), "people.yaml").value();
  return people;
}

TEST(People, AreFoundByEmailInAnyCaseAndByEachAccount) {
  const auto by_email = Shipped().Find("Kim@Example.org").value();
  ASSERT_TRUE(by_email);
  EXPECT_EQ(by_email->person, "kim");
  EXPECT_EQ(by_email->arn, "arn:aws:iam::111122223333:user/kim") << "the first account";
  const auto by_account = Shipped().Find("arn:aws:iam::111122223333:user/kim-admin").value();
  ASSERT_TRUE(by_account);
  EXPECT_EQ(by_account->person, "kim");
  EXPECT_EQ(by_account->arn, "arn:aws:iam::111122223333:user/kim-admin");
  EXPECT_FALSE(Shipped().Find("nobody@example.org").value());
  EXPECT_FALSE(Shipped().Find("arn:aws:iam::111122223333:user/KIM").value());
}

TEST(People, KnowSystemsThatAreNoPersons) {
  const auto system = Shipped().Find("arn:aws:iam::111122223333:role/loket").value();
  ASSERT_TRUE(system);
  EXPECT_EQ(system->person, "");
  EXPECT_EQ(Shipped().PersonOf("arn:aws:iam::111122223333:role/loket"), nullptr);
}

TEST(People, DecideForTheirEntitiesOnly) {
  EXPECT_TRUE(Shipped().HasApprovers("OVO002949").value());
  EXPECT_FALSE(Shipped().HasApprovers("OVO000001").value());
  EXPECT_EQ(Shipped().FindApprover("ann").value()->entities, std::set<std::string>{"OVO002949"});
  EXPECT_TRUE(Shipped().FindApprover("bob").value()->central);
  EXPECT_FALSE(Shipped().FindApprover("kim").value()) << "has another role";
  EXPECT_FALSE(Shipped().FindApprover("nobody").value());
}

TEST(People, BelongToEntities) {
  EXPECT_TRUE(Shipped().Belongs("ria", "OVO002949").value());
  EXPECT_FALSE(Shipped().Belongs("bob", "OVO002949").value());
  EXPECT_FALSE(Shipped().Belongs("nobody", "OVO002949").value());
}

TEST(People, AreEligibleForTheRoleThatTheyHave) {
  ASSERT_EQ(Shipped().eligibilities().size(), 1U);
  EXPECT_EQ(Shipped().eligibilities()[0].person, "kim");
  EXPECT_EQ(Shipped().eligibilities()[0].role, Role::kKeyManager);
  EXPECT_EQ(Shipped().eligibilities()[0].given_by, "acs");
}

struct Wrong {
  const char* what;
  const char* from;
  const char* to;
  const char* said;

  void Expect() const {
    const std::string message = Refusing(With(from, to));
    EXPECT_NE(message.find(said), std::string::npos) << what << ": " << message;
  }
};

TEST(People, RefuseWhatWouldLetOneDecideForHimself) {
  for (const Wrong& wrong : {
           Wrong{"an address of two", "emails: [ann@example.org]", "emails: [RIA@example.org]",
                 "people.yaml:21: a person ria@example.org is that of ria already"},
           Wrong{"an account of two", "user/ann\"]", "user/ria\"]",
                 "user/ria is that of ria already"},
           Wrong{"a system that is a person", "role/loket", "user/ria", "is there twice"},
           Wrong{"a decision without the role", "role: approver\n    approves",
                 "role: requester\n    approves", "decides, so its role must be approver"},
           Wrong{"a central decision without the role", "role: approver\n    central",
                 "role: auditor\n    central", "decides, so its role must be approver"},
           Wrong{"an id of two", "id: ann", "id: ria", "id ria is there twice"},
           Wrong{"an eligibility given to oneself", "given_by: acs", "given_by: kim",
                 "given_by kim is no access manager"},
       }) {
    wrong.Expect();
  }
}

TEST(People, RefuseWhatIsNotOfItsForm) {
  for (const Wrong& wrong : {
           Wrong{"an unknown name", "serial: 1", "serial: 1\nboss: ann", "unknown name: boss"},
           Wrong{"a serial of 0", "serial: 1", "serial: 0", "serial must be a whole number"},
           Wrong{"no code", "code: OVO002949", "code: OVO29", "code must be OVO and six digits"},
           Wrong{"an account as a number", "\"111122223333\"", "1111", "account must be 12 digits"},
           Wrong{"an unknown entity", "approves: [OVO002949]", "approves: [OVO000001]",
                 "approves: OVO000001 is none of the entities"},
           Wrong{"no address", "ria@example.org", "ria", "ria is no e-mail address"},
           Wrong{"no ARN", "\"arn:aws:iam::111122223333:user/bob\"", "bob", "bob is no ARN of one"},
           Wrong{"no account", "[\"arn:aws:iam::111122223333:user/bob\"]", "[]",
                 "accounts must be a list of at least one"},
           Wrong{"an id with a space", "id: ria", "id: ria ann", "id must be of a-z"},
           Wrong{"an unknown role", "role: access-manager", "role: boss", "role must be one of"},
           Wrong{"no time", "\"2026-11-01T00:00:00Z\"", "tomorrow", "given must be a time"},
           Wrong{"an expiry before", "\"2027-11-01T00:00:00Z\"", "\"2026-10-01T00:00:00Z\"",
                 "expires before it is given"},
           Wrong{"no persons", "persons:", "people:", "lacks persons"},
           Wrong{"a list that is none",
                 "systems:\n  - arn: \"arn:aws:iam::111122223333:role/loket\"", "systems: 7",
                 "systems must be a list"},
           Wrong{"no YAML", "serial: 1", "serial: [", "people.yaml:"},
       }) {
    wrong.Expect();
  }
  EXPECT_NE(Refusing(std::string(2 << 20U, ' ')).find("is longer than"), std::string::npos);
}

}  // namespace
}  // namespace kmaas::keyservice
