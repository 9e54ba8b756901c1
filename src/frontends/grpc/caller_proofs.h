// What proves who makes a gRPC call: a client certificate, a signature, or an identity token.
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/support/byte_buffer.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/bearer_callers.h"
#include "core/operation.h"
#include "core/pipelines.h"
#include "identity/certificate_rules.h"
#include "identity/sigv4.h"

namespace kmaas::grpc_front {

// Who checks the signatures of a service.
struct Signer {
  std::string signing_name;
  const identity::SigV4Verifier* verifier = nullptr;
  std::string region = {};  // for which it checks; empty: for all that the verifier takes
};

// Borrowed by all calls. What is not there proves nothing.
struct CallerProofs {
  identity::CertificateAuthenticator& certificates;
  std::vector<Signer> signers = {};  // the first one's are those of operations that there are not
  core::BearerCallers* bearers = nullptr;
};

// A call before anything is believed. Borrows everything.
struct CallToProve {
  const ::grpc::GenericCallbackServerContext& context;
  const ::grpc::ByteBuffer& request;
  const core::Operation* operation;  // null: no such operation
  const core::CallEnvelope& envelope;
  const core::Services& services;  // of the Region that the call claims
};

// By the client certificate, or by the metadata `authorization`:
// - AWS4-HMAC-SHA256 signs POST, the path of the rpc, the metadata that it names (`host` is the
//   :authority) and the bytes of the request message, with an access key or a session
//   (x-amz-security-token);
// - Bearer is an identity token; `x-kmaas-role-arn` names the role to assume for this call.
// Whoever shows both a certificate and an authorization must be the same principal by both. Two
// authorizations, and other metadata that proves something, are refused when they stand twice.
// `x-kmaas-region` names a Region that is served, and the one for which a signature is.
Result<domain::Principal> ProveCaller(const CallToProve& call, const CallerProofs& proofs);

// The pipeline of the Region that a call claims, proven or not: in the scope of its signature, or
// by the metadata `x-kmaas-region`; the first one without either, and for what has no Region.
core::Pipeline& PipelineOf(const ::grpc::GenericCallbackServerContext& context,
                           const core::Pipelines& pipelines);

// The access key id that the call claims, proven or not.
std::string ClaimedKeyOf(const ::grpc::GenericCallbackServerContext& context);

}  // namespace kmaas::grpc_front
