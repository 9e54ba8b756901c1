// kmaas: the operator's command line.
#include <unistd.h>

#include <csignal>
#include <exception>
#include <iostream>

#include "app/process.h"
#include "base/log.h"
#include "cli/program.h"

int main(int argc, char** argv) {
  int status = kmaas::cli::kFailed;
  try {
    kmaas::log::Configure(kmaas::log::Level::kWarning, kmaas::log::Format::kText);
    std::signal(SIGPIPE, SIG_IGN);
    if (const auto hardened = kmaas::app::HardenProcess({}); !hardened) {
      std::cerr << "kmaas: " << hardened.error().message << '\n';
    } else {
      status = kmaas::cli::Run({argv + 1, argv + argc}, std::cout, std::cerr);
    }
  } catch (const std::exception& failure) {
    std::cerr << "kmaas: " << failure.what() << '\n';
  }
  std::cout.flush();
  if (!std::cout && status == kmaas::cli::kSucceeded) status = kmaas::cli::kFailed;
  // PKCS#11 modules are reported to crash in their exit handlers.
  ::_exit(status);
}
