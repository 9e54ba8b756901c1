// A server with a handler to order and a TLS client, on loopback.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "frontends/http/server.h"
#include "tests/fakes/manual_clock.h"

struct ssl_st;
struct ssl_ctx_st;
struct ssl_session_st;

namespace kmaas::http {

// A temporary folder, gone with the object.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string Path(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

// Makes a P-256 key and a self-signed certificate for `name`, and replaces both files.
void WriteCertificate(const std::string& certificate_file, const std::string& key_file,
                      const std::string& name);
void WriteFile(const std::string& path, std::string_view text);

// Answers with what the test says; by default an echo of the body.
class ScriptedHandler final : public Handler {
 public:
  Response Handle(Request& request) override { return script(request); }
  std::function<Response(Request&)> script = [](Request& request) {
    return Response{200, {{"X-Target", request.target}}, request.body};
  };
};

struct ClientOptions {
  int version_min = 0;
  int version_max = 0;
  bool handshake = true;
  std::string_view alpn = {};  // wire format
  ssl_session_st* session = nullptr;
  int receive_buffer = 0;
};

// Blocking, and never longer than ten seconds. Not thread-safe.
class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port, const ClientOptions& options = {});
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  bool connected() const { return connected_; }
  void Send(std::string_view text);
  void SendRaw(std::string_view bytes) const;  // below TLS
  // Sends new keys, without waiting for anything, until so many are sent or the server has closed.
  void ChangeKeys(int times);
  // Head and body of the next response, by its Content-Length; what came so far when it ends early.
  std::string Receive();
  // The head only: for interim responses and answers to HEAD.
  std::string ReceiveHead();
  // True when the server has closed: with a close notification, or without one.
  bool EndsCleanly();
  bool EndsWithin(int milliseconds);
  std::string PeerName() const;  // the common name of the server's certificate
  std::string Protocol() const;  // by ALPN
  bool resumed() const;
  ssl_session_st* TakeSession();

 private:
  bool Fill();

  int descriptor_ = -1;
  ssl_ctx_st* context_ = nullptr;
  ssl_st* ssl_ = nullptr;
  bool connected_ = false;
  bool clean_end_ = false;
  std::string received_;
};

// "POST / HTTP/1.1" with Host, length and body.
std::string Post(std::string_view body, std::string_view more_headers = {});

struct ServerFixture {
  ServerFixture();
  void Start();

  Folder folder;
  fakes::ManualClock clock;
  ScriptedHandler handler;
  ServerOptions options;
  std::unique_ptr<Server> server;
};

}  // namespace kmaas::http
