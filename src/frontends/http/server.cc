#include "frontends/http/server.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include "base/log.h"
#include "base/signals_blocked.h"
#include "base/ticker.h"
#include "frontends/http/connection.h"
#include "frontends/http/tls_context.h"
#include "frontends/http/workers.h"

namespace kmaas::http {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::seconds kAcceptedMax{2};
constexpr int kSweepRounds = 8;
constexpr std::chrono::milliseconds kSweepPause{10};

Error CannotListen(std::string detail) {
  return {ErrorCode::kKmsInternal, "The HTTPS listener cannot be started.", std::move(detail)};
}

}  // namespace

class Server::Impl {
 public:
  Impl(const ServerOptions& options, Handler& handler, const Clock& clock)
      : options_(options),
        tls_(options.certificate_file, options.private_key_file),
        table_(clock, {options.connections_max, options.connections_per_address_max}),
        bodies_(options.bodies_bytes_max),
        context_{options_, handler, clock, table_, bodies_},
        io_(static_cast<int>(ThreadCount())) {}
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<void> Start();
  void StopAccepting();

  bool has_tls() const { return options_.tls; }
  TlsContext& tls() { return tls_; }
  Result<FreshCertificate> ReadCertificate() {
    if (!options_.tls) return FreshCertificate();
    if (options_.check_files) KM_CHECK(options_.check_files());
    return tls_.Read();
  }
  void Take(FreshCertificate fresh) noexcept {
    if (options_.tls) tls_.Take(std::move(fresh));
  }
  ConnectionTable& table() { return table_; }
  std::uint16_t port() const { return port_; }

 private:
  unsigned ThreadCount() const { return std::max(1U, options_.threads); }
  Result<void> Listen();
  void Accept();  // with the mutex held
  void Accepted(const error_code& error, Socket socket);
  void RunThread();
  void Sweep();

  const ServerOptions options_;
  TlsContext tls_;
  ConnectionTable table_;
  BodyBudget bodies_;
  const ConnectionContext context_;
  boost::asio::io_context io_;  // after what its pending connections refer to
  std::mutex listener_mutex_;   // guards what follows up to stopped_
  boost::asio::basic_socket_acceptor<tcp, boost::asio::io_context::executor_type> acceptor_{io_};
  boost::asio::steady_timer accept_pause_{io_};
  bool stopped_ = false;
  int accepting_ = 0;  // calls of Accepted that are to come, or have not ended
  std::condition_variable accepted_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Workers> workers_;
  // A thread of its own: it ends those that keep all others busy.
  std::unique_ptr<Ticker> sweeper_;
};

Server::Impl::~Impl() {
  StopAccepting();
  sweeper_.reset();
  io_.stop();
  workers_.reset();
}

Result<void> Server::Impl::Start() {
  if (options_.tls) KM_CHECK(tls_.Load());
  KM_CHECK(Listen());
  {
    const std::lock_guard lock(listener_mutex_);
    Accept();
  }
  const SignalsBlocked blocked;
  sweeper_ = std::make_unique<Ticker>(
      "http_not_swept", [this] { Sweep(); }, options_.sweep_interval);
  WorkersOptions workers;
  workers.threads = ThreadCount();
  workers.running_max = std::max(1U, options_.running_max);
  workers_ = std::make_unique<Workers>(workers, [this] { RunThread(); });
  return {};
}

Result<void> Server::Impl::Listen() {
  Result<ListeningSocket> opened = options_.listener != nullptr
                                       ? options_.listener->Copy()
                                       : ListeningSocket::Open(options_.address, options_.port);
  if (!opened) return CannotListen(std::move(opened.error().detail));
  error_code error;
  acceptor_.assign(opened->is_v6() ? tcp::v6() : tcp::v4(), opened->descriptor(), error);
  if (error) return CannotListen("listen at " + opened->address() + ": " + error.message());
  port_ = opened->port();
  opened->Release();  // the acceptor's from here on
  return {};
}

void Server::Impl::Accept() {
  ++accepting_;
  acceptor_.async_accept(
      [this](const error_code& error, Socket socket) { Accepted(error, std::move(socket)); });
}

void Server::Impl::Accepted(const error_code& error, Socket socket) {
  {
    const std::lock_guard lock(listener_mutex_);
    if (stopped_) {
      // Whoever was accepted before is served; only those still in the queue are the next one's.
    } else if (!error || error == boost::asio::error::connection_aborted) {
      Accept();
    } else {
      // No descriptors, most likely: it passes, and trying at once would only burn the processor.
      log::Warning("http_accept_failed", {{"reason", error.message()}});
      accept_pause_.expires_after(kAcceptPause);
      accept_pause_.async_wait([this](const error_code&) {
        const std::lock_guard relock(listener_mutex_);
        if (!stopped_) Accept();
      });
    }
  }
  if (!error) Connection::Start(context_, std::move(socket), tls_.current().get());
  const std::lock_guard lock(listener_mutex_);
  if (--accepting_ == 0) accepted_.notify_all();
}

void Server::Impl::StopAccepting() {
  std::unique_lock lock(listener_mutex_);
  stopped_ = true;
  error_code error;
  acceptor_.close(error);
  accept_pause_.cancel();
  // Whoever has been taken out of the queue is among the connections when this returns.
  accepted_.wait_for(lock, kAcceptedMax, [this] { return accepting_ == 0; });
}

// Those that are still late have the next turn.
void Server::Impl::Sweep() {
  for (int round = 0; round < kSweepRounds && table_.Sweep(); ++round)
    std::this_thread::sleep_for(kSweepPause);
}

void Server::Impl::RunThread() {
  for (;;) {
    try {
      io_.run();
      return;
    } catch (const std::exception& error) {
      // Out of memory, most likely: it costs the connection that was being served.
      log::Error("http_thread_caught", {{"type", typeid(error).name()}});
    }
  }
}

Result<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, Handler& handler,
                                              const Clock& clock) {
  try {
    auto impl = std::make_unique<Impl>(options, handler, clock);
    KM_CHECK(impl->Start());
    return std::unique_ptr<Server>(new Server(std::move(impl)));
  } catch (const std::exception& error) {
    return Error{ErrorCode::kKmsInternal, "The HTTPS listener cannot be started.", error.what()};
  }
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

std::uint16_t Server::port() const { return impl_->port(); }
std::size_t Server::connections() const { return impl_->table().size(); }
ConnectionCounters Server::counters() const { return impl_->table().counters(); }
Result<FreshCertificate> Server::ReadCertificate() { return impl_->ReadCertificate(); }
void Server::Take(FreshCertificate fresh) noexcept { impl_->Take(std::move(fresh)); }
Result<void> Server::ReloadCertificate() {
  KM_TRY(FreshCertificate fresh, ReadCertificate());
  Take(std::move(fresh));
  return {};
}
Result<bool> Server::ReloadCertificateIfChanged() {
  if (!impl_->has_tls() || !impl_->tls().HaveFilesChanged()) return false;
  KM_CHECK(ReloadCertificate());
  return true;
}
void Server::StopAccepting() { impl_->StopAccepting(); }
void Server::SendClientsAway(std::chrono::milliseconds span) {
  impl_->table().SendAway();
  impl_->table().WaitUntilAway(span);
}

bool Server::Drain(std::chrono::milliseconds span) {
  impl_->StopAccepting();
  impl_->table().BeginDraining();
  return impl_->table().WaitUntilEmpty(span);
}

}  // namespace kmaas::http
