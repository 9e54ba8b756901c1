#include "tests/component/http/fixture.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace kmaas::http {
namespace {

constexpr timeval kPatience{10, 0};

int Connect(std::uint16_t port, int receive_buffer) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to connections that the server has closed
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  if (receive_buffer > 0) {
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  return descriptor;
}

std::size_t ContentLength(std::string_view head) {
  const std::size_t at = head.find("Content-Length: ");
  return at == std::string_view::npos ? 0 : std::strtoul(head.data() + at + 16, nullptr, 10);
}

}  // namespace

Folder::Folder() {
  const char* root = std::getenv("TMPDIR");
  path_ = std::string(root != nullptr ? root : "/tmp") + "/kmaas-http-XXXXXX";
  EXPECT_NE(::mkdtemp(path_.data()), nullptr);
}
Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void WriteFile(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

void WriteCertificate(const std::string& certificate_file, const std::string& key_file,
                      const std::string& name) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  EXPECT_GT(X509_sign(certificate, key, EVP_sha256()), 0);
  FILE* file = std::fopen(certificate_file.c_str(), "w");
  EXPECT_EQ(PEM_write_X509(file, certificate), 1);
  std::fclose(file);
  file = std::fopen(key_file.c_str(), "w");
  EXPECT_EQ(PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr), 1);
  std::fclose(file);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

TlsClient::TlsClient(std::uint16_t port, const ClientOptions& options)
    : descriptor_(Connect(port, options.receive_buffer)),
      context_(SSL_CTX_new(TLS_client_method())) {
  SSL_CTX_set_min_proto_version(context_, options.version_min);
  SSL_CTX_set_max_proto_version(context_, options.version_max);
  SSL_CTX_set_security_level(context_, 0);
  ssl_ = SSL_new(context_);
  SSL_set_fd(ssl_, descriptor_);
  if (!options.alpn.empty()) {
    SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>(options.alpn.data()),
                        static_cast<unsigned>(options.alpn.size()));
  }
  if (options.session != nullptr) SSL_set_session(ssl_, options.session);
  connected_ = options.handshake && SSL_connect(ssl_) == 1;
}

TlsClient::~TlsClient() {
  SSL_free(ssl_);
  SSL_CTX_free(context_);
  ::close(descriptor_);
}

void TlsClient::Send(std::string_view text) {
  while (!text.empty()) {
    const int sent = SSL_write(ssl_, text.data(), static_cast<int>(text.size()));
    if (sent <= 0) return;  // the server may have closed: what it said is what counts
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void TlsClient::SendRaw(std::string_view bytes) const {
  EXPECT_EQ(::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(bytes.size()));
}

void TlsClient::ChangeKeys(int times) {
  for (int i = 0; i < times; ++i) {
    if (SSL_key_update(ssl_, SSL_KEY_UPDATE_NOT_REQUESTED) != 1 || SSL_do_handshake(ssl_) != 1)
      return;
  }
}

bool TlsClient::Fill() {
  std::array<char, 16384> some;
  const int size = SSL_read(ssl_, some.data(), static_cast<int>(some.size()));
  if (size <= 0) {
    clean_end_ = SSL_get_error(ssl_, size) == SSL_ERROR_ZERO_RETURN;
    return false;
  }
  received_.append(some.data(), static_cast<std::size_t>(size));
  return true;
}

std::string TlsClient::ReceiveHead() {
  std::size_t end = 0;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) return std::exchange(received_, {});
  }
  std::string head = received_.substr(0, end + 4);
  received_.erase(0, end + 4);
  return head;
}

std::string TlsClient::Receive() {
  std::string response = ReceiveHead();
  const std::size_t size = ContentLength(response);
  while (received_.size() < size && Fill()) {
  }
  response += received_.substr(0, size);
  received_.erase(0, size);
  return response;
}

bool TlsClient::EndsCleanly() {
  while (Fill()) {
  }
  return clean_end_ && received_.empty();
}

bool TlsClient::EndsWithin(int milliseconds) {
  pollfd wait{descriptor_, POLLIN, 0};
  return ::poll(&wait, 1, milliseconds) == 1;
}

std::string TlsClient::PeerName() const {
  std::array<char, 100> name{};
  X509* certificate = SSL_get1_peer_certificate(ssl_);
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(),
                            static_cast<int>(name.size()));
  X509_free(certificate);
  return name.data();
}

std::string TlsClient::Protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_, &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

bool TlsClient::resumed() const { return SSL_session_reused(ssl_) == 1; }
ssl_session_st* TlsClient::TakeSession() {
  // A session that its connection has not shut down is not offered again.
  SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  return SSL_get1_session(ssl_);
}

std::string Post(std::string_view body, std::string_view more_headers) {
  return "POST / HTTP/1.1\r\nHost: localhost\r\n" + std::string(more_headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

ServerFixture::ServerFixture() {
  options.certificate_file = folder.Path("certificate.pem");
  options.private_key_file = folder.Path("key.pem");
  options.sweep_interval = std::chrono::milliseconds(2);
  WriteCertificate(options.certificate_file, options.private_key_file, "first");
}

void ServerFixture::Start() {
  auto started = Server::Start(options, handler, clock);
  ASSERT_TRUE(started) << started.error().detail;
  server = *std::move(started);
}

}  // namespace kmaas::http
