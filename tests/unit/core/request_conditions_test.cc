// Goal: what a condition costs does not grow with the encryption context, which the caller chooses.
// Method: what is allocated is counted.
#include "core/request_conditions.h"

#include "tests/allocations/allocations.h"
#include "tests/unit/core/core_world.h"

namespace kmaas::core {
namespace {

using testing::ElementsAre;
using Values = std::vector<std::string_view>;

constexpr int kPairs = 200;

std::string LongName(int number) {
  return "A-Name-Too-Long-To-Lie-In-A-String-" + std::to_string(number);
}

class EncryptionContextConditions : public testing::Test {
 protected:
  void Add(const std::string& name, const std::string& value) {
    (*request_.mutable_encryption_context())[name] = value;
  }
  // Of kms:EncryptionContext:NAME.
  Values Ask(const std::string& name) {
    return Ask(*policy::ConditionKey::Parse("kms:EncryptionContext:" + name));
  }
  Values Ask(const policy::ConditionKey& key) {
    Values values;
    if (!made_) Make();
    values.reserve(8);
    made_->Values(key, values);
    return values;
  }
  void Make() {
    question_.operation = &world_.Find("Encrypt");
    question_.request = &request_;
    question_.target = question_.operation->targets.front().field;
    made_.emplace(question_, identity_, world_.catalog, world_.clock, kRegion);
  }

 private:
  World world_;
  kms::EncryptRequest request_;
  const domain::Principal caller_ = UserOf(kAccount);
  policy::IdentitySide identity_;
  AccessQuestion question_{.principal = caller_, .action = "kms:Encrypt"};
  std::optional<RequestConditions> made_;
};

TEST_F(EncryptionContextConditions, AnswerKeysWithoutRegardToAsciiCase) {
  Add("Department", "tax");
  Add("department", "customs");
  Add("departments", "none");
  Add("\xC3\x84rger", "umlaut");
  EXPECT_THAT(Ask("DEPARTMENT"), ElementsAre("tax", "customs")) << "in the order of the context";
  EXPECT_THAT(Ask("Departments"), ElementsAre("none"));
  EXPECT_THAT(Ask("depart"), ElementsAre());
  EXPECT_THAT(Ask("\xC3\x84RGER"), ElementsAre("umlaut"));
  EXPECT_THAT(Ask("\xC3\xA4rger"), ElementsAre()) << "no letter of ASCII";
}

TEST_F(EncryptionContextConditions, AnswerNothingWithoutAContext) {
  EXPECT_THAT(Ask("department"), ElementsAre());
}

TEST_F(EncryptionContextConditions, LookThroughTheContextOnce) {
  for (int i = 0; i < kPairs; ++i) Add(LongName(i), "value");
  std::vector<policy::ConditionKey> keys;
  for (int i = 0; i < kPairs; ++i)
    keys.push_back(*policy::ConditionKey::Parse("kms:EncryptionContext:" + LongName(i)));
  EXPECT_THAT(Ask(keys.front()), ElementsAre("value"));
  const std::uint64_t before = fakes::AllocationsOfThisThread();
  std::size_t found = 0;
  for (const policy::ConditionKey& key : keys) found += Ask(key).size();
  // Of each answer, the test's own list.
  EXPECT_EQ(fakes::AllocationsOfThisThread() - before, std::uint64_t{kPairs});
  EXPECT_EQ(found, std::size_t{kPairs});
}

}  // namespace
}  // namespace kmaas::core
