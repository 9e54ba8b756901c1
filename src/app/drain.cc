#include "app/drain.h"

#include <algorithm>
#include <thread>

namespace kmaas::app {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLookInterval{5};
constexpr milliseconds kAgainInterval{250};
// For the clients of gRPC to go when they are told to; a stream without an end would stay for ever.
constexpr milliseconds kGoingMax{4000};

class Span {
 public:
  explicit Span(milliseconds whole) : until_(std::chrono::steady_clock::now() + whole) {}
  milliseconds left() const {
    const auto span = until_ - std::chrono::steady_clock::now();
    return std::max(milliseconds(0), std::chrono::duration_cast<milliseconds>(span));
  }

 private:
  std::chrono::steady_clock::time_point until_;
};

void DrainGrpc(grpc_front::GrpcServer& grpc, const Span& whole) {
  const Span going(std::min(kGoingMax, whole.left()));
  while (going.left().count() > 0) {
    grpc.SendClientsAway();  // again for those whose handshake was under way
    const Span again(std::min(kAgainInterval, going.left()));
    while (grpc.connections() > 0 && again.left().count() > 0)
      std::this_thread::sleep_for(kLookInterval);
    if (grpc.connections() == 0) break;
  }
  grpc.Stop(whole.left());
}

}  // namespace

bool Drain(const FrontEnds& ends, const DrainSpans& spans) {
  const Span whole(spans.whole);
  if (ends.https != nullptr) ends.https->SendClientsAway(std::min(spans.grace, spans.whole));
  bool drained = true;
  std::thread draining;
  if (ends.https != nullptr)
    draining = std::thread([&] { drained = ends.https->Drain(whole.left()); });
  if (ends.grpc != nullptr) DrainGrpc(*ends.grpc, whole);
  if (draining.joinable()) draining.join();
  if (ends.metrics != nullptr) ends.metrics->Drain(whole.left());
  return drained;
}

}  // namespace kmaas::app
