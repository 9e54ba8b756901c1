#include "frontends/http/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <exception>
#include <typeinfo>
#include <utility>

#include "base/log.h"
#include "base/secret_bytes.h"
#include "base/vector_registers.h"
#include "frontends/http/plain_channel.h"
#include "frontends/http/response_text.h"
#include "frontends/http/tls_channel.h"
#include "frontends/http/workers.h"

namespace kmaas::http {
namespace {

using boost::asio::ip::tcp;

constexpr std::chrono::seconds kLingerMax{2};
constexpr std::chrono::milliseconds kBodyGrace{5000};  // before a rate is asked of it
constexpr std::size_t kMillisPerSecond = 1000;
constexpr std::size_t kNetworkBytes = 8;
constexpr std::size_t kOutBytesKept = std::size_t{16} << 10U;
constexpr int kLingerReadsMax = 16;  // in a row
constexpr unsigned kRequestTimeout = 408;
constexpr unsigned kInternalError = 500;

std::string AddressOf(const Socket& socket) {
  boost::system::error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return {};
  const auto address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6())
        .to_string();
  }
  return address.to_string();
}

// Whoever has an IPv6 address has the /64 around it.
std::string NetworkOf(const Socket& socket) {
  boost::system::error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  const auto address = endpoint.address();
  if (error || address.is_v4() || address.to_v6().is_v4_mapped()) return AddressOf(socket);
  const auto bytes = address.to_v6().to_bytes();
  return {bytes.begin(), bytes.begin() + kNetworkBytes};
}

}  // namespace

void Connection::Start(const ConnectionContext& context, Socket socket, ssl_ctx_st* tls) {
  std::unique_ptr<Connection> self(new Connection(context, std::move(socket)));
  if (self->Open(tls)) Run(std::move(self));
}

Connection::~Connection() {
  if (in_table_) context_.table.Remove(entry_);  // before the socket's number is free again
  WipeText(out_);
}

bool Connection::Open(ssl_ctx_st* tls) {
  boost::system::error_code error;
  socket_.non_blocking(true, error);
  if (error) return false;
  socket_.set_option(tcp::no_delay(true), error);
  remote_address_ = AddressOf(socket_);
  entry_.descriptor = socket_.native_handle();
  entry_.network = NetworkOf(socket_);
  if (context_.options.tls) {
    channel_ = TlsChannel::Open(tls, entry_.descriptor);
  } else {
    channel_ = std::make_unique<PlainChannel>(entry_.descriptor);
  }
  if (channel_ == nullptr) return false;
  context_.table.Enter(entry_, Phase::kHandshake, context_.options.handshake_max);
  in_table_ = context_.table.Add(entry_);
  return in_table_;
}

void Connection::Run(std::unique_ptr<Connection> self) {
  const Workers::Request request;
  Next next = Next::kStep;
  while (next == Next::kStep) next = self->Step();
  if (next == Next::kEnd) {
    // Before the request, whose end may park this thread for as long as others have nothing to do.
    self.reset();
    return;
  }
  Socket& socket = self->socket_;
  if (next == Next::kYield) {
    boost::asio::post(socket.get_executor(),
                      [self = std::move(self)]() mutable { Run(std::move(self)); });
    return;
  }
  const auto kind = next == Next::kWaitRead ? Socket::wait_read : Socket::wait_write;
  socket.async_wait(kind, [self = std::move(self)](const boost::system::error_code& error) mutable {
    if (!error) Run(std::move(self));
  });
}

Connection::Next Connection::Step() {
  switch (entry_.phase.load(std::memory_order_relaxed)) {
    case Phase::kHandshake:
      return Handshake();
    case Phase::kIdle:
    case Phase::kReading:
      return unparsed_ ? Parse() : Read();
    case Phase::kWriting:
      return Write();
    case Phase::kLingering:
      return Linger();
    case Phase::kHandling:  // never left unfinished
      break;
  }
  return Next::kEnd;
}

