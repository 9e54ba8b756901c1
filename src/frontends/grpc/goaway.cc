#include "frontends/grpc/goaway.h"

#include <dlfcn.h>
#include <grpc/support/time.h>
#include <grpcpp/alarm.h>
#include <grpcpp/server.h>

#include <future>

namespace kmaas::grpc_front {
namespace {

// grpc_core::Server::SendGoaways(), which the library exports and no public header declares (gRPC
// 1.51; its xDS server uses it). The public Server::Shutdown refuses from its first moment on what
// clients have sent before they could hear of it.
constexpr char kFunction[] = "_ZN9grpc_core6Server11SendGoawaysEv";
using Function = void (*)(void* server);

}  // namespace

bool SendGoaways(::grpc::Server& server) {
  static const auto function = reinterpret_cast<Function>(::dlsym(RTLD_DEFAULT, kFunction));
  if (function == nullptr) return false;
  // The core wants to be called on a thread of its own kind; an alarm's function runs on one. A
  // grpc_server is a grpc_core::Server (CppImplOf).
  std::promise<void> sent;
  ::grpc::Alarm alarm;
  alarm.Set(gpr_time_0(GPR_CLOCK_MONOTONIC), [&](bool /*fired*/) {  // long past: at once
    function(server.c_server());
    sent.set_value();
  });
  sent.get_future().wait();
  return true;
}

}  // namespace kmaas::grpc_front
