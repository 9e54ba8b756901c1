// Goal: retention and receivers agree on what a use of a key is.
#include "audit/uses_of_keys.h"

#include <gtest/gtest.h>

#include "domain/grant.h"

namespace kmaas::audit {
namespace {

TEST(UsesOfKeys, AreAllThatAGrantAllowsOnData) {
  for (const std::string_view name : domain::GrantOperations()) {
    const bool is_about_the_key = name == "CreateGrant" || name == "RetireGrant" ||
                                  name == "DescribeKey" || name == "GetPublicKey";
    EXPECT_EQ(IsUseOfKey(name), !is_about_the_key) << name;
  }
}

TEST(UsesOfKeys, AreNoneOfWhatChangesKeys) {
  for (const char* name : {"CreateKey", "DisableKey", "PutKeyPolicy", "ListKeys", "", "decrypt"})
    EXPECT_FALSE(IsUseOfKey(name)) << name;
}

}  // namespace
}  // namespace kmaas::audit
