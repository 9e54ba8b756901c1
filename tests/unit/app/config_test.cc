#include "app/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "app/token_settings.h"

namespace kmaas::app {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr char kFile[] = "/etc/kmaas/kmaas.yaml";

std::string Refusal(const std::string& text) {
  const auto config = ParseConfig(text, kFile);
  return config ? "accepted" : config.error().message;
}

std::string Example() {
  std::ifstream file(KMAAS_SOURCE_DIR "/config/kmaas.yaml");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Config, TakesAnEmptyFile) {
  for (const char* text : {"", "\n", "# nothing\n", "---\n", "{}", "https:\n"}) {
    EXPECT_TRUE(ParseConfig(text, kFile)) << text;
  }
}

TEST(Config, DefaultsAreThoseOfTheExample) {
  const auto example = ParseConfig(Example(), kFile);
  ASSERT_TRUE(example) << example.error().message;
  EXPECT_TRUE(*example == *ParseConfig("", kFile));
}

TEST(Config, TheExampleShowsEverySetting) {
  const std::string refusal = Refusal(
      "x: 1\nstore: {x: 1}\naudit: {x: 1}\nhsm: {x: 1, lanes: {x: 1}}\nhttps: {x: 1}\n"
      "grpc: {x: 1}\nkeys: {x: 1}\nlog: {x: 1}\nprocess: {x: 1}\nshutdown: {x: 1}\n"
      "health: {x: 1}\nlifecycle: {x: 1}\nattestation: {x: 1}\nlimits: {x: 1}\nmetrics: {x: 1}\n"
      "issuers: [{x: 1, url: 'https://a', audiences: [a], keys_file: f, "
      "subjects: [{x: 1, subject: a, principal: 'arn:aws:iam::111122223333:root'}]}]\n"
      "key_stores: [{x: 1, cluster_id: cluster-234567abcde, account: 111122223333, token_label: "
      "a}]\nsiem: [{x: 1, name: a, transport: file, file: f}]\n");
  const std::string example = Example();
  std::size_t names = 0;
  std::istringstream lines(refusal);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream allowed(line.substr(line.find("Allowed here: ") + 14));
    for (std::string name; std::getline(allowed >> std::ws, name, ',');) {
      EXPECT_TRUE(std::regex_search(example, std::regex("(^|\n)[- #]*" + name + ":"))) << name;
      ++names;
    }
  }
  EXPECT_GT(names, 45U);
}

TEST(Config, TheCommentedSettingsOfTheExampleAreValid) {
  const std::string example = Example();
  std::string uncommented = std::regex_replace(
      example, std::regex("# ( *)(- )?((?:[a-z_]+|SOFTHSM2_CONF): [^ \n]+\n)"), "$1$2$3");
  uncommented = std::regex_replace(
      uncommented,
      std::regex("# ( *)(environment|principals|subjects|issuers|key_stores|siem|tokens):\n"),
      "$1$2:\n");
  uncommented = std::regex_replace(uncommented, std::regex("\n  pin_environment:[^\n]*"), "");
  uncommented = std::regex_replace(uncommented, std::regex("\n  token_serial:[^\n]*"), "");
  uncommented =
      std::regex_replace(uncommented, std::regex("isolation: in-process"), "isolation: process");
  const auto config = ParseConfig(uncommented, kFile);
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->hsm.tokens.size(), 3U);
  EXPECT_EQ(config->hsm.tokens[1].pin_file, "/etc/kmaas/hsm-b.pin");
  EXPECT_EQ(config->grpc.principals.size(), 3U);
  ASSERT_EQ(config->issuers.size(), 2U);
  EXPECT_EQ(config->issuers.front().subjects.size(), 1U);
  EXPECT_EQ(config->attestation_roots.size(), 1U);
  ASSERT_EQ(config->siem.size(), 3U);
  ASSERT_EQ(config->key_stores.size(), 2U);
  EXPECT_EQ(config->key_stores.front().module, config->hsm.module);
  EXPECT_EQ(config->hsm.environment.at("SOFTHSM2_CONF"), "/etc/kmaas/softhsm2.conf");
  EXPECT_EQ(config->hsm.pin_file, "/etc/kmaas/user.pin");
}

