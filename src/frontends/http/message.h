// What an HTTP request and its response are to a front end: no socket, no parser, no TLS library.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kmaas::http {

struct Header {
  std::string name;
  std::string value;
};

// One request, complete. It belongs to the connection, which overwrites and reuses it: nothing may
// be kept by reference after Handler::Handle has returned. A handler may move the body out; it then
// owes the wiping of it.
struct Request {
  std::string method;
  std::string target;           // as received: path and query, not decoded
  std::vector<Header> headers;  // arrival order and spelling kept; values without outer blanks
  std::string body;             // chunked bodies arrive joined
  std::string remote_address;   // the peer's IP address; an IPv4-mapped one is written as IPv4
  std::string tls_version;      // "TLSv1.3"
  std::string tls_cipher;       // "TLS_AES_256_GCM_SHA384"

  // The value of the first header with this name, in any spelling (RFC 9110 section 5.1); empty
  // when there is none.
  std::string_view FindHeader(std::string_view name) const;
};

// The server adds Date, Content-Length and Connection, and wipes the body once it is written.
struct Response {
  unsigned status = 200;
  std::vector<Header> headers;
  std::string body;
  bool close = false;  // ends the connection, whatever the client asked for
  // The caller has proven who he is: his connection makes room after those of strangers.
  bool is_proven = false;
};

// Compares ASCII letters without case, as header names are compared.
bool EqualsIgnoringCase(std::string_view left, std::string_view right);

}  // namespace kmaas::http
