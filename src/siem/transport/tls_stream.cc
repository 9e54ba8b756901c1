#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <algorithm>

#include "siem/transport/stream.h"

namespace kmaas::siem {
namespace {

constexpr std::size_t kReadBytes = 4096;
constexpr std::size_t kWriteBytesMax = std::size_t{1} << 30U;

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Session = std::unique_ptr<SSL, decltype(&SSL_free)>;

// What OpenSSL says of the last failure, an alert of the peer by its name.
Error TlsError(const std::string& what) {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  Error error = NetworkError(reason == nullptr ? what : what + ": " + reason);
  ERR_clear_error();
  return error;
}

Error FileProblem(const std::string& file, const std::string& what) {
  ERR_clear_error();
  return {ErrorCode::kValidation, file + ": " + what};
}

Result<Context> MakeContext(const TlsSettings& settings) {
  Context context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  if (context == nullptr) return TlsError("cannot prepare TLS");
  if (SSL_CTX_load_verify_locations(context.get(), settings.ca.c_str(), nullptr) != 1)
    return FileProblem(settings.ca, "holds no certificates of authorities");
  if (!settings.certificate.empty()) {
    if (SSL_CTX_use_certificate_chain_file(context.get(), settings.certificate.c_str()) != 1)
      return FileProblem(settings.certificate, "holds no certificate");
    if (SSL_CTX_use_PrivateKey_file(context.get(), settings.private_key.c_str(),
                                    SSL_FILETYPE_PEM) != 1)
      return FileProblem(settings.private_key, "is not the private key of the certificate");
  }
  if (SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1)
    return TlsError("cannot prepare TLS");
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
  return context;
}

// The certificate must be for exactly this name or address.
bool SetName(SSL* session, const std::string& host) {
  X509_VERIFY_PARAM* const parameters = SSL_get0_param(session);
  if (X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1) return true;
  ERR_clear_error();
  X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  // The macro for it has a cast of the old kind.
  return SSL_set1_host(session, host.c_str()) == 1 &&
         SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                  const_cast<char*>(host.c_str())) == 1;
}

class TlsStream final : public Stream {
 public:
  TlsStream(Socket socket, Session session)
      : socket_(std::move(socket)), session_(std::move(session)) {
    SSL_set_mode(session_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE);
  }
  ~TlsStream() override {
    // A last word, if there is room for it; nobody waits for the peer's.
    if (SSL_is_init_finished(session_.get()) != 0 && !has_failed_) SSL_shutdown(session_.get());
    ERR_clear_error();
  }

  Result<void> Handshake() {
    return Do("the TLS handshake failed", [this] { return SSL_connect(session_.get()); });
  }

  Result<void> Write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto size = static_cast<int>(std::min(bytes.size(), kWriteBytesMax));
      int sent = 0;
      KM_CHECK(Do("the connection broke",
                  [&] { return sent = SSL_write(session_.get(), bytes.data(), size); }));
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return {};
  }

  Result<std::string> Read() override {
    std::string bytes(kReadBytes, '\0');
    int got = 0;
    has_ended_ = false;
    const Result<void> read = Do("the connection broke", [&] {
      got = SSL_read(session_.get(), bytes.data(), static_cast<int>(bytes.size()));
      return got;
    });
    if (!read && !has_ended_) return read.error();
    bytes.resize(static_cast<std::size_t>(std::max(got, 0)));
    return bytes;
  }

  Result<void> Look() override {
    char bytes[kReadBytes];
    for (;;) {
      ERR_clear_error();
      const int got = SSL_read(session_.get(), bytes, sizeof bytes);
      if (got > 0) continue;
      const int why = SSL_get_error(session_.get(), got);
      if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return {};
      has_failed_ = true;
      if (why == SSL_ERROR_ZERO_RETURN) return NetworkError("the receiver closed the connection");
      return TlsError("the receiver ended the TLS session");
    }
  }

  // What is written goes to the socket at once, so the BIO's count is that of the wire.
  std::uint64_t written() const override {
    return BIO_number_written(SSL_get_wbio(session_.get()));
  }
  Result<std::uint64_t> Acknowledged() const override {
    KM_TRY(const std::size_t waiting, socket_.Unacknowledged());
    return written() - std::min<std::uint64_t>(waiting, written());
  }

 private:
  // Repeats a step of OpenSSL until it is done or its time is over.
  template <class F>
  Result<void> Do(const std::string& what, const F& step) {
    const SteadyTime until = socket_.StepEnd();
    for (;;) {
      ERR_clear_error();
      const int done = step();
      if (done > 0) return {};
      const int why = SSL_get_error(session_.get(), done);
      if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) {
        KM_CHECK(socket_.Wait(why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, until));
        continue;
      }
      has_failed_ = true;
      has_ended_ = why == SSL_ERROR_ZERO_RETURN;
      return has_ended_ ? NetworkError("the receiver closed the connection") : Failure(what);
    }
  }

  Error Failure(const std::string& what) const {
    const long verified = SSL_get_verify_result(session_.get());
    if (verified == X509_V_OK) return TlsError(what);
    ERR_clear_error();
    return NetworkError(what +
                        ": the receiver's certificate: " + X509_verify_cert_error_string(verified));
  }

  Socket socket_;
  Session session_;
  bool has_failed_ = false;
  bool has_ended_ = false;
};

}  // namespace

Result<std::unique_ptr<Stream>> MakeTlsStream(Socket socket, const TlsSettings& settings) {
  KM_TRY(const Context context, MakeContext(settings));
  Session session(SSL_new(context.get()), &SSL_free);
  if (session == nullptr || !SetName(session.get(), settings.host) ||
      SSL_set_fd(session.get(), socket.get()) != 1)
    return TlsError("cannot prepare TLS");
  auto stream = std::make_unique<TlsStream>(std::move(socket), std::move(session));
  KM_CHECK(stream->Handshake());
  return std::unique_ptr<Stream>(std::move(stream));
}

Result<void> CheckTlsFiles(const TlsSettings& settings) {
  KM_CHECK(MakeContext(settings));
  return {};
}

}  // namespace kmaas::siem
