#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <unistd.h>

#include "app/hardening.h"
#include "confinement/files_and_ports.h"
#include "confinement/refused_calls.h"
#include "confinement/system_calls.h"

namespace kmaas::app {
namespace {

using testing::Contains;
using testing::IsSupersetOf;
using testing::Not;
using testing::UnorderedElementsAre;

confinement::Rights RightsOf(const std::string& text) {
  const Result<Config> config = ParseConfig(text, "/etc/kmaas/kmaas.yaml");
  EXPECT_TRUE(config) << config.error().message;
  return config ? ToRights(*config) : confinement::Rights{};
}

TEST(RightsOfTheServer, AreItsOwnFilesAndPortsAndNoConnections) {
  const confinement::Rights rights = RightsOf("process: {pid_file: /run/kmaas/kmaasd.pid}");
  EXPECT_THAT(rights.writable,
              IsSupersetOf({"/var/lib/kmaas", "/var/lib/kmaas/audit", "/run/kmaas"}));
  EXPECT_THAT(rights.readable, Contains("/etc/kmaas"));
  EXPECT_THAT(rights.readable, Not(Contains("/etc")));
  EXPECT_THAT(rights.readable, Not(Contains("")));
  EXPECT_THAT(rights.listen_ports, UnorderedElementsAre(8443, 8444, 8445));
  EXPECT_TRUE(rights.connect_ports.empty());
  EXPECT_FALSE(rights.resolves_names);
  EXPECT_FALSE(rights.loads_libraries);
}

TEST(RightsOfTheServer, ReachDestinationsAndIssuersAtTheirPorts) {
  const confinement::Rights rights = RightsOf(
      "siem:\n"
      "  - {name: a, transport: syslog_tcp, host: 192.0.2.1, port: 1601}\n"
      "  - {name: b, transport: file, file: /var/log/kmaas/events.jsonl}\n"
      "issuers:\n"
      "  - {url: 'https://idp.example', audiences: [kmaas], keys_url: 'https://idp.example:9443/k',"
      "     keys_ca: /srv/ca/idp.crt}\n");
  EXPECT_THAT(rights.connect_ports, UnorderedElementsAre(1601, 9443, 53));
  EXPECT_THAT(rights.writable, Contains("/var/log/kmaas"));
  EXPECT_THAT(rights.readable, Contains("/srv/ca"));
  EXPECT_TRUE(rights.resolves_names);
}

TEST(RightsOfTheServer, AskNoNameServerForAddresses) {
  const confinement::Rights rights =
      RightsOf("siem: [{name: a, transport: syslog_tcp, host: '2001:db8::1', port: 1601}]");
  EXPECT_THAT(rights.connect_ports, UnorderedElementsAre(1601));
  EXPECT_FALSE(rights.resolves_names);
}

// What getaddrinfo answers within the rights of a server that reports to `host`; -1: it could not
// be confined, or was refused a system call.
int ResolveConfined(const std::string& host) {
  const confinement::Rights rights =
      RightsOf("siem: [{name: a, transport: syslog_tcp, host: " + host + "}]");
  if (!confinement::ConfineFilesAndPorts(rights) || !confinement::ConfineSystemCalls(rights))
    return -1;
  addrinfo* found = nullptr;
  const int answer = ::getaddrinfo(host.c_str(), "601", nullptr, &found);
  return confinement::TakeRefusedCalls().empty() ? answer : -1;
}

TEST(RightsOfTheServer, ResolveNames) {
  if (confinement::LandlockVersion() == 0) GTEST_SKIP() << "the kernel has no Landlock";
  EXPECT_EXIT(::_exit(ResolveConfined("localhost") == 0 ? 0 : 1), testing::ExitedWithCode(0), "");
  // Whatever the name servers say, they are asked.
  EXPECT_EXIT(::_exit(ResolveConfined("kmaas.invalid") < -1 ? 0 : 1), testing::ExitedWithCode(0),
              "");
}

TEST(RightsOfTheServer, HaveWhatTheConfigurationAdds) {
  const confinement::Rights rights = RightsOf(
      "confinement:\n"
      "  readable: [vendor.conf]\n"
      "  writable: [/dev/hsm0]\n"
      "  connect_ports: [1792]\n"
      "  system_calls: [socketpair]\n");
  EXPECT_THAT(rights.readable, Contains("/etc/kmaas/vendor.conf"));
  EXPECT_THAT(rights.writable, Contains("/dev/hsm0"));
  EXPECT_THAT(rights.connect_ports, UnorderedElementsAre(1792));
  EXPECT_THAT(rights.system_calls, UnorderedElementsAre("socketpair"));
}

TEST(ConfinementSettings, RefuseWhatIsNone) {
  for (const char* wrong :
       {"mode: perhaps", "system_calls: [frobnicate]", "system_calls: x", "connect_ports: [0]",
        "connect_ports: [65536]", "readable: [[]]", "paths: []"}) {
    const std::string text = std::string("confinement: {") + wrong + "}";
    EXPECT_FALSE(ParseConfig(text, "/etc/kmaas/kmaas.yaml")) << wrong;
  }
}

}  // namespace
}  // namespace kmaas::app
