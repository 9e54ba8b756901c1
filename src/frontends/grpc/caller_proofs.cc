#include "frontends/grpc/caller_proofs.h"

#include <grpcpp/security/auth_context.h>
#include <grpcpp/support/slice.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/log.h"

namespace kmaas::grpc_front {
namespace {

using Context = ::grpc::GenericCallbackServerContext;

constexpr char kLeafCertificate[] = "x509_pem_cert";
constexpr std::string_view kSigned = "AWS4";
constexpr std::string_view kBearer = "Bearer ";
constexpr char kAuthorization[] = "authorization";
constexpr char kRole[] = "x-kmaas-role-arn";
constexpr char kRegion[] = "x-kmaas-region";

std::string_view ToView(::grpc::string_ref text) { return {text.data(), text.size()}; }

Error Refuse(ErrorCode code, std::string message) { return {code, std::move(message)}; }

Error InvalidToken(std::string detail) {
  return {ErrorCode::kUnrecognizedClient, "The security token included in the request is invalid.",
          std::move(detail)};
}

// Nothing when it is absent; an error when it stands twice.
Result<std::optional<std::string_view>> Single(const Context& context, const char* name) {
  const auto range = context.client_metadata().equal_range(name);
  if (range.first == range.second) return std::optional<std::string_view>();
  if (std::next(range.first) != range.second) {
    return Refuse(ErrorCode::kIncompleteSignature,
                  "Request must not repeat the header '" + std::string(name) + "'.");
  }
  return std::optional<std::string_view>(ToView(range.first->second));
}

std::vector<identity::HeaderView> HeadersOf(const Context& context) {
  std::vector<identity::HeaderView> headers = {{"host", context.host()}};
  for (const auto& [name, value] : context.client_metadata())
    headers.push_back({ToView(name), ToView(value)});
  return headers;
}

std::string BytesOf(const ::grpc::ByteBuffer& request) {
  std::vector<::grpc::Slice> slices;
  std::string bytes;
  if (!request.Dump(&slices).ok()) return bytes;
  bytes.reserve(request.Length());
  for (const ::grpc::Slice& slice : slices)
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

Result<domain::Principal> BySignature(const CallToProve& call, const CallerProofs& proofs) {
  if (proofs.signers.empty()) return InvalidToken("nobody checks signatures");
  const std::string_view service = call.operation != nullptr
                                       ? std::string_view(call.operation->signing_name)
                                       : std::string_view(proofs.signers.front().signing_name);
  const std::string& region = call.services.region;
  const auto signer =
      std::find_if(proofs.signers.begin(), proofs.signers.end(), [&](const Signer& one) {
        return one.signing_name == service && (one.region.empty() || one.region == region);
      });
  if (signer == proofs.signers.end()) return InvalidToken("nobody checks signatures");
  const std::vector<identity::HeaderView> headers = HeadersOf(call.context);
  const std::string body = BytesOf(call.request);
  return signer->verifier->Verify({"POST", call.context.method(), headers, AsBytes(body)});
}

Result<domain::Principal> ByToken(std::string_view token, const CallToProve& call,
                                  const CallerProofs& proofs) {
  if (proofs.bearers == nullptr) return core::NoWebIdentities();
  KM_TRY(const auto role, Single(call.context, kRole));
  return proofs.bearers->Authenticate(token, role.value_or(""), call.envelope);
}

// Whatever certificate is there was verified against the client CA: see MakeServerCredentials.
std::string CertificateOf(const Context& context) {
  const std::shared_ptr<const ::grpc::AuthContext> peer = context.auth_context();
  if (peer == nullptr) return {};
  const auto values = peer->FindPropertyValues(kLeafCertificate);
  return values.size() == 1 ? std::string(ToView(values.front())) : std::string();
}

Result<domain::Principal> ByCertificate(const std::string& certificate, const CallToProve& call,
                                        const CallerProofs& proofs) {
  Result<domain::Principal> principal = proofs.certificates.Authenticate(certificate);
  if (!principal && !certificate.empty()) {
    log::Warning("certificate_refused",
                 {{"request_id", call.envelope.request_id}, {"detail", principal.error().detail}});
  }
  return principal;
}

Result<domain::Principal> ByAuthorization(std::string_view authorization, const CallToProve& call,
                                          const CallerProofs& proofs) {
  if (authorization.starts_with(kSigned)) return BySignature(call, proofs);
  if (authorization.starts_with(kBearer))
    return ByToken(authorization.substr(kBearer.size()), call, proofs);
  return Refuse(ErrorCode::kIncompleteSignature,
                "Authorization must begin with AWS4-HMAC-SHA256 or Bearer.");
}

// Nothing when the call has none or several.
std::optional<std::string_view> FirstOf(const Context& context, const char* name) {
  const auto single = Single(context, name);
  return single ? *single : std::nullopt;
}

// What has no Region of its own takes any that is served.
Result<void> CheckRegion(const CallToProve& call) {
  KM_TRY(const auto region, Single(call.context, kRegion));
  if (!region || *region == call.services.region) return {};
  const std::vector<std::string>& all = call.services.regions;
  const bool global = call.operation != nullptr && call.operation->global;
  if (global && std::find(all.begin(), all.end(), *region) != all.end()) return {};
  return Refuse(ErrorCode::kValidation,
                "x-kmaas-region must name a Region that this server has, and the one for which the "
                "call is signed.");
}

Result<domain::Principal> Prove(const CallToProve& call, const CallerProofs& proofs) {
  const std::string certificate = CertificateOf(call.context);
  KM_TRY(const auto authorization, Single(call.context, kAuthorization));
  if (!authorization) return ByCertificate(certificate, call, proofs);
  KM_TRY(domain::Principal principal, ByAuthorization(*authorization, call, proofs));
  if (certificate.empty()) return principal;
  KM_TRY(const domain::Principal holder, ByCertificate(certificate, call, proofs));
  if (holder.arn == principal.arn) return principal;
  return InvalidToken("the certificate is of " + holder.arn + ", the authorization of " +
                      principal.arn);
}

}  // namespace

core::Pipeline& PipelineOf(const Context& context, const core::Pipelines& pipelines) {
  core::Pipeline& first = pipelines.first();
  if (!pipelines.several()) return first;
  const core::Operation* operation = first.registry().FindByGrpcPath(context.method());
  if (operation != nullptr && operation->global) return first;
  const auto authorization = FirstOf(context, kAuthorization);
  if (authorization && authorization->starts_with(kSigned)) {
    const std::vector<identity::HeaderView> headers = HeadersOf(context);
    return pipelines.For(identity::ClaimedRegion({"POST", context.method(), headers, {}}));
  }
  const auto region = FirstOf(context, kRegion);
  return region ? pipelines.For(*region) : first;
}

std::string ClaimedKeyOf(const Context& context) {
  const std::vector<identity::HeaderView> headers = HeadersOf(context);
  return identity::ClaimedAccessKeyId({"POST", context.method(), headers, {}});
}

Result<domain::Principal> ProveCaller(const CallToProve& call, const CallerProofs& proofs) {
  KM_TRY(domain::Principal principal, Prove(call, proofs));
  KM_CHECK(CheckRegion(call));
  return principal;
}

}  // namespace kmaas::grpc_front
