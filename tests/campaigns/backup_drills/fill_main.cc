// Fills the database of a stopped server with many keys that work, quicker than by calls: each is
// the first key that is there, with a material of its own from the token.
//
//   fill_keys --config FILE KEYS
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <string>

#include "app/foundation.h"
#include "app/pin.h"
#include "app/process.h"
#include "app/process_random.h"
#include "records/every_row.h"

namespace kmaas::campaigns {
namespace {

constexpr std::size_t kKeysPerCommit = 200;
constexpr std::string_view kPolicies = "key_policies";

struct Filling {
  app::Foundation& foundation;
  const domain::Key& pattern;
  const std::string& policy;
  const Clock& clock;
};

Result<void> PutKey(const Filling& filling, ports::Transaction& change) {
  using records::Table;
  app::ProcessRandom random;
  domain::Key key = filling.pattern;
  key.id = *domain::KeyId::Parse(random.Uuid());
  ports::MaterialPlan plan{.spec = key.spec,
                           .usage = key.usage,
                           .custody = key.custody,
                           .key_id = key.id,
                           .account = key.account};
  random.Fill(plan.id.bits);
  KM_TRY(ports::GeneratedMaterial made,
         filling.foundation.engine->GenerateMaterial(plan, Deadline::Never()));
  domain::KeyMaterial material = MaterialOf(plan, std::move(made));
  material.region = key.region;
  material.origin = key.origin;
  material.created = filling.clock.Now();
  key.current_material = material.id;
  const records::AccountKey listed{key.account, key.region, key.id};
  KM_CHECK(change.Put(Table<domain::Key>::kName, Table<domain::Key>::RowKey(key),
                      Table<domain::Key>::Encode(key)));
  KM_CHECK(change.Put(Table<domain::KeyMaterial>::kName,
                      Table<domain::KeyMaterial>::RowKey(material),
                      Table<domain::KeyMaterial>::Encode(material)));
  KM_CHECK(change.Put(kPolicies, Table<domain::Key>::RowKey(key), filling.policy));
  return change.Put(Table<records::AccountKey>::kName, Table<records::AccountKey>::RowKey(listed),
                    Table<records::AccountKey>::Encode(listed));
}

Result<void> FillUp(app::Foundation& foundation, std::size_t keys, const Clock& clock) {
  KM_TRY(const std::vector<domain::Key> there,
         records::EveryRow<domain::Key>(*foundation.catalog, ""));
  if (there.empty()) return Error{ErrorCode::kValidation, "there is no key to take as a pattern"};
  const domain::Key& pattern = there.front();
  KM_TRY(const auto policy,
         foundation.store->Get(kPolicies, records::Table<domain::Key>::RowKey(pattern)));
  const Filling filling{foundation, pattern, *policy, clock};
  for (std::size_t made = 0; made < keys; made += kKeysPerCommit)
    KM_CHECK(foundation.store->Write(
        [&](ports::Transaction& change) -> Result<void> {
          for (std::size_t key = made; key < std::min(made + kKeysPerCommit, keys); ++key)
            KM_CHECK(PutKey(filling, change));
          return {};
        },
        Deadline::Never()));
  return {};
}

Result<void> Run(const std::string& file, std::size_t keys) {
  const SystemClock clock;
  KM_TRY(const app::Config config, app::LoadConfig(file));
  app::SetModuleEnvironment(config.hsm);
  KM_TRY(SecretBytes pin, app::ReadUserPin(config.hsm));
  KM_TRY(app::Foundation foundation, app::OpenFoundation(config, app::UserPins(std::move(pin)),
                                                         storage::OpenMode::kOpenExisting, clock));
  Result<void> filled = FillUp(foundation, keys, clock);
  foundation.Close();
  return filled;
}

}  // namespace
}  // namespace kmaas::campaigns

int main(int argc, char** argv) {
  if (argc != 4 || std::string(argv[1]) != "--config") {
    std::cerr << "usage: fill_keys --config FILE KEYS\n";
    return 2;
  }
  const auto done = kmaas::campaigns::Run(argv[2], std::stoul(argv[3]));
  if (!done) std::cerr << kmaas::app::ForOperators(done.error()) << '\n';
  std::cout.flush();
  _exit(done ? 0 : 1);
}