TEST(Config, TokensOfAGroupTakeWhatTheyDoNotSayFromHsm) {
  const auto config = ParseConfig(
      "hsm:\n  module: /m.so\n  token_label: l\n  spread: first\n"
      "  tokens:\n    - {name: a, serial: s1}\n    - {name: b, module: /n.so, label: k}\n",
      kFile);
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->hsm.tokens.size(), 2U);
  EXPECT_EQ(config->hsm.tokens[0].module, "/m.so");
  EXPECT_EQ(config->hsm.tokens[0].label, "l");
  EXPECT_EQ(config->hsm.tokens[1].module, "/n.so");
  EXPECT_EQ(config->hsm.tokens[1].label, "k");
  EXPECT_EQ(config->hsm.spread, hsm::Spread::kFirst);
  EXPECT_EQ(TokensOf(config->hsm), config->hsm.tokens);
  const Config first = OnFirstToken(*config);
  ASSERT_EQ(TokensOf(first.hsm).size(), 1U);
  EXPECT_EQ(TokensOf(first.hsm)[0].serial, "s1");
}

TEST(Config, RefusesTokensThatMayBeOne) {
  EXPECT_THAT(Refusal("hsm:\n  tokens:\n    - {name: a}\n    - {name: b, serial: s}\n"),
              HasSubstr("may be the token of a; name the serial numbers of both"));
  EXPECT_THAT(Refusal("hsm:\n  tokens:\n    - {name: a, serial: r}\n    - {name: a, serial: s}\n"),
              HasSubstr("hsm.tokens.name: stands twice"));
  EXPECT_THAT(Refusal("hsm:\n  tokens:\n    - {serial: r}\n"), HasSubstr("hsm.tokens.name: must"));
}

TEST(Config, TakesRelativePathsFromTheFilesDirectory) {
  const auto config = ParseConfig(
      "data_directory: data\nhsm: {pin_file: ../pins/user.pin}\nstore: {path: /x/k.db}\n", kFile);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->data_directory, "/etc/kmaas/data");
  EXPECT_EQ(config->hsm.pin_file, "/etc/pins/user.pin");
  EXPECT_EQ(config->store.path, "/x/k.db");
  EXPECT_EQ(config->audit.directory, "/etc/kmaas/data/audit");
  EXPECT_EQ(config->https.certificate, "/etc/kmaas/data/tls/server.crt");
  EXPECT_EQ(config->grpc.client_ca, "/etc/kmaas/data/tls/ca.crt");
  EXPECT_EQ(config->grpc.principals_file, "/etc/kmaas/data/grpc-principals.yaml");
}

TEST(Config, ServesGrpcWithTheCertificateOfHttps) {
  const auto config = ParseConfig("https: {certificate: c.pem, private_key: k.pem}\n", kFile);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->grpc.certificate, "/etc/kmaas/c.pem");
  EXPECT_EQ(config->grpc.private_key, "/etc/kmaas/k.pem");
}

TEST(Config, NamesAnUnknownSettingWithItsPlaceAndTheNearestOne) {
  EXPECT_THAT(Refusal("region: x\nhttps:\n  prot: 1\n"),
              StartsWith("/etc/kmaas/kmaas.yaml:3:3: https.prot: unknown setting; did you mean "
                         "port? Allowed here: address, port,"));
  EXPECT_THAT(Refusal("hsm:\n  lanes:\n    zzzzzzzzz: 1\n"),
              StartsWith("/etc/kmaas/kmaas.yaml:3:5: hsm.lanes.zzzzzzzzz: unknown setting. "
                         "Allowed here: "));
}

TEST(Config, ReportsEveryFindingInTheOrderOfTheLines) {
  const std::string refusal = Refusal("zzz: 1\nlog: {level: loud}\nregion: EU\n");
  const auto unknown = refusal.find("kmaas.yaml:1:1: zzz");
  const auto level = refusal.find("kmaas.yaml:2:14: log.level");
  const auto region = refusal.find("kmaas.yaml:3:9: region");
  EXPECT_LT(unknown, level);
  EXPECT_LT(level, region);
  EXPECT_NE(region, std::string::npos);
}

TEST(Config, ServesFurtherRegionsInTheirOrder) {
  EXPECT_EQ(ParseConfig("region: eu-west-1\n", kFile)->regions(),
            std::vector<std::string>{"eu-west-1"});
  const auto config = ParseConfig("region: eu-west-1\nregions: [us-east-2, local]\n", kFile);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->regions(), (std::vector<std::string>{"eu-west-1", "us-east-2", "local"}));
}

struct BadSetting {
  const char* text;
  const char* finding;
};

class RefusedSetting : public testing::TestWithParam<BadSetting> {};

