#include "app/https_get.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "base/ascii_case.h"

namespace kmaas::app {
namespace {

constexpr std::string_view kScheme = "https://";
constexpr std::size_t kHeaderBytesMax = 16 << 10U;

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Stream = std::unique_ptr<BIO, decltype(&BIO_free_all)>;

struct Place {
  std::string host;
  std::string port;
  std::string path;
};

Place ToPlace(std::string_view url) {
  url.remove_prefix(std::min(kScheme.size(), url.size()));
  const std::size_t slash = std::min(url.find('/'), url.size());
  const std::string_view authority = url.substr(0, slash);
  const std::size_t colon = authority.rfind(':');
  const bool has_port = colon != std::string_view::npos && authority.back() != ']';
  Place place{std::string(authority.substr(0, colon)), "443", std::string(url.substr(slash))};
  if (has_port) place.port = authority.substr(colon + 1);
  if (place.path.empty()) place.path = "/";
  return place;
}

Error Failed(const HttpsGet& wanted, const std::string& why) {
  ERR_clear_error();
  return {ErrorCode::kDependencyTimeout, wanted.url + ": " + why};
}

Context MakeContext(const HttpsGet& wanted) {
  Context context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  if (context == nullptr ||
      SSL_CTX_load_verify_locations(context.get(), wanted.ca_file.c_str(), nullptr) != 1)
    return {nullptr, &SSL_CTX_free};
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return context;
}

// A server that says nothing holds the health timer no longer than this. Connecting within a time
// leaves the socket one that does not wait.
void LimitTime(BIO* stream, std::chrono::milliseconds span) {
  int descriptor = -1;
  if (BIO_get_fd(stream, &descriptor) < 0) return;
  BIO_socket_nbio(descriptor, 0);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(span);
  const timeval limit{seconds.count(), 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

// TCP within the time, then TLS to exactly this name.
Stream Connect(const HttpsGet& wanted, const Place& place, SSL_CTX* context) {
  Stream stream(BIO_new_ssl_connect(context), &BIO_free_all);
  SSL* tls = nullptr;
  if (stream == nullptr || BIO_get_ssl(stream.get(), &tls) != 1) return {nullptr, &BIO_free_all};
  BIO_set_conn_hostname(stream.get(), (place.host + ":" + place.port).c_str());
  // The macro for it has a cast of the old kind.
  SSL_ctrl(tls, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
           const_cast<char*>(place.host.c_str()));
  BIO* socket = BIO_find_type(stream.get(), BIO_TYPE_CONNECT);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(wanted.time_max).count();
  if (SSL_set1_host(tls, place.host.c_str()) != 1 || socket == nullptr ||
      BIO_do_connect_retry(socket, static_cast<int>(seconds), 20) != 1)
    return {nullptr, &BIO_free_all};
  LimitTime(socket, wanted.time_max);
  if (BIO_do_handshake(stream.get()) != 1) return {nullptr, &BIO_free_all};
  return stream;
}

Result<std::string> ReadAll(BIO* stream, const HttpsGet& wanted, const Clock& clock) {
  const Deadline deadline = Deadline::After(clock, wanted.time_max);
  std::string answer;
  char buffer[4096];
  while (clock.SteadyNow() < deadline.at) {
    const int read = BIO_read(stream, buffer, sizeof buffer);
    if (read <= 0) return answer;  // whether it is whole, its length says
    answer.append(buffer, static_cast<std::size_t>(read));
    if (answer.size() > wanted.bytes_max + kHeaderBytesMax) {
      return Failed(wanted,
                    "the answer has more than " + std::to_string(wanted.bytes_max) + " bytes");
    }
  }
  return Failed(wanted,
                "the answer took longer than " + std::to_string(wanted.time_max.count()) + " ms");
}

bool Says200(const std::string& answer) {
  return answer.find(" 200") == std::string_view("HTTP/1.x").size();
}

// What the head, in lower case and with the end of its last line, gives as the length of the body.
std::string LengthIn(const std::string& head) {
  constexpr std::string_view kLength = "\r\ncontent-length:";
  const std::size_t at = head.find(kLength);
  if (at == std::string::npos) return {};
  const std::size_t start = head.find_first_not_of(' ', at + kLength.size());
  return head.substr(start, head.find("\r\n", at + 2) - start);
}

}  // namespace

Result<std::string> BodyOf(const std::string& answer, const HttpsGet& wanted) {
  const std::size_t end = answer.find("\r\n\r\n");
  if (end == std::string::npos) return Failed(wanted, "the answer is no whole answer of HTTP/1.0");
  if (!Says200(answer)) return Failed(wanted, "the answer has another status than 200");
  const std::string length = LengthIn(LowerAscii(answer.substr(0, end + 2)));
  if (length.empty())
    return Failed(wanted, "the answer does not say how long it is, so it could have been cut");
  std::string body = answer.substr(end + 4);
  if (length == std::to_string(body.size())) return body;
  return Failed(wanted, "the answer has another length than it says");
}

Result<std::string> Fetch(const HttpsGet& wanted, const Clock& clock) {
  const Place place = ToPlace(wanted.url);
  const Context context = MakeContext(wanted);
  if (context == nullptr) return Failed(wanted, wanted.ca_file + " holds no certificates");
  const Stream stream = Connect(wanted, place, context.get());
  if (stream == nullptr) return Failed(wanted, "no connection that its authorities vouch for");
  const std::string request = "GET " + place.path + " HTTP/1.0\r\nHost: " + place.host +
                              "\r\nAccept: application/json\r\nConnection: close\r\n\r\n";
  const auto size = static_cast<int>(request.size());
  if (BIO_write(stream.get(), request.data(), size) != size)
    return Failed(wanted, "the connection ended before the request was sent");
  KM_TRY(const std::string answer, ReadAll(stream.get(), wanted, clock));
  return BodyOf(answer, wanted);
}

}  // namespace kmaas::app
