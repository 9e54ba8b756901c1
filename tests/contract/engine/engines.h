// The engines that the contract is run over, each with a token that outlives a restart.
#pragma once

#include <memory>
#include <optional>

#include "hsm/engine.h"
#include "ports/crypto_engine.h"
#include "tests/contract/engine/nss_token.h"
#include "tests/fakes/fake_crypto_engine.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/soft_token.h"

namespace kmaas::contract {

// Each has engine(), clock() and Restart(), which ends the engine and opens another over the same
// token.
class FakeUnderTest {
 public:
  static bool Available() { return true; }
  ports::CryptoEngine& engine() { return *engine_; }
  fakes::ManualClock& clock() { return clock_; }
  void Restart() { engine_ = std::make_unique<fakes::FakeCryptoEngine>(&clock_, engine_->token()); }

 private:
  fakes::ManualClock clock_;
  std::unique_ptr<fakes::FakeCryptoEngine> engine_ =
      std::make_unique<fakes::FakeCryptoEngine>(&clock_);
};

class SoftHsmUnderTest {
 public:
  static bool Available() { return true; }
  SoftHsmUnderTest();
  ports::CryptoEngine& engine() { return *engine_; }
  fakes::ManualClock& clock() { return clock_; }
  void Restart();

 private:
  fakes::ManualClock clock_;
  fakes::SoftToken token_ = fakes::SoftToken::Create();
  std::unique_ptr<hsm::Engine> engine_;
};

class NssUnderTest {
 public:
  static bool Available() { return NssToken::Installed(); }
  NssUnderTest();
  ports::CryptoEngine& engine() { return *engine_; }
  fakes::ManualClock& clock() { return clock_; }
  void Restart();

 private:
  fakes::ManualClock clock_;
  NssToken token_ = NssToken::Create();
  std::unique_ptr<hsm::Engine> engine_;
};

}  // namespace kmaas::contract