TEST_P(RefusedSetting, SaysWhatIsAllowed) {
  EXPECT_THAT(Refusal(GetParam().text), HasSubstr(GetParam().finding)) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Config, RefusedSetting,
    testing::Values(
        BadSetting{"regions: eu-west-1", "regions: must be a list of further Regions"},
        BadSetting{"regions: [EU]", "must be a list of further Regions"},
        BadSetting{"regions: [a, a]", "each once"},
        BadSetting{"region: a\nregions: [a]", "not that of region"},
        BadSetting{"regions: [[a]]", "must be a list of further Regions"},
        BadSetting{"https: {port: 65536}", "must be a whole number from 0 to 65535, not 65536"},
        BadSetting{"https: {port: -1}", "from 0 to 65535, not -1"},
        BadSetting{"https: {port: 0x10}", "from 0 to 65535, not 0x10"},
        BadSetting{"https: {port: 8443.0}", "from 0 to 65535"},
        BadSetting{"https: {port: \"8443\"}", "from 0 to 65535"},
        BadSetting{"https: {port: 99999999999999999999}", "from 0 to 65535"},
        BadSetting{"https: {port: }", "it has no value"},
        BadSetting{"https: {port: [1]}", "it is a list or a mapping"},
        BadSetting{"https: 8443", ":1:8: https: must be a mapping of settings"},
        BadSetting{"[1, 2]", ":1:1: the file: must be a mapping of settings"},
        BadSetting{"https: {connections_max: 0}", "from 1 to 1000000, not 0"},
        BadSetting{"hsm: {accept_weak_token: yes}", "must be true or false, not yes"},
        BadSetting{"hsm: {accept_weak_token: \"true\"}", "must be true or false"},
        BadSetting{"hsm: {module: ''}", "must not be empty"},
        BadSetting{"hsm: {environment: x}", "hsm.environment: must be a mapping"},
        BadSetting{"hsm: {environment: {A=B: x}}", "must map names to texts"},
        BadSetting{"log: {level: inof}",
                   "one of debug, info, warning, error, not inof; did you "
                   "mean info?"},
        BadSetting{"keys: {default_custody: process}", "one of wrapped, resident, not process"},
        BadSetting{"region: a/b", "must be 1 to 32 lower-case letters"},
        BadSetting{"region: x\nregion: y", ":2:1: region: is set twice"},
        BadSetting{"shutdown: {drain_seconds: 301}", "from 0 to 300"},
        BadSetting{"a: b: c", "is not YAML"}, BadSetting{"a:\n\tb: 1", "is not YAML"},
        BadSetting{",", "must be one YAML document"},
        BadSetting{"log: {level: \"x\\ny\"}", "not x?y"},
        BadSetting{"a: 1\n---\nb: 2", "must be one YAML document"}));

INSTANTIATE_TEST_SUITE_P(
    Contradictions, RefusedSetting,
    testing::Values(
        BadSetting{"hsm: {pin_file: a, pin_environment: B}", "contradicts hsm.pin_file"},
        BadSetting{"hsm: {pin_from: custodians, pin_file: a}", "set no pin_file"},
        BadSetting{"hsm: {pin_from: custodians, pin_environment: B}", "no pin_environment"},
        BadSetting{"https: {certificate: a}", "set both or neither"},
        BadSetting{"grpc: {private_key: a}", "set both or neither"},
        BadSetting{"grpc: {port: 8443}", "both would listen on 127.0.0.1 port 8443"},
        BadSetting{"grpc: {principals: x}", "grpc.principals: must be a list"},
        BadSetting{"grpc: {principals: [x]}", "a rule is a mapping"},
        BadSetting{"grpc: {principals: [{uri: a, dns: b, principal: "
                   "'arn:aws:iam::111122223333:root'}]}",
                   "exactly one of uri, dns and subject"},
        BadSetting{"grpc: {principals: [{uri: a, principal: administrator}]}", "must be an ARN as"},
        BadSetting{"grpc: {principals: [{url: a}]}", "did you mean uri?"}));

TEST(Config, RefusesAFileThatCannotBeRead) {
  EXPECT_THAT(LoadConfig("/nonexistent/kmaas.yaml").error().message,
              StartsWith("/nonexistent/kmaas.yaml: cannot be read: No such file"));
  EXPECT_THAT(LoadConfig("/").error().message, HasSubstr("cannot be read"));
}

TEST(Config, BothServersMayTakeAnyFreePort) {
  EXPECT_TRUE(ParseConfig("https: {port: 0}\ngrpc: {port: 0}\n", kFile));
}

constexpr char kIssuer[] =
    "{url: 'https://idp.example/realm', audiences: [kmaas], keys_file: idp.jwks";

