#include "frontends/grpc/server_credentials.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>

#include "base/log.h"

namespace kmaas::grpc_front {
namespace {

const char* AsCString(const SecretBytes& text) { return AsText(text.view()).data(); }

// gRPC asks before each handshake, one at a time.
grpc_ssl_certificate_config_reload_status Fetch(void* user_data,
                                                grpc_ssl_server_certificate_config** config) {
  auto& files = *static_cast<CertificateFiles*>(user_data);
  const Result<std::optional<CertificateTexts>> read = files.ReadIfChanged();
  if (!read) {
    const Error& why = read.error();
    log::Error("certificate_not_taken",
               {{"detail", why.message.empty() ? why.detail : why.message}});
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_FAIL;
  }
  if (!read->has_value()) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
  const CertificateTexts& texts = **read;
  const grpc_ssl_pem_key_cert_pair pair{AsCString(texts.private_key), AsCString(texts.certificate)};
  // gRPC aborts without an authority, even when no client is asked for a certificate.
  const SecretBytes& authority = files.asks_clients() ? texts.client_ca : texts.certificate;
  *config = grpc_ssl_server_certificate_config_create(AsCString(authority), &pair, 1);
  return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
}

// gRPC's own TlsServerCredentials with a file watcher stop serving when the files do not fit each
// other, as between the replacement of the one and the other. The certificate callback does not:
// what cannot be used leaves the old pair in place. It has no C++ class, so here is one.
class FollowingCredentials final : public ::grpc::ServerCredentials {
 public:
  explicit FollowingCredentials(CertificateFiles& files)
      : credentials_(grpc_ssl_server_credentials_create_with_options(
            grpc_ssl_server_credentials_create_options_using_config_fetcher(
                files.asks_clients() ? GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY
                                     : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE,
                &Fetch, &files))) {}
  ~FollowingCredentials() override { grpc_server_credentials_release(credentials_); }

  void SetAuthMetadataProcessor(
      const std::shared_ptr<::grpc::AuthMetadataProcessor>& /*none*/) override {}

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }

  grpc_server_credentials* credentials_;
};

}  // namespace

std::shared_ptr<::grpc::ServerCredentials> MakeServerCredentials(CertificateFiles& files) {
  return std::make_shared<FollowingCredentials>(files);
}

}  // namespace kmaas::grpc_front
