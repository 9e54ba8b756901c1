// A SoftHSM token with keys of kmaas in it, engines over it, and a way in beside the engine.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hsm/ceremony.h"
#include "hsm/engine.h"
#include "hsm/session.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/soft_token.h"

namespace kmaas::hsm {

inline SecretBytes Secret(std::string_view text) { return SecretBytes(AsBytes(text)); }

// The value, or the end of the program: for what a test needs before it begins.
template <class T>
T Must(Result<T> result) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "%s [%s]\n", result.error().message.c_str(), result.error().detail.c_str());
  std::exit(1);
}

inline void Must(Result<void> result) {
  if (!result) Must(Result<int>(std::move(result).error()));
}

CeremonyOptions CeremonyOn(const fakes::SoftToken& token);
// Recovers as often as it is asked to.
EngineOptions EngineOn(const fakes::SoftToken& token);

domain::MaterialId NextId();
// A new key as a row would name it; a failure is a failure of the test.
domain::KeyMaterial Generate(ports::CryptoEngine& engine, domain::Custody custody);
domain::KeyMaterial ResidentMaterial(const domain::MaterialId& id);
// "" with a failure of the test when there is none.
Bytes Mac(ports::CryptoEngine& engine, const domain::KeyMaterial& material,
          std::string_view input = "input");
std::optional<ErrorCode> MacError(ports::CryptoEngine& engine, const domain::KeyMaterial& material);

// Sessions in the module, for attacks and accidents.
class Intruder {
 public:
  enum class Module {
    kOwn,     // initialises the module and logs in: no engine is open
    kShared,  // uses what an engine of this process initialised and logged in
  };
  Intruder(const fakes::SoftToken& token, Module module);
  ~Intruder();
  Intruder(const Intruder&) = delete;
  Intruder& operator=(const Intruder&) = delete;

  const Session& session() const { return session_; }
  const std::shared_ptr<Token>& token() const { return token_; }
  const CK_FUNCTION_LIST& api() const { return token_->api(); }
  CK_SLOT_ID slot() const { return token_->slot().value; }
  Session Open() const;
  std::vector<ObjectHandle> Find(const AttributeList& pattern) const;
  ObjectHandle FindOnly(const AttributeList& pattern) const;

 private:
  std::shared_ptr<Library> library_;
  std::shared_ptr<Token> token_;
  Session session_;
};

// A token after its ceremony, with an engine when one was opened.
class HsmTest : public testing::Test {
 protected:
  HsmTest();
  Engine& Open(EngineOptions options);
  Engine& Open() { return Open(EngineOn(token_)); }
  Engine& engine() { return *engine_; }
  std::uint64_t generation() const { return engine_->Status().engine_generation; }
  static Deadline Never() { return Deadline::Never(); }

  fakes::ManualClock clock_;
  fakes::SoftToken token_ = fakes::SoftToken::Create();
  std::unique_ptr<Engine> engine_;
};

}  // namespace kmaas::hsm
