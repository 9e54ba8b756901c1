// Result<T>: a value or an Error. No exception crosses a public function after start-up.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/error_code.h"

namespace kmaas {

// What went wrong. `message` goes to the caller and may name only what the caller named; `detail`
// goes to the log and may name paths, return codes and rows, never key material, plaintext or
// credentials.
struct Error {
  ErrorCode code;
  std::string message;
  std::string detail = {};
};

// Member names follow std::expected, so that a later standard can replace it. Reading the wrong
// side aborts.
template <class T>
class [[nodiscard]] Result {
 public:
  // A value is a result, and so is an error.
  // NOLINTBEGIN(google-explicit-constructor): see above
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
  // NOLINTEND(google-explicit-constructor): back to explicit ones

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  T& value() & { return Checked(std::get_if<0>(&state_)); }
  const T& value() const& { return Checked(std::get_if<0>(&state_)); }
  T&& value() && { return std::move(Checked(std::get_if<0>(&state_))); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  Error& error() & { return Checked(std::get_if<1>(&state_)); }
  const Error& error() const& { return Checked(std::get_if<1>(&state_)); }
  Error&& error() && { return std::move(Checked(std::get_if<1>(&state_))); }

 private:
  template <class P>
  static P& Checked(P* side) {
    if (side == nullptr) std::abort();
    return *side;
  }
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): an error is a result
  Result(Error error) : error_(std::move(error)) {}

  bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }
  Error& error() & { return Checked(); }
  const Error& error() const& { return const_cast<Result*>(this)->Checked(); }
  Error&& error() && { return std::move(Checked()); }

 private:
  Error& Checked() {
    if (!error_) std::abort();
    return *error_;
  }
  std::optional<Error> error_;
};

}  // namespace kmaas

#define KM_CONCAT_INNER(a, b) a##b
#define KM_CONCAT(a, b) KM_CONCAT_INNER(a, b)
// KM_TRY(auto x, F()): x becomes F's value, or the enclosing function returns F's error. A
// statement of its own: not the branch of an if without braces. The counter keeps the names of
// nested uses (in a lambda argument) apart.
#define KM_TRY(declaration, ...) \
  KM_TRY_IMPL(KM_CONCAT(km_result_, __COUNTER__), declaration, __VA_ARGS__)
#define KM_TRY_IMPL(result, declaration, ...)      \
  auto result = (__VA_ARGS__);                     \
  if (!result) return ::std::move(result).error(); \
  declaration = *::std::move(                      \
      result) /* NOLINT(bugprone-macro-parentheses): a declaration cannot stand in brackets */
// KM_CHECK(F()): returns F's error from the enclosing function, if there is one.
#define KM_CHECK(...) KM_CHECK_IMPL(KM_CONCAT(km_checked_, __COUNTER__), __VA_ARGS__)
#define KM_CHECK_IMPL(result, ...)                                                \
  do {                                                                            \
    if (auto result = (__VA_ARGS__); !result) return ::std::move(result).error(); \
  } while (false)
