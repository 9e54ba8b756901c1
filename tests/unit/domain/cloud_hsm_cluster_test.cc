#include "domain/cloud_hsm_cluster.h"

#include <gtest/gtest.h>

namespace kmaas::domain {
namespace {

TEST(CloudHsmClusterId, IsAPrefixAndBase32) {
  for (const char* id : {"cluster-234567abcde", "cluster-234567abcdefghij", "cluster-ABCDEFGHIJK"})
    EXPECT_TRUE(IsCloudHsmClusterId(id)) << id;
}

TEST(CloudHsmClusterId, IsNothingElse) {
  for (const char* text : {"", "cluster-", "cluster-234567abcd", "cluster-234567abcdefghijk",
                           "cluster-1234567abcd", "cluster-234567abcd-", "Cluster-234567abcde"})
    EXPECT_FALSE(IsCloudHsmClusterId(text)) << text;
}

}  // namespace
}  // namespace kmaas::domain
