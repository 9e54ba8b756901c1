// One connection without TLS: for what stays on the machine.
#pragma once

#include "frontends/http/channel.h"

namespace kmaas::http {

class PlainChannel final : public Channel {
 public:
  explicit PlainChannel(int descriptor) : descriptor_(descriptor) {}

  IoStatus Handshake() override { return IoStatus::kDone; }
  IoResult Read(MutableByteView into) override;
  IoResult Write(ByteView from) override;
  void SendCloseNotify() override {}
  bool HasPending() const override { return false; }
  std::string_view version() const override { return {}; }
  std::string_view cipher() const override { return {}; }

 private:
  int descriptor_;
};

}  // namespace kmaas::http
