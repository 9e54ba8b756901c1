#include "app/isolation_settings.h"

#include <gmock/gmock.h>

#include <gtest/gtest.h>
#include <cstdlib>

#include "app/config.h"
#include "app/hardening.h"

namespace kmaas::app {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

Result<Config> Parse(const std::string& hsm) { return ParseConfig("hsm:\n" + hsm, "/etc/k.yaml"); }

TEST(IsolationSettings, ModulesRunInTheServerUnlessItIsSaid) {
  EXPECT_EQ(ParseConfig("", "/etc/k.yaml")->hsm.isolation.mode, IsolationConfig::Mode::kInProcess);
  const auto config =
      Parse("  isolation: process\n  worker_memory_max_mib: 64\n  worker_call_max_ms: 500");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->hsm.isolation.mode, IsolationConfig::Mode::kProcess);
  EXPECT_EQ(config->hsm.isolation.memory_max_mib, 64U);
  EXPECT_EQ(config->hsm.isolation.call_max, std::chrono::milliseconds(500));
}

TEST(IsolationSettings, LimitsOfWorkersNeedWorkers) {
  for (const char* one :
       {"  workers: 2", "  worker_memory_max_mib: 64", "  worker_call_max_ms: 500"}) {
    const auto config = Parse(one);
    ASSERT_FALSE(config) << one;
    EXPECT_THAT(config.error().message, HasSubstr("needs hsm.isolation: process"));
  }
}

TEST(IsolationSettings, EachTokenHasAsManyWorkersAsIsSaid) {
  EXPECT_EQ(Parse("  isolation: process\n  workers: 4")->hsm.isolation.workers, 4U);
  EXPECT_FALSE(Parse("  isolation: process\n  workers: 0"));
  EXPECT_FALSE(Parse("  isolation: process\n  workers: 17"));
  std::string tokens = "  tokens:\n";
  for (int i = 0; i < 5; ++i) {
    const std::string n = std::to_string(i);
    tokens += "    - {name: t" + n + ", label: t, serial: '" + n + "'}\n";
  }
  EXPECT_TRUE(Parse("  isolation: process\n  workers: 12\n" + tokens));
  const auto config = Parse("  isolation: process\n  workers: 13\n" + tokens);
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, HasSubstr("more than 64"));
}

TEST(IsolationSettings, AnotherIsolationIsRefused) {
  EXPECT_FALSE(Parse("  isolation: thread"));
  EXPECT_FALSE(Parse("  isolation: process\n  worker_call_max_ms: 99"));
}

TEST(IsolationSettings, AWorkerGetsNothingOfTheServers) {
  const auto config = ParseConfig(
      "data_directory: /srv/kmaas\n"
      "hsm:\n  isolation: process\n  module: /opt/vendor/lib/pkcs11.so\n"
      "confinement:\n  writable: [/dev/vendor0]\n  connect_ports: [1792]\n",
      "/etc/kmaas/kmaas.yaml");
  ASSERT_TRUE(config);
  ASSERT_EQ(::setenv("SOFTHSM2_CONF", "/etc/kmaas/softhsm2.conf", 1), 0);
  const confinement::Rights rights = ToWorkerRights(*config);
  ::unsetenv("SOFTHSM2_CONF");
  EXPECT_THAT(rights.readable, Contains("/opt/vendor/lib"));
  EXPECT_THAT(rights.readable, Contains("/etc/kmaas/softhsm2.conf"));
  EXPECT_THAT(rights.readable, Not(Contains("/etc/kmaas")));
  EXPECT_THAT(rights.writable, Contains("/dev/vendor0"));
  EXPECT_THAT(rights.writable, Not(Contains("/srv/kmaas")));
  EXPECT_THAT(rights.writable, Not(Contains("/srv/kmaas/audit")));
  EXPECT_EQ(rights.connect_ports, std::vector<std::uint16_t>{1792});
  EXPECT_TRUE(rights.listen_ports.empty());
}

}  // namespace
}  // namespace kmaas::app
