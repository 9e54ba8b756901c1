// A stream to a receiver that says and acknowledges what a test wants.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "siem/transport/socket.h"
#include "siem/transport/stream.h"

namespace kmaas::siem {

// Outlives the streams that it makes.
struct Wire {
  int connections = 0;
  std::string written;              // of all of them
  std::deque<std::string> answers;  // of one read each; empty: the receiver says no more
  std::uint64_t acknowledged = 0;
  bool has_alert = false;  // the receiver has ended the connection
  bool is_away = false;    // nobody listens
};

class FakeStream final : public Stream {
 public:
  explicit FakeStream(Wire& wire) : wire_(wire) {}
  Result<void> Write(std::string_view bytes) override {
    if (wire_.has_alert) return NetworkError("alert");
    wire_.written += bytes;
    written_ += bytes.size();
    return {};
  }
  Result<std::string> Read() override {
    if (wire_.answers.empty()) return NetworkError("no answer in time");
    std::string answer = wire_.answers.front();
    wire_.answers.pop_front();
    return answer;
  }
  Result<void> Look() override {
    return wire_.has_alert ? Result<void>(NetworkError("alert")) : Result<void>();
  }
  std::uint64_t written() const override { return written_; }
  Result<std::uint64_t> Acknowledged() const override { return wire_.acknowledged; }

 private:
  Wire& wire_;
  std::uint64_t written_ = 0;
};

inline auto Connector(Wire& wire) {
  return [&wire]() -> Result<std::unique_ptr<Stream>> {
    if (wire.is_away) return NetworkError("refused");
    ++wire.connections;
    return std::unique_ptr<Stream>(std::make_unique<FakeStream>(wire));
  };
}

}  // namespace kmaas::siem
