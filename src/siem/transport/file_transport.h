// Appends messages to a file, one a line, for a collector that follows it.
#pragma once

#include <string>

#include "siem/transport/transport.h"

namespace kmaas::siem {

// Flushed before Send returns: what was sent is confirmed. A file that was renamed or removed is
// left, and another one of its name begun. A write that failed leaves no part of itself, as far as
// the file can be cut; a part that a crash left becomes a line of its own.
class FileTransport final : public Transport {
 public:
  explicit FileTransport(std::string path) : path_(std::move(path)) {}
  ~FileTransport() override { Close(); }
  FileTransport(const FileTransport&) = delete;
  FileTransport& operator=(const FileTransport&) = delete;

  Result<void> Connect() override;
  Result<void> Send(const std::vector<Message>& messages) override;
  Result<std::uint64_t> Confirmed() override { return sent_; }
  void Close() override;

 private:
  bool IsStillThere() const;
  Result<void> WriteWhole(const std::string& text);

  std::string path_;
  int file_ = -1;
  std::uint64_t sent_ = 0;
};

}  // namespace kmaas::siem
