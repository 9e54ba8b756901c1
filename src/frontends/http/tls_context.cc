#include "frontends/http/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <string_view>
#include <utility>

namespace kmaas::http {
namespace {

// Of TLS 1.2; those of TLS 1.3 are all good.
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr std::string_view kProtocol = "\x08http/1.1";
constexpr std::string_view kSessionContext = "kmaas";

Error Unusable(const std::string& what, const std::string& path) {
  std::string reason = "no reason given";
  if (const unsigned long code = ERR_peek_error(); code != 0) {
    const char* text = ERR_reason_error_string(code);
    reason = text != nullptr ? text : "OpenSSL error " + std::to_string(code);
  }
  ERR_clear_error();
  return {ErrorCode::kKmsInternal, "The certificate of the HTTPS listener cannot be used.",
          what + " " + path + ": " + reason};
}

int SelectProtocol(SSL* /*ssl*/, const unsigned char** out, unsigned char* out_size,
                   const unsigned char* offered, unsigned int offered_size, void* /*unused*/) {
  unsigned char* chosen = nullptr;
  const auto* ours = reinterpret_cast<const unsigned char*>(kProtocol.data());
  if (SSL_select_next_proto(&chosen, out_size, ours, static_cast<unsigned>(kProtocol.size()),
                            offered, offered_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

int RefusePassword(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*unused*/) { return -1; }

bool Configure(SSL_CTX* context) {
  std::uint64_t options = SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                          SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA;
#ifdef SSL_OP_CLEANSE_PLAINTEXT
  options |= SSL_OP_CLEANSE_PLAINTEXT;
#endif
  SSL_CTX_set_options(context, options);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // One read from the socket takes a record's head and body together.
  SSL_CTX_set_read_ahead(context, 1);
  // Tickets are the session's memory, so that the server has none to fill.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  // One for each handshake: a second one costs as much again, and is for clients that come back
  // twice at a time (RFC 8446, C.4).
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_default_passwd_cb(context, &RefusePassword);
  SSL_CTX_set_alpn_select_cb(context, &SelectProtocol, nullptr);
  const auto* name = reinterpret_cast<const unsigned char*>(kSessionContext.data());
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(context, kCiphers) == 1 &&
         SSL_CTX_set_session_id_context(context, name,
                                        static_cast<unsigned>(kSessionContext.size())) == 1;
}

}  // namespace

Result<std::shared_ptr<ssl_ctx_st>> TlsContext::ReadPair() const {
  ERR_clear_error();
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  if (context == nullptr || !Configure(context.get())) return Unusable("TLS settings", "");
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file_.c_str()) != 1) {
    return Unusable("certificate", certificate_file_);
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), private_key_file_.c_str(), SSL_FILETYPE_PEM) !=
      1) {
    return Unusable("private key", private_key_file_);
  }
  if (SSL_CTX_check_private_key(context.get()) != 1) {
    return Unusable("private key that belongs to the certificate", private_key_file_);
  }
  return context;
}

FileStamp TlsContext::ReadStamp() const {
  FileStamp stamp{};
  std::size_t next = 0;
  for (const std::string& path : {certificate_file_, private_key_file_}) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) status = {};
    stamp[next++] = status.st_mtim.tv_sec;
    stamp[next++] = status.st_mtim.tv_nsec;
    stamp[next++] = static_cast<std::int64_t>(status.st_size);
    stamp[next++] = static_cast<std::int64_t>(status.st_ino);
  }
  return stamp;
}

Result<FreshCertificate> TlsContext::Read() {
  FreshCertificate fresh;
  fresh.stamp = ReadStamp();  // before the reading: a later change is then seen as one
  Result<std::shared_ptr<ssl_ctx_st>> read = ReadPair();
  if (!read) {
    const std::lock_guard lock(mutex_);
    stamp_ = fresh.stamp;
    return std::move(read).error();
  }
  fresh.context = *std::move(read);
  return fresh;
}

// The last of the old one goes after the lock.
void TlsContext::Take(FreshCertificate fresh) noexcept {
  const std::lock_guard lock(mutex_);
  current_.swap(fresh.context);
  stamp_ = fresh.stamp;
}

Result<void> TlsContext::Load() {
  KM_TRY(FreshCertificate fresh, Read());
  Take(std::move(fresh));
  return {};
}

bool TlsContext::HaveFilesChanged() {
  const FileStamp stamp = ReadStamp();
  const std::lock_guard lock(mutex_);
  return std::exchange(stamp_, stamp) != stamp;
}

std::shared_ptr<ssl_ctx_st> TlsContext::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

}  // namespace kmaas::http
