// One token of a module: found by its label or serial, logged in once.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "hsm/cryptoki.h"
#include "hsm/library.h"

namespace kmaas::hsm {

// What C_GetTokenInfo says, as text.
struct TokenFacts {
  std::string label;
  std::string serial;
  std::string manufacturer;
  std::string model;
  std::string firmware;
  bool initialised = false;
  bool user_pin_set = false;
};

// The detail of the error when no token is the one that is meant: it may be away.
inline constexpr char kTokenNotFound[] = "token not found";

// Which token is meant. An empty label or serial matches any.
struct TokenName {
  std::string label;
  std::string serial;
};

// Thread-safe after construction. Keeps the library alive; valid for one epoch of it.
class Token {
 public:
  // kNotFound names the labels that are there; two tokens of one label are refused.
  static Result<std::shared_ptr<Token>> Find(const std::shared_ptr<Library>& library,
                                             const TokenName& name);

  const std::shared_ptr<Library>& library() const { return library_; }
  const CK_FUNCTION_LIST& api() const { return library_->api(); }
  SlotId slot() const { return slot_; }
  const TokenFacts& facts() const { return facts_; }
  // Asks the token again: fails when it is away.
  Rv Refresh() const;
  // What the token claims to do. Claims are for people; the engine relies on probes.
  std::vector<CK_MECHANISM_TYPE> ClaimedMechanisms() const;

 private:
  Token(std::shared_ptr<Library> library, SlotId slot, TokenFacts facts)
      : library_(std::move(library)), slot_(slot), facts_(std::move(facts)) {}
  std::shared_ptr<Library> library_;
  SlotId slot_;
  TokenFacts facts_;
};

}  // namespace kmaas::hsm
