// How long it takes to bring many keys to new roots, and what a caller notices of it.
//
//   campaign_root_rotation_figure [KEYS]
//
// One process over a SoftHSM token of its own, a database and an audit trail: KEYS symmetric keys
// (default 10,000) are made, then roots are added, and kmaasd's own thread brings the keys over,
// while this thread derives message keys of random ones (the part of a Decrypt that the token does)
// without a pause between. Fails unless every key has the MAC of before.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>

#include "app/foundation.h"
#include "app/root_rotator.h"
#include "audit/trail.h"
#include "base/log.h"
#include "core/outbox.h"
#include "hsm/ceremony.h"
#include "storage/anchoring.h"
#include "tests/fakes/seeded_random.h"
#include "tests/fakes/soft_token.h"
#include "tests/fakes/temporary_directory.h"

namespace kmaas {
namespace {

using Clock = std::chrono::steady_clock;

template <class T>
T Must(Result<T> result) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "%s [%s]\n", result.error().message.c_str(), result.error().detail.c_str());
  std::exit(1);
}
void Must(Result<void> result) {
  if (!result) Must(Result<int>(std::move(result).error()));
}

double Seconds(Clock::time_point since) {
  return std::chrono::duration<double>(Clock::now() - since).count();
}

double CpuSeconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

SecretBytes Secret(const std::string& text) { return SecretBytes(AsBytes(text)); }

class Figure {
 public:
  explicit Figure(std::size_t keys) : keys_(keys) {}

  int Run() {
    Must(hsm::MakeServiceKeys(Ceremony()));
    Open();
    MakeKeys();
    const double alone = Latencies("alone", [left = 20'000]() mutable { return left-- > 0; });
    engine_->Close();
    Must(hsm::AddRoots(Ceremony()));
    OpenEngine();
    Rotate(alone);
    return Check();
  }

 private:
  hsm::CeremonyOptions Ceremony() const {
    return {.module_path = token_.module_path(),
            .token_label = token_.label(),
            .so_pin = Secret(token_.so_pin()),
            .user_pin = Secret(token_.user_pin())};
  }
  void OpenEngine() {
    engine_ = Must(hsm::Engine::Open({.module_path = token_.module_path(),
                                      .token_label = token_.label(),
                                      .user_pin = Secret(token_.user_pin())},
                                     clock_));
  }
  void Open() {
    OpenEngine();
    auto keys = Must(app::DeriveKeys(*engine_, Deadline::Never()));
    storage::SqliteOptions options;
    options.path = directory_.File("kmaas.db");
    options.mode = storage::OpenMode::kCreate;
    store_ =
        Must(storage::SqliteStore::Open(options, storage::RowMac(std::move(keys.row_mac)), clock_));
    catalog_ = std::make_unique<records::Catalog>(*store_);
    trail_ = Must(audit::Trail::Open({directory_.path()}, clock_));
  }

  domain::KeyMaterial MakeKey() {
    ports::MaterialPlan plan;
    random_.Fill(plan.id.bits);
    std::array<std::uint8_t, 16> bits{};
    random_.Fill(bits);
    plan.key_id = domain::KeyId::FromRandom(bits);
    plan.account = "111122223333";
    domain::KeyMaterial material =
        ports::MaterialOf(plan, Must(engine_->GenerateMaterial(plan, Deadline::Never())));
    material.region = "eu-west-1";
    return material;
  }

  void MakeKeys() {
    constexpr std::size_t kPerWrite = 500;
    const auto began = Clock::now();
    while (rows_.size() < keys_) {
      const std::size_t first = rows_.size();
      while (rows_.size() < std::min(first + kPerWrite, keys_)) {
        rows_.push_back(MakeKey());
        macs_.push_back(Mac(rows_.back()));
      }
      Must(catalog_->Write(
          [&](records::Changes& changes) -> Result<void> {
            for (std::size_t i = first; i < rows_.size(); ++i) KM_CHECK(changes.Put(rows_[i]));
            return {};
          },
          Deadline::Never()));
    }
    std::printf("%zu keys made in %.1f s\n", keys_, Seconds(began));
  }

  Bytes Mac(const domain::KeyMaterial& material) {
    return ToBytes(
        Must(engine_->DeriveMessageKey(material, AsBytes("input"), Deadline::Never())).view());
  }

  // Answers the median, in microseconds.
  template <class GoOn>
  double Latencies(const char* when, GoOn&& goes_on) {
    std::vector<double> micros;
    std::mt19937 dice(1);
    while (goes_on()) {
      const auto began = Clock::now();
      (void)Mac(rows_[dice() % std::min<std::size_t>(rows_.size(), 4096)]);
      micros.push_back(Seconds(began) * 1e6);
    }
    if (micros.empty()) micros.push_back(0);
    std::ranges::sort(micros);
    const double median = micros[micros.size() / 2];
    std::printf("message keys %s: %zu, median %.0f us, 99th percentile %.0f us\n", when,
                micros.size(), median, micros[micros.size() * 99 / 100]);
    return median;
  }

  void Rotate(double alone) {
    core::Outbox outbox(*catalog_, *trail_);
    const auto rotator = Must(
        app::RootRotator::Create({.catalog = *catalog_,
                                  .roots = engine_->roots(),
                                  .outbox = outbox,
                                  .audit = *trail_,
                                  .clock = clock_,
                                  .record = [this](std::string name, std::string details) {
                                    return storage::StoreRecord(std::move(name), std::move(details),
                                                                "eu-west-1", random_, clock_.Now());
                                  }}));
    const auto began = Clock::now();
    const double cpu = CpuSeconds();
    rotator->Begin();
    rotator->Rotate();
    const double beside =
        Latencies("beside it", [&] { return rotator->counters().rewrapped < keys_; });
    std::printf("%zu keys rewrapped in %.1f s; median beside it %.2f times the one alone\n", keys_,
                Seconds(began), alone > 0 ? beside / alone : 0);
    std::printf("processor time of all of it: %.1f s\n", CpuSeconds() - cpu);
  }

  int Check() {
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      Must(engine_->DestroyMaterial(rows_[i], Deadline::Never()));  // not the loaded one
      const auto row = Must(catalog_->Find<domain::KeyMaterial>(
          records::Table<domain::KeyMaterial>::RowKey(rows_[i])));
      if (row->root_generation != 2 || Mac(*row) != macs_[i]) ++wrong;
    }
    std::printf("%zu of %zu keys are another or elsewhere\n", wrong, keys_);
    return wrong == 0 ? 0 : 1;
  }

  const std::size_t keys_;
  const SystemClock clock_;
  fakes::SoftToken token_ = fakes::SoftToken::Create();
  fakes::TemporaryDirectory directory_;
  fakes::SeededRandom random_{std::random_device()()};
  std::unique_ptr<hsm::Engine> engine_;
  std::unique_ptr<storage::SqliteStore> store_;
  std::unique_ptr<records::Catalog> catalog_;
  std::unique_ptr<audit::Trail> trail_;
  std::vector<domain::KeyMaterial> rows_;
  std::vector<Bytes> macs_;
};

}  // namespace
}  // namespace kmaas

int main(int argc, char** argv) {
  kmaas::log::Configure(kmaas::log::Level::kWarning, kmaas::log::Format::kText);
  const std::size_t keys = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 10'000;
  const int status = kmaas::Figure(keys == 0 ? 1 : keys).Run();
  std::fflush(stdout);
  // PKCS#11 modules are reported to crash in their exit handlers.
  std::_Exit(status);
}
