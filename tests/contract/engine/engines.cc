// Making tokens with keys, and opening engines over them.
#include "tests/contract/engine/engines.h"

#include <cstdio>
#include <cstdlib>

#include "hsm/ceremony.h"
#include "tests/fakes/isolated_modules.h"

namespace kmaas::contract {
namespace {

SecretBytes Secret(const std::string& text) { return SecretBytes(AsBytes(text)); }

template <class T>
T Must(Result<T> result) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "%s [%s]\n", result.error().message.c_str(), result.error().detail.c_str());
  std::exit(1);
}

}  // namespace

SoftHsmUnderTest::SoftHsmUnderTest() {
  fakes::IsolateWhenTold(token_.module_path());
  Must(hsm::MakeServiceKeys({.module_path = token_.module_path(),
                             .token_label = token_.label(),
                             .so_pin = Secret(token_.so_pin()),
                             .user_pin = Secret(token_.user_pin())}));
  Restart();
}

void SoftHsmUnderTest::Restart() {
  engine_.reset();
  engine_ = Must(hsm::Engine::Open({.module_path = token_.module_path(),
                                    .token_label = token_.label(),
                                    .user_pin = Secret(token_.user_pin())},
                                   clock_));
}

NssUnderTest::NssUnderTest() {
  Must(hsm::MakeServiceKeys({.module_path = NssToken::module_path(),
                             .module_parameters = token_.parameters(),
                             .token_label = token_.label(),
                             .so_pin = {},
                             .user_pin = Secret(token_.user_pin()),
                             .accept_weak_token = true}));
  Restart();
}

void NssUnderTest::Restart() {
  engine_.reset();
  engine_ = Must(hsm::Engine::Open({.module_path = NssToken::module_path(),
                                    .module_parameters = token_.parameters(),
                                    .token_label = token_.label(),
                                    .user_pin = Secret(token_.user_pin()),
                                    .accept_weak_token = true},
                                   clock_));
}

}  // namespace kmaas::contract
