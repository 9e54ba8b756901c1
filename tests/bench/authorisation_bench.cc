// What a decision costs among few and many users, accounts and grants: the authoriser over a store
// in memory, with the policies, identities and grants of one caller read before.
#include <benchmark/benchmark.h>

#include <stdexcept>

#include "base/encoding.h"
#include "core/grant_rows.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "tests/api/environment.h"

namespace {

namespace kms = ::kmaas::kms::v1;
using namespace kmaas;  // NOLINT(google-build-using-namespace): only this file's subject

constexpr std::int64_t kRowsPerWrite = 5000;

// Writes `count` rows in pieces.
template <class Row>
void Fill(api::Environment& world, std::int64_t count, const Row& row) {
  for (std::int64_t first = 0; first < count; first += kRowsPerWrite) {
    const Result<void> written = world.catalog.Write(
        [&](records::Changes& changes) -> Result<void> {
          for (std::int64_t i = first; i < std::min(count, first + kRowsPerWrite); ++i)
            KM_CHECK(row(changes, i));
          return {};
        },
        Deadline::Never());
    if (!written) throw std::runtime_error(written.error().detail);
  }
}

records::User UserNumbered(const std::string& account, std::int64_t i) {
  records::User user;
  user.account = account;
  user.name = "user" + std::to_string(i);
  user.path = "/";
  user.user_id = "AIDA" + std::to_string(1'000'000'000'000'000 + i);
  user.policies.attached = {"arn:aws:iam::aws:policy/AdministratorAccess"};
  return user;
}

domain::Grant GrantNumbered(const domain::Key& key, std::int64_t i) {
  domain::Grant grant;
  const std::string number = std::to_string(i);
  grant.id = std::string(64 - number.size(), '0') + number;
  grant.key_id = key.id;
  grant.account = key.account;
  grant.region = key.region;
  grant.grantee = UserNumbered(key.account, i).user_id;
  grant.issuing_account = key.account;
  grant.operations = {"Decrypt"};
  return grant;
}

std::shared_ptr<const domain::Key> MadeKey(api::Environment& world) {
  const std::string arn = world.MakeKey();
  const auto id = domain::KeyId::Parse(arn.substr(arn.rfind('/') + 1));
  return *world.catalog.Find<domain::Key>(records::KeyRow(api::kRegion, *id));
}

// The key's own grants are others', and so are those of another key.
void AddGrants(api::Environment& world, const domain::Key& key, std::int64_t count) {
  domain::Key counted = key;
  counted.grants = 0;
  Fill(world, count, [&](records::Changes& changes, std::int64_t i) -> Result<void> {
    KM_CHECK(core::PutGrant(changes, counted, GrantNumbered(key, i)));
    if (counted.grants >= 40'000) counted.grants = 0;  // the limit of a key is not the question
    return {};
  });
}

void BM_DecisionAmong(benchmark::State& state) {
  api::Environment world;
  const std::int64_t count = state.range(0);
  Fill(world, count, [](records::Changes& changes, std::int64_t i) {
    return changes.Put(UserNumbered(api::kAccount, i));
  });
  Fill(world, count, [&](records::Changes& changes, std::int64_t i) -> Result<void> {
    const std::string account = std::to_string(200'000'000'000 + i);
    KM_CHECK(changes.Put(records::Account{account, "account", world.clock.Now(), ""}));
    return changes.Put(UserNumbered(account, i));
  });
  const auto key = MadeKey(world);
  AddGrants(world, *key, count);
  AddGrants(world, *MadeKey(world), count);
  domain::Key granted = *key;
  granted.grants = 1;  // or its grants would not be looked at
  const core::Operation* operation = world.registry.FindByAwsTarget("TrentService.Decrypt");
  const kms::DecryptRequest request;
  const core::CallEnvelope envelope;
  const domain::Principal caller = api::Administrator();
  const core::AccessQuestion question{.principal = caller,
                                      .action = "kms:Decrypt",
                                      .key = &granted,
                                      .envelope = &envelope,
                                      .operation = operation,
                                      .services = &world.services,
                                      .request = &request};
  for (auto _ : state) {
    if (!world.authoriser.Decide(question)) state.SkipWithError("refused");
  }
}
BENCHMARK(BM_DecisionAmong)->ArgName("users,accounts,grants")->Arg(10)->Arg(100'000);

}  // namespace

BENCHMARK_MAIN();
