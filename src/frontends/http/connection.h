// One connection: handshake, then request after request, then a clean end.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>

#include "base/clock.h"
#include "frontends/http/channel.h"
#include "frontends/http/connection_table.h"
#include "frontends/http/handler.h"
#include "frontends/http/read_buffer.h"
#include "frontends/http/request_reader.h"
#include "frontends/http/server.h"

struct ssl_ctx_st;

namespace kmaas::http {

// Of the one kind of executor that there is: nothing need be found out at run time.
using Socket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

// What all connections of a server share. Outlives them.
struct ConnectionContext {
  const ServerOptions& options;
  Handler& handler;
  const Clock& clock;
  ConnectionTable& table;
  BodyBudget& bodies;
};

// Owned by the one wait that it has outstanding, and run by one thread at a time: it needs neither
// lock nor strand. It ends when that wait ends, or the io_context does.
class Connection {
 public:
  // Takes the socket over. Closes it when the table is full or there is no memory. `tls` is null on
  // a listener without TLS.
  static void Start(const ConnectionContext& context, Socket socket, ssl_ctx_st* tls);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

 private:
  // What has to happen before the next step.
  enum class Next { kStep, kYield, kWaitRead, kWaitWrite, kEnd };
  // What follows when all of `out_` is written.
  enum class AfterWrite { kReadOn, kNextRequest, kLinger };

  Connection(const ConnectionContext& context, Socket socket)
      : context_(context),
        socket_(std::move(socket)),
        buffer_(context.options.header_bytes_max),
        reader_(context.options, context.bodies) {}

  static void Run(std::unique_ptr<Connection> self);
  bool Open(ssl_ctx_st* tls);
  Next Step();
  Next Handshake();
  Next Read();
  Next Parse();
  Next Answer();
  Next Refuse(unsigned status);
  Next Respond(Response response, bool keep_alive);
  Next Write();
  Next Written();
  Next BeginRequest();
  void BeginReading();
  void BoundReading();
  Next BeginLingering();
  Next Linger();
  bool HasInput() const;
  bool MayEndAtOnce() const;
  Next WaitRead() { return channel_->HasPending() ? Next::kStep : Next::kWaitRead; }

  const ConnectionContext& context_;
  Socket socket_;
  ConnectionEntry entry_;
  bool in_table_ = false;
  std::unique_ptr<Channel> channel_;
  ReadBuffer buffer_;
  RequestReader reader_;
  std::string remote_address_;
  std::string tls_version_;
  std::string tls_cipher_;
  std::string out_;
  std::size_t written_ = 0;
  AfterWrite after_write_ = AfterWrite::kNextRequest;
  std::int64_t reading_began_ = 0;  // on the table's scale; the two below likewise
  std::int64_t body_began_ = 0;     // 0: still in the header
  bool unparsed_ = false;           // the buffer holds what the reader has not seen
};

}  // namespace kmaas::http
