// The error table: one row per ErrorCode, its name and number in every dialect.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace kmaas::core {

// How the Query protocol tells it.
struct QueryError {
  std::string_view code = {};  // empty: the name without "Exception"
  unsigned http_status = 400;
};

struct ErrorRow {
  std::string_view aws_name;
  unsigned http_status;
  int grpc_code;  // grpc::StatusCode
  QueryError query = {};
  std::string_view default_message =
      {};  // for errors that arise below, where nobody knows what the caller may read
};

// Sources: shared AWS KMS service model (names), answers recorded from AWS (400 for every client
// fault), gRPC status code definitions; AWS IAM and STS service models (codes and statuses of the
// Query protocol), IAM "Common errors".
const ErrorRow& RowOf(ErrorCode code);

std::string_view QueryCodeOf(const ErrorRow& row);

struct Operation;
// What the caller's dialect and the audit call an error of this operation; null: of none.
std::string_view NameOf(const ErrorRow& row, const Operation* operation);

// Whether the error says that the caller did not prove who he is: gRPC's UNAUTHENTICATED. Over
// HTTPS the answer ends the connection: each is an audit record, which a stranger pays for with a
// handshake.
bool IsRefusalOfProof(const ErrorRow& row);

// The beginning of a text, at most `bytes_max` bytes, cut between characters of UTF-8.
std::string Shortened(const std::string& message, std::size_t bytes_max);

}  // namespace kmaas::core
