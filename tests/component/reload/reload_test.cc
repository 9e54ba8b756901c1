// Goal: a reload that fails leaves every part as it was. Method: the parts of a server as it has
// them, and the n-th allocation of a reload fails, for every n.
#include "app/reload.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <new>

#include "tests/allocations/allocations.h"
#include "tests/component/grpc/fixture.h"
#include "tests/component/http/fixture.h"
#include "tests/component/http/plain_client.h"

namespace kmaas::app {
namespace {

constexpr char kOldToken[] = "the old token of the metrics";
constexpr char kNewToken[] = "the new token of the metrics";
constexpr char kOther[] = "arn:aws:iam::111122223333:user/other";

// The status line of GET /metrics.
std::string AskForMetrics(std::uint16_t port, const std::string& token) {
  const std::string answer = http::PlainClient(port).Exchange(
      "GET /metrics HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token +
      "\r\nConnection: close\r\n\r\n");
  return answer.substr(0, answer.find('\r'));
}

// What a client, an operator or a receiver can see of the settings in force.
struct Seen {
  std::string principal;
  std::string certificate;
  std::vector<std::string> destinations;
  bool old_token = false;
  bool new_token = false;
  bool operator==(const Seen&) const = default;
};

class Reload : public grpc_front::GrpcTest {
 protected:
  Reload() {
    credentials.Add(PrincipalOf(kOther));
    http::WriteFile(folder.File("token"), kOldToken);
    std::filesystem::permissions(folder.File("token"), std::filesystem::perms::owner_read |
                                                           std::filesystem::perms::owner_write);
    IssueServerPair("old");
    now_ = ConfigOf(api::Administrator().arn, "old");
    wanted_ = ConfigOf(kOther, "new");
  }
  void SetUp() override {
    Start();
    http::ServerOptions https_options;
    https_options.certificate_file = options.certificate_file;
    https_options.private_key_file = options.private_key_file;
    https_ = Must(http::Server::Start(https_options, handler_, core.clock));
    metrics_ = Must(MetricsEndpoint::Start(
        now_, [] { return std::string("page"); }, core.clock));
    deliveries_.Replace(now_.siem);
  }
  void TearDown() override {
    deliveries_.Stop();
    grpc_front::GrpcTest::TearDown();
  }

  template <class T>
  static T Must(Result<T> made) {
    EXPECT_TRUE(made) << made.error().message << made.error().detail;
    return *std::move(made);
  }
  static domain::Principal PrincipalOf(const std::string& arn) {
    domain::Principal principal = api::Administrator();
    principal.arn = arn;
    return principal;
  }
  void IssueServerPair(const std::string& name) {
    const fakes::IssuedCertificate pair = server_authority.Issue(
        {.subject = {{"CN", name}}, .addresses = {"127.0.0.1"}, .usage = "serverAuth"});
    http::WriteFile(options.certificate_file, pair.certificate);
    http::WriteFile(options.private_key_file, pair.private_key);
  }
  Config ConfigOf(const std::string& principal, const std::string& destination) {
    const std::string pair =
        "certificate: " + options.certificate_file + ", private_key: " + options.private_key_file;
    return Must(ParseConfig(
        "data_directory: " + folder.path() + "\nhttps: {" + pair + "}\ngrpc: {" + pair +
            ", client_ca: " + options.client_ca_file + ", principals: [{uri: '" +
            grpc_front::kAdministratorUri + "', principal: '" + principal +
            "'}]}\nmetrics: {port: 0, token_file: " + folder.File("token") +
            "}\nconfinement: {mode: 'off'}\nsiem: [{name: both, transport: file, file: " +
            folder.File("both.jsonl") + "}, {name: " + destination +
            ", transport: file, file: " + folder.File(destination + ".jsonl") + "}]\n",
        folder.File("kmaas.yaml")));
  }
  Result<void> Take() {
    return TakeConfiguration(
        now_, wanted_, {},
        {*https_, *server, metrics_.get(), *certificates, deliveries_, &inventory_}, core.clock);
  }
  // A reload while one allocation fails; whether it was taken.
  bool TakeWithFailure(std::uint64_t nth, bool& has_failed) {
    bool taken = false;
    const fakes::FailingAllocation failing(nth);
    try {
      taken = Take().has_value();
    } catch (const std::bad_alloc&) {
      taken = false;
    }
    has_failed = failing.has_failed();
    return taken;
  }
  Seen Look() {
    Seen seen;
    seen.principal = Must(certificates->Authenticate(administrator.certificate)).arn;
    seen.certificate = http::TlsClient(https_->port()).PeerName();
    for (const siem::DeliveryCounters& one : deliveries_.counters())
      seen.destinations.push_back(one.destination);
    seen.old_token = AskForMetrics(metrics_->port(), kOldToken) == "HTTP/1.1 200 OK";
    seen.new_token = AskForMetrics(metrics_->port(), kNewToken) == "HTTP/1.1 200 OK";
    return seen;
  }
  void PutNewFiles() {
    IssueServerPair("new");
    http::WriteFile(folder.File("token"), kNewToken);
  }

  const Seen old_{api::Administrator().arn, "old", {"both", "old"}, true, false};
  const Seen new_{kOther, "new", {"both", "new"}, false, true};

 private:
  Config now_;
  Config wanted_;
  http::ScriptedHandler handler_;
  std::unique_ptr<http::Server> https_;
  std::unique_ptr<MetricsEndpoint> metrics_;
  siem::CurrentDeliveries deliveries_{folder.path(), folder.path(), {}, core.clock, core.random};
  Inventory inventory_{core.catalog, core.clock, {}, std::chrono::seconds(3600)};
};

TEST_F(Reload, TakesAll) {
  EXPECT_EQ(Look(), old_);
  PutNewFiles();
  EXPECT_EQ(Look(), old_);
  ASSERT_TRUE(Take());
  EXPECT_EQ(Look(), new_);
}

TEST_F(Reload, TakesNothingWhereAFileCannotBeUsed) {
  PutNewFiles();
  http::WriteFile(folder.File("token"), "short");
  EXPECT_FALSE(Take());
  EXPECT_EQ(Look(), old_);
}

TEST_F(Reload, TakesAllOrNothingWhateverAllocationFails) {
  PutNewFiles();
  for (std::uint64_t nth = 0;; ++nth) {
    bool has_failed = false;
    const bool taken = TakeWithFailure(nth, has_failed);
    ASSERT_EQ(Look(), taken ? new_ : old_) << "allocation " << nth;
    ASSERT_NE(taken, has_failed) << "allocation " << nth;
    if (taken) {
      EXPECT_GT(nth, 100U) << "of so few there is nothing to be seen";
      break;
    }
  }
}

}  // namespace
}  // namespace kmaas::app
