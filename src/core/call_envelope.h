// What is known of a call before anybody is authenticated.
#pragma once

#include <string>

#include "base/clock.h"

namespace kmaas::core {

// Made by the front end; lives as long as the call.
struct CallEnvelope {
  std::string request_id;  // UUID; the caller gets it back
  std::string source_address;
  std::string user_agent;
  std::string tls_version;
  std::string tls_cipher;
  std::string claimed_access_key_id;  // for the audit of calls that fail to authenticate
  std::string claimed_operation;      // likewise; as the caller wrote it
  std::string trace_id;  // of the caller's traceparent; empty: none, or one that is not valid
  Deadline deadline;
};

}  // namespace kmaas::core