Connection::Next Connection::Handshake() {
  switch (channel_->Handshake()) {
    case IoStatus::kDone:
      break;
    case IoStatus::kWantsRead:
      return Next::kWaitRead;
    case IoStatus::kWantsWrite:
      return Next::kWaitWrite;
    case IoStatus::kClosed:
      log::Debug("tls_handshake_failed", {{"peer", remote_address_}});
      return Next::kEnd;
  }
  tls_version_ = channel_->version();
  tls_cipher_ = channel_->cipher();
  return BeginRequest();
}

Connection::Next Connection::BeginRequest() {
  reader_.Reset();
  unparsed_ = !buffer_.empty();
  if (unparsed_) {
    // Others wait too: who sends many requests at once queues up again after each.
    BeginReading();
    return Next::kYield;
  }
  context_.table.Enter(entry_, Phase::kIdle, context_.options.idle_max);
  if (MayEndAtOnce()) return BeginLingering();
  return WaitRead();
}

// Whoever has not asked anything yet has a request on its way.
bool Connection::MayEndAtOnce() const {
  return context_.table.draining() && entry_.asked.load(std::memory_order_relaxed);
}

Connection::Next Connection::Read() {
  const bool reading = entry_.phase.load(std::memory_order_relaxed) == Phase::kReading;
  const bool expired = entry_.expired.load(std::memory_order_relaxed);
  if (expired && reading) return Refuse(kRequestTimeout);
  // Closed from within while it was idle: a farewell, unless a request has come just before.
  if ((expired || MayEndAtOnce()) && !reading && !HasInput()) return BeginLingering();
  const IoResult got = channel_->Read(buffer_.Prepare());
  switch (got.status) {
    case IoStatus::kDone:
      buffer_.Commit(got.bytes);
      unparsed_ = true;
      if (!reading) BeginReading();
      return Next::kStep;
    case IoStatus::kWantsRead:
      return Next::kWaitRead;
    case IoStatus::kWantsWrite:
      return Next::kWaitWrite;
    case IoStatus::kClosed:
      break;
  }
  // A sweep may have closed the reading side between the look at the flag and the read.
  if (reading && entry_.expired.load(std::memory_order_relaxed)) return Refuse(kRequestTimeout);
  return BeginLingering();
}

void Connection::BeginReading() {
  const ServerOptions& options = context_.options;
  reading_began_ = context_.table.NowMillis();
  body_began_ = 0;
  context_.table.Enter(entry_, Phase::kReading,
                       std::min(options.header_read_max, options.request_read_max));
}

// What has come so far says how long the rest may take. More comes, so this is asked again.
void Connection::BoundReading() {
  if (reader_.in_header()) return;
  const ServerOptions& options = context_.options;
  if (body_began_ == 0) body_began_ = context_.table.NowMillis();
  const std::size_t bytes = reader_.request().body.size();
  const auto for_body = static_cast<std::int64_t>(
      bytes * kMillisPerSecond / std::max<std::size_t>(options.body_bytes_per_second_min, 1));
  context_.table.EndAt(entry_, std::min(reading_began_ + options.request_read_max.count(),
                                        body_began_ + kBodyGrace.count() + for_body));
}

bool Connection::HasInput() const {
  char next = 0;
  return channel_->HasPending() || ::recv(entry_.descriptor, &next, 1, MSG_PEEK) > 0;
}

Connection::Next Connection::Parse() {
  unparsed_ = false;
  switch (reader_.Feed(buffer_)) {
    case ReadProgress::kComplete:
      return Answer();
    case ReadProgress::kRefused:
      return Refuse(reader_.refusal());
    case ReadProgress::kNeedsMore:
      BoundReading();
      break;
  }
  if (reader_.TakeContinueWish()) {
    out_ = "HTTP/1.1 100 Continue\r\n\r\n";
    after_write_ = AfterWrite::kReadOn;
    context_.table.Enter(entry_, Phase::kWriting, context_.options.response_write_max);
    return Write();
  }
  return WaitRead();
}

