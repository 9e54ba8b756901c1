// The TLS settings and the certificate of the server, replaceable while it runs.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "frontends/http/fresh_certificate.h"

struct ssl_ctx_st;

namespace kmaas::http {

// TLS 1.2 with forward secrecy and AEAD ciphers only, TLS 1.3 preferred; HTTP/1.1 by ALPN;
// stateless session tickets; no renegotiation, no compression. Thread-safe.
class TlsContext {
 public:
  // PEM files; an encrypted key is refused, nobody is asked for its password.
  TlsContext(std::string certificate_file, std::string private_key_file)
      : certificate_file_(std::move(certificate_file)),
        private_key_file_(std::move(private_key_file)) {}

  // Reads the files, for Take. A pair that cannot be used is the error.
  Result<FreshCertificate> Read();
  void Take(FreshCertificate fresh) noexcept;
  // Both. A pair that cannot be used changes nothing.
  Result<void> Load();
  // Whether a file is another one than that in use, or than at the last time that a pair could not
  // be used or this said so.
  bool HaveFilesChanged();
  // For the next connection; null before the first Load.
  std::shared_ptr<ssl_ctx_st> current() const;

 private:
  FileStamp ReadStamp() const;
  Result<std::shared_ptr<ssl_ctx_st>> ReadPair() const;

  const std::string certificate_file_;
  const std::string private_key_file_;
  mutable std::mutex mutex_;
  std::shared_ptr<ssl_ctx_st> current_;
  FileStamp stamp_{};
};

}  // namespace kmaas::http
