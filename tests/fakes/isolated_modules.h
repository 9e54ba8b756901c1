// Suites that run over modules in workers when they are told so.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "hsm/worker/isolation.h"

namespace kmaas::fakes {

// With KMAAS_HSM_ISOLATION=process in the environment, workers load this module from now on, with
// the environment as it is now. Before there are threads that hold locks: it forks.
inline void IsolateWhenTold(const std::string& module_path) {
  const char* told = std::getenv("KMAAS_HSM_ISOLATION");
  if (told == nullptr || std::string_view(told) != "process") return;
  const auto supervisor = hsm::worker::Isolate({.modules = {{module_path}}}, {});
  if (supervisor) return;
  std::fprintf(stderr, "%s\n", supervisor.error().message.c_str());
  std::exit(1);
}

}  // namespace kmaas::fakes
