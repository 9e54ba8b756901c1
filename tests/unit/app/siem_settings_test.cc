#include "app/siem_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kmaas::app {
namespace {

using testing::HasSubstr;

constexpr char kTls[] =
    "siem:\n  - {name: soc, transport: syslog_tls, host: soc.example, ca: a, certificate: b, "
    "private_key: c}\n";

std::string WhatIsWrongWith(const std::string& destination) {
  const auto config = ParseConfig("siem:\n  - " + destination + "\n", "/etc/kmaas/kmaas.yaml");
  return config ? "" : config.error().message;
}

TEST(SiemSettings, HaveTheDefaultsOfTheirTransport) {
  const auto config = ParseConfig(kTls, "/etc/kmaas/kmaas.yaml");
  ASSERT_TRUE(config) << config.error().message;
  const siem::Destination& soc = config->siem.at(0);
  EXPECT_EQ(soc.port, 6514);
  EXPECT_EQ(soc.ca, "/etc/kmaas/a");
  EXPECT_EQ(soc.format, siem::FormatKind::kCloudTrail);
  EXPECT_EQ(soc.heartbeat, std::chrono::seconds(60));
}

TEST(SiemSettings, AreRefusedWhenATransportLacksWhatItNeeds) {
  EXPECT_THAT(WhatIsWrongWith("{name: a, transport: syslog_tls, host: h, ca: c}"),
              HasSubstr("needs a certificate"));
  EXPECT_THAT(WhatIsWrongWith("{name: a, transport: https, host: h, ca: c}"),
              HasSubstr("token_file"));
  EXPECT_THAT(WhatIsWrongWith("{name: a, transport: https, host: h, token_file: t}"),
              HasSubstr("siem.ca"));
  EXPECT_THAT(WhatIsWrongWith("{name: a, transport: file}"), HasSubstr("siem.file"));
  EXPECT_THAT(WhatIsWrongWith("{name: a}"), HasSubstr("transport: is missing"));
  EXPECT_THAT(WhatIsWrongWith("{name: ../a, transport: file, file: f}"), HasSubstr("siem.name"));
}

TEST(SiemSettings, AreRefusedWhenTheyBelongToAnotherTransport) {
  EXPECT_THAT(WhatIsWrongWith("{name: a, transport: file, file: f, host: h}"),
              HasSubstr("is a setting of the other transports"));
  EXPECT_THAT(WhatIsWrongWith("{name: a, transport: syslog_tcp, host: h, ca: c}"),
              HasSubstr("is a setting of syslog_tls and https"));
}

TEST(SiemSettings, AreRefusedWhenANameStandsTwice) {
  EXPECT_THAT(WhatIsWrongWith("{name: a, transport: file, file: f}\n"
                              "  - {name: a, transport: file, file: g}"),
              HasSubstr("stands twice"));
}

}  // namespace
}  // namespace kmaas::app