TEST(Config, ReadsIssuers) {
  const auto config = ParseConfig(
      std::string("issuers:\n  - ") + kIssuer +
          ", mfa_amr: [mfa, otp], mfa_acr: [two], subjects: [{subject: jane, principal: "
          "'arn:aws:iam::111122223333:role/auditor'}]}\n",
      kFile);
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->issuers.size(), 1U);
  const IssuerConfig& issuer = config->issuers.front();
  EXPECT_EQ(issuer.url, "https://idp.example/realm");
  EXPECT_EQ(issuer.audiences, std::vector<std::string>{"kmaas"});
  EXPECT_EQ(issuer.keys_file, "/etc/kmaas/idp.jwks");
  EXPECT_EQ(issuer.mfa_amr, (std::vector<std::string>{"mfa", "otp"}));
  EXPECT_EQ(issuer.subjects.front().principal, "arn:aws:iam::111122223333:role/auditor");
}

TEST(Config, RefusesIssuersThatContradictThemselves) {
  const std::string good = std::string(kIssuer) + "}";
  for (const auto& [issuer, finding] : std::vector<std::pair<std::string, std::string>>{
           {good + ", " + good, "stands twice"},
           {"{url: 'http://idp.example', audiences: [a], keys_file: f}", "https URL"},
           {"{url: 'https://idp.example?x', audiences: [a], keys_file: f}", "https URL"},
           {"{url: 'https://idp.example', keys_file: f}", "at least one audience"},
           {"{url: 'https://idp.example', audiences: [a]}", "one place"},
           {std::string(kIssuer) + ", keys_url: 'https://idp.example/k', keys_ca: c}", "one place"},
           {"{url: 'https://a', audiences: [a], keys_url: 'https://a/k'}", "belong together"},
           {std::string(kIssuer) + ", mfa_amr: mfa}", "list of texts"},
           {std::string(kIssuer) + ", subjects: [{subject: s, principal: jane}]}", "the ARN of"},
           {"7", "mapping with url"}})
    EXPECT_THAT(Refusal("issuers: [" + issuer + "]\n"), HasSubstr(finding)) << issuer;
}

TEST(Config, ReadsKeyStores) {
  const auto config = ParseConfig(
      "hsm: {module: /m.so}\nkey_stores:\n"
      "  - {account: 111122223333, cluster_id: cluster-234567abcde, token_label: a, trust_anchor: "
      "ca.crt}\n"
      "  - {account: 111122223333, cluster_id: cluster-765432zyxwv, token_serial: 0a1b, module: "
      "/n.so}\n",
      kFile);
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->key_stores.size(), 2U);
  const KeyStoreConfig& first = config->key_stores[0];
  EXPECT_EQ(first.module, "/m.so");
  EXPECT_EQ(first.account, "111122223333");
  EXPECT_EQ(first.token_label, "a");
  EXPECT_EQ(first.trust_anchor, "/etc/kmaas/ca.crt");
  EXPECT_EQ(config->key_stores[1].module, "/n.so");
  EXPECT_EQ(config->key_stores[1].token_serial, "0a1b");
}

TEST(Config, RefusesKeyStoresThatContradictThemselves) {
  const std::string a = "{account: 111122223333, cluster_id: cluster-234567abcde, token_label: a}";
  for (const auto& [stores, finding] : std::vector<std::pair<std::string, std::string>>{
           {a + ", " + a, "stands twice"},
           {a + ", {account: 111122223333, cluster_id: cluster-765432zyxwv, token_label: a}",
            "may be the token of"},
           {a + ", {account: 111122223333, cluster_id: cluster-765432zyxwv, token_serial: 1}",
            "may be the token of"},
           {"{account: 111122223333, cluster_id: cluster-0123456789a, token_label: a}",
            "must be cluster-"},
           {"{account: 111122223333, cluster_id: cluster-234567abcde}", "a token is named by"},
           {"{account: 111122223333, cluster_id: cluster-234567abcde, token_label: kmaas}",
            "the token of hsm"},
           {"{account: 111122223333, cluster_id: cluster-234567abcde, token_serial: 1}",
            "the token of hsm"},
           {"{account: 111122223333, cluster_id: cluster-234567abcde, token_label: a, "
            "module_parameters: x}",
            "the module is that of hsm"},
           {"{cluster_id: cluster-234567abcde, token_label: a}", "must be the 12 digits"},
           {"{account: alice, cluster_id: cluster-234567abcde, token_label: a}",
            "must be the 12 digits"},
           {"7", "mapping with cluster_id"}})
    EXPECT_THAT(Refusal("key_stores: [" + stores + "]\n"), HasSubstr(finding)) << stores;
}

}  // namespace
}  // namespace kmaas::app
