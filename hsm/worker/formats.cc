#include "hsm/worker/formats.h"

#include <array>

namespace kmaas::hsm::worker {
namespace {

CK_RV ServeSignThenVerify(const CK_FUNCTION_LIST& module, Reader& request, Writer& reply) {
  Number::Served session;
  MechanismArgument::Served mechanism;
  Number::Served key;
  Number::Served again;  // the session is an argument of both
  Input::Served data;
  Output::Served out;
  session.Hear(request);
  mechanism.Hear(request);
  key.Hear(request);
  again.Hear(request);
  data.Hear(request);
  out.Hear(request);
  if (!request.ok()) return CKR_ARGUMENTS_BAD;
  const auto begin = std::tuple_cat(session.Arguments(), mechanism.Arguments(), key.Arguments());
  const auto input = std::tuple_cat(session.Arguments(), data.Arguments());
  CK_RV rv = std::apply(module.C_SignInit, begin);
  if (rv != CKR_OK) return rv;
  rv = std::apply(module.C_Sign, std::tuple_cat(input, out.Arguments()));
  out.Answer(rv, reply);
  if (rv != CKR_OK) return rv;
  CK_RV verified = std::apply(module.C_VerifyInit, begin);
  const auto [tag, size] = out.Arguments();
  if (verified == CKR_OK && tag != nullptr)
    verified = std::apply(module.C_Verify, std::tuple_cat(input, std::tuple(tag, *size)));
  reply.Number(verified);
  return rv;
}

using Server = CK_RV (*)(const CK_FUNCTION_LIST& module, Reader& request, Writer& reply);

// By number of the function.
constexpr std::array<Server, static_cast<std::size_t>(Function::kEnd)> kServers = {
    nullptr,
#define X(name, ...) &Serve<&CK_FUNCTION_LIST::name, __VA_ARGS__>,
#define ABSENT(name)
#include "hsm/worker/functions.inc"
#undef X
#undef ABSENT
    &ServeSignThenVerify,
};

Server ServerOf(std::uint64_t number) {
  return number < kServers.size() ? kServers[number] : nullptr;
}

bool HasNoOutput(Function function) {
  return function == Function::C_SignInit || function == Function::C_VerifyInit;
}

CK_RV Do(const CK_FUNCTION_LIST& module, Reader& request, Writer& reply) {
  const std::uint64_t first = request.Number();
  const Server server = ServerOf(request.Number());
  if (server == nullptr) return CKR_ARGUMENTS_BAD;
  if (first != static_cast<std::uint64_t>(Function::kNone)) {
    if (!HasNoOutput(static_cast<Function>(first))) return CKR_ARGUMENTS_BAD;
    const CK_RV rv = ServerOf(first)(module, request, reply);
    if (rv != CKR_OK) return rv;
  }
  return server(module, request, reply);
}

}  // namespace

void ServeRequest(const CK_FUNCTION_LIST& module, Reader& request, Writer& reply) {
  reply.Number(CKR_OK);
  const CK_RV rv = Do(module, request, reply);
  reply.Replace(0, rv);
}

}  // namespace kmaas::hsm::worker
