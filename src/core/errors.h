// The error table: one row per ErrorCode, its name and number in every dialect.
#pragma once

#include <string_view>

#include "base/result.h"

namespace kmaas::core {

struct ErrorRow {
  std::string_view aws_name;
  unsigned http_status;
  int grpc_code;  // grpc::StatusCode
  bool retryable;
  std::string_view default_message =
      {};  // for errors that arise below, where nobody knows what the caller may read
};

// Sources: shared AWS KMS service model (names), answers recorded from AWS (400 for every client
// fault), gRPC status code definitions.
const ErrorRow& RowOf(ErrorCode code);

}  // namespace kmaas::core
