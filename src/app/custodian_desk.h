// Where custodians give their shares of the user PIN to a server that waits for them.
#pragma once

#include <csignal>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "app/custodian_share.h"
#include "base/result.h"
#include "base/secret_bytes.h"

namespace kmaas::app {

// A local socket, mode 0600. Root and the user of the server are heard, nobody else. One thread.
//
// A caller sends one line, "give SHARE" or "status", and gets one: "given 1 of 3", "complete",
// "refused: " and why.
class CustodianDesk {
 public:
  // Before the process gives up making sockets. An old socket is replaced; one at which
  // somebody listens, and anything else at the path, is refused.
  static Result<CustodianDesk> Open(const std::string& path);
  CustodianDesk(CustodianDesk&& other) noexcept;
  CustodianDesk& operator=(CustodianDesk&&) = delete;
  CustodianDesk(const CustodianDesk&) = delete;
  CustodianDesk& operator=(const CustodianDesk&) = delete;
  ~CustodianDesk();  // removes the socket

  // Told at the beginning, after each share, and every ten seconds.
  using Told = std::function<void(std::size_t given, std::size_t needed)>;
  // Waits until the shares give a PIN, or until SIGTERM or SIGINT, which the calling thread has
  // blocked: then there is none.
  Result<std::optional<SecretBytes>> Await(const Told& told);

 private:
  CustodianDesk(std::string path, int listener) : path_(std::move(path)), listener_(listener) {}
  void Serve(int caller);
  std::string Answer(ByteView line);
  std::string Give(ByteView text);

  std::string path_;
  int listener_;
  ShareCollection shares_;
  std::optional<SecretBytes> pin_;
};

// The other end: one line to the server that waits at `path`, and its answer. kValidation when
// nobody waits there, or for what begins with "refused: ".
Result<std::string> AskDesk(const std::string& path, ByteView line);

}  // namespace kmaas::app
