// A message between the server and a worker, made of the kinds of arguments of a function.
//
// request   number of a function that is called first and has no output (C_SignInit), or kNone;
//           number of the function; the arguments of the first one; those of the function
// reply     what was returned; then the outputs, which a refusal may leave out
#pragma once

#include <cstdint>
#include <tuple>
#include <utility>

#include "hsm/worker/arguments.h"
#include "hsm/worker/structured_arguments.h"

namespace kmaas::hsm::worker {

enum class Function : std::uint64_t {
  kNone,
#define X(name, ...) name,
#define ABSENT(name)
#include "hsm/worker/functions.inc"
#undef X
#undef ABSENT
  // C_SignInit, C_Sign, C_VerifyInit and C_Verify of what was made, in one message: the arguments
  // of the first two, and after the outputs of C_Sign what verifying returned.
  kSignThenVerify,
  kEnd,
};

// What a message may take, with all that belongs to it.
inline constexpr std::size_t kMessageBytesMax = 16 * 1024;

// The arguments of one call on the caller's side, whatever kinds they are of.
class Asking {
 public:
  virtual ~Asking() = default;
  virtual void Ask(Writer& request) const = 0;
  virtual void Learn(CK_RV rv, Reader& reply) const = 0;
};

template <class... Kinds>
class AskingOf final : public Asking {
 public:
  template <class... Arguments>
  explicit AskingOf(Arguments... arguments)
      : parts_(Split(std::tuple<Arguments...>(arguments...),
                     std::make_index_sequence<sizeof...(Kinds)>())) {}
  void Ask(Writer& request) const override {
    std::apply([&](const auto&... part) { (part.Ask(request), ...); }, parts_);
  }
  void Learn(CK_RV rv, Reader& reply) const override {
    std::apply([&](const auto&... part) { (part.Learn(rv, reply), ...); }, parts_);
  }

 private:
  using Parts = std::tuple<typename Kinds::Asked...>;
  // The first argument of a part.
  static constexpr std::size_t Offset(std::size_t part) {
    const std::size_t arities[] = {Kinds::kArity...};
    std::size_t offset = 0;
    for (std::size_t i = 0; i < part; ++i) offset += arities[i];
    return offset;
  }
  template <std::size_t kPart, class Tuple, std::size_t... kIndexes>
  static auto Part(const Tuple& arguments, std::index_sequence<kIndexes...> /*indexes*/) {
    return std::tuple_element_t<kPart, Parts>(std::get<Offset(kPart) + kIndexes>(arguments)...);
  }
  template <class Tuple, std::size_t... kParts>
  static Parts Split(const Tuple& arguments, std::index_sequence<kParts...> /*parts*/) {
    constexpr std::size_t kArities[] = {Kinds::kArity...};
    return Parts(Part<kParts>(arguments, std::make_index_sequence<kArities[kParts]>())...);
  }

  Parts parts_;
};

// One call on the worker's side: reads its arguments, does it, writes the outputs.
template <auto kMember, class... Kinds>
CK_RV Serve(const CK_FUNCTION_LIST& module, Reader& request, Writer& reply) {
  std::tuple<typename Kinds::Served...> parts;
  std::apply([&](auto&... part) { (part.Hear(request), ...); }, parts);
  if (!request.ok()) return CKR_ARGUMENTS_BAD;
  const auto function = module.*kMember;
  if (function == nullptr) return CKR_FUNCTION_NOT_SUPPORTED;
  const CK_RV rv = std::apply(
      [&](auto&... part) { return std::apply(function, std::tuple_cat(part.Arguments()...)); },
      parts);
  std::apply([&](const auto&... part) { (part.Answer(rv, reply), ...); }, parts);
  return rv;
}

// Takes a request apart and has the module do what it says. The reply that it writes fits into
// kMessageBytesMax. What is no request is refused with CKR_ARGUMENTS_BAD, and no call is made.
void ServeRequest(const CK_FUNCTION_LIST& module, Reader& request, Writer& reply);

}  // namespace kmaas::hsm::worker