Connection::Next Connection::Answer() {
  Request& request = reader_.request();
  request.remote_address = remote_address_;
  request.tls_version = tls_version_;
  request.tls_cipher = tls_cipher_;
  context_.table.EnterUnbounded(entry_, Phase::kHandling);
  try {
    return Respond(context_.handler.Handle(request), reader_.keep_alive());
  } catch (const std::exception& error) {
    // Its text may hold anything, a secret too.
    log::Error("http_handler_threw", {{"type", typeid(error).name()}});
  } catch (...) {
    log::Error("http_handler_threw", {{"type", "unknown"}});
  }
  return Refuse(kInternalError);
}

Connection::Next Connection::Refuse(unsigned status) {
  Request& request = reader_.request();
  WipeText(request.body);
  request.remote_address = remote_address_;
  request.tls_version = tls_version_;
  request.tls_cipher = tls_cipher_;
  Response response;
  try {
    response = context_.handler.Refuse(request, status);
  } catch (...) {
    log::Error("http_handler_threw", {{"status", status}});
    response = {};
  }
  response.status = status;
  return Respond(std::move(response), false);
}

Connection::Next Connection::Respond(Response response, bool keep_alive) {
  entry_.asked.store(true, std::memory_order_relaxed);
  if (response.is_proven) entry_.was_served.store(true, std::memory_order_relaxed);
  keep_alive = keep_alive && !response.close && !context_.table.ends_after_request();
  AppendResponse(out_, response,
                 {context_.clock.Now(), keep_alive, reader_.request().method == "HEAD"});
  WipeText(response.body);
  after_write_ = keep_alive ? AfterWrite::kNextRequest : AfterWrite::kLinger;
  context_.table.Enter(entry_, Phase::kWriting, context_.options.response_write_max);
  return Write();
}

Connection::Next Connection::Write() {
  while (written_ < out_.size()) {
    const IoResult put = channel_->Write(AsBytes(out_).subspan(written_));
    switch (put.status) {
      case IoStatus::kDone:
        written_ += put.bytes;
        break;
      case IoStatus::kWantsRead:
        return Next::kWaitRead;
      case IoStatus::kWantsWrite:
        return Next::kWaitWrite;
      case IoStatus::kClosed:
        return Next::kEnd;
    }
  }
  return Written();
}

Connection::Next Connection::Written() {
  written_ = 0;
  WipeText(out_);
  WipeVectorRegisters();
  if (out_.capacity() > kOutBytesKept) out_ = std::string();
  switch (after_write_) {
    case AfterWrite::kReadOn:
      context_.table.Enter(entry_, Phase::kReading, context_.options.request_read_max);
      BoundReading();
      return WaitRead();
    case AfterWrite::kNextRequest:
      return BeginRequest();
    case AfterWrite::kLinger:
      break;
  }
  return BeginLingering();
}

// To close with input unread resets the connection, and the answer may be lost with it: so what
// still comes is thrown away for a while.
Connection::Next Connection::BeginLingering() {
  channel_->SendCloseNotify();
  ::shutdown(entry_.descriptor, SHUT_WR);
  context_.table.Enter(entry_, Phase::kLingering, kLingerMax);
  if (context_.table.draining()) return Next::kEnd;
  return Next::kStep;
}

Connection::Next Connection::Linger() {
  static thread_local std::array<char, std::size_t{16} << 10U> discarded;
  for (int round = 0; round < kLingerReadsMax; ++round) {
    const ssize_t size = ::recv(entry_.descriptor, discarded.data(), discarded.size(), 0);
    if (size == 0 || entry_.expired.load(std::memory_order_relaxed)) return Next::kEnd;
    if (size > 0) continue;
    return errno == EAGAIN || errno == EWOULDBLOCK ? Next::kWaitRead : Next::kEnd;
  }
  return Next::kYield;
}

}  // namespace kmaas::http
