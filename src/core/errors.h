// The error table: one row per ErrorCode, its name and number in every dialect.
#pragma once

#include <string>
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

// Whether the error says that the caller did not prove who he is: gRPC's UNAUTHENTICATED.
bool IsRefusalOfProof(const ErrorRow& row);

// The beginning of a text, at most `bytes_max` bytes, cut between characters of UTF-8.
std::string Shortened(const std::string& message, std::size_t bytes_max);

}  // namespace kmaas::core
