// The PEM files behind the listener, read again when they change.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret_bytes.h"

namespace kmaas::grpc_front {

struct CertificatePaths {
  std::string certificate;
  std::string private_key;
  std::string client_ca;  // empty: none
};

// Each with a NUL at its end, as gRPC wants them.
struct CertificateTexts {
  SecretBytes certificate;
  SecretBytes private_key;
  SecretBytes client_ca;  // empty when there is none
};

// Thread-safe.
class CertificateFiles {
 public:
  // Looks at the files at most once in `interval`; `check`, which may be null, may refuse changed
  // ones. Borrows the clock.
  CertificateFiles(CertificatePaths paths, std::chrono::seconds interval, const Clock& clock,
                   std::function<Result<void>()> check = {})
      : paths_(std::move(paths)), interval_(interval), clock_(clock), check_(std::move(check)) {}

  // The texts, when a file is another one than at the last reading, and at first. What cannot be
  // read is an error once, until the files change again.
  Result<std::optional<CertificateTexts>> ReadIfChanged();
  // The next ReadIfChanged looks, whenever the last one was.
  void LookAtOnce() noexcept;
  // All files can be read. The error names the first that cannot.
  Result<void> CheckReadable() const;

  bool asks_clients() const { return !paths_.client_ca.empty(); }

 private:
  // Modification time, size and inode of the three files.
  using Stamp = std::array<std::int64_t, 12>;
  Stamp ReadStamp() const;
  Result<CertificateTexts> Read() const;

  const CertificatePaths paths_;
  const std::chrono::seconds interval_;
  const Clock& clock_;
  const std::function<Result<void>()> check_;
  std::mutex mutex_;
  std::optional<Stamp> stamp_;
  std::optional<SteadyTime> looked_at_;
};

}  // namespace kmaas::grpc_front
