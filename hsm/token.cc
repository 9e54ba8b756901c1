// Finding a token among the slots of a module.
#include "hsm/token.h"

#include <algorithm>

#include "hsm/errors.h"

namespace kmaas::hsm {
namespace {

TokenFacts FactsOf(const CK_TOKEN_INFO& info) {
  return {.label = UnpaddedText(info.label),
          .serial = UnpaddedText(info.serialNumber),
          .manufacturer = UnpaddedText(info.manufacturerID),
          .model = UnpaddedText(info.model),
          .firmware = std::to_string(info.firmwareVersion.major) + "." +
                      std::to_string(info.firmwareVersion.minor),
          .initialised = (info.flags & CKF_TOKEN_INITIALIZED) != 0,
          .user_pin_set = (info.flags & CKF_USER_PIN_INITIALIZED) != 0};
}

Result<std::vector<CK_SLOT_ID>> Slots(const CK_FUNCTION_LIST& api) {
  CK_ULONG count = 0;
  Rv rv{api.C_GetSlotList(CK_TRUE, nullptr, &count), "C_GetSlotList"};
  if (!rv.ok()) return SetupError(rv, "The PKCS#11 module does not list its slots");
  std::vector<CK_SLOT_ID> slots(count);
  if (count == 0) return slots;
  rv = {api.C_GetSlotList(CK_TRUE, slots.data(), &count), "C_GetSlotList"};
  if (!rv.ok()) return SetupError(rv, "The PKCS#11 module does not list its slots");
  slots.resize(std::min<std::size_t>(slots.size(), count));
  return slots;
}

bool Matches(const TokenFacts& facts, const TokenName& name) {
  return facts.initialised && (name.label.empty() || facts.label == name.label) &&
         (name.serial.empty() || facts.serial == name.serial);
}

Error NoSuchToken(const TokenName& name, const std::vector<TokenFacts>& seen) {
  std::string message = "No initialised token is labelled \"" + name.label + "\"";
  if (!name.serial.empty()) message += " with serial number " + name.serial;
  message += seen.empty() ? "; the module shows no token." : "; the module shows";
  const char* separator = " ";
  for (const TokenFacts& facts : seen) {
    message += separator + (facts.initialised ? "\"" + facts.label + "\" (" + facts.serial + ")"
                                              : std::string("an uninitialised token"));
    separator = ", ";
  }
  if (!seen.empty()) message += ".";
  return {ErrorCode::kNotFound, std::move(message), kTokenNotFound};
}

}  // namespace

Result<std::shared_ptr<Token>> Token::Find(const std::shared_ptr<Library>& library,
                                           const TokenName& name) {
  KM_TRY(const std::vector<CK_SLOT_ID> slots, Slots(library->api()));
  std::vector<TokenFacts> seen;
  std::shared_ptr<Token> found;
  for (const CK_SLOT_ID slot : slots) {
    CK_TOKEN_INFO info{};
    if (library->api().C_GetTokenInfo(slot, &info) != CKR_OK) continue;
    TokenFacts facts = FactsOf(info);
    seen.push_back(facts);
    if (!Matches(facts, name)) continue;
    if (found) {
      return Error{ErrorCode::kAlreadyExists,
                   "Two tokens are labelled \"" + name.label + "\"; name the serial number: " +
                       found->facts().serial + " or " + facts.serial + ".",
                   "ambiguous token label"};
    }
    found.reset(new Token(library, SlotId{slot}, std::move(facts)));
  }
  if (!found) return NoSuchToken(name, seen);
  return found;
}

Rv Token::Refresh() const {
  CK_TOKEN_INFO info{};
  Rv rv{api().C_GetTokenInfo(slot_.value, &info), "C_GetTokenInfo"};
  // Another token in the same slot is as good as none.
  if (rv.ok() && UnpaddedText(info.serialNumber) != facts_.serial) rv.code = CKR_TOKEN_NOT_PRESENT;
  return rv;
}

std::vector<CK_MECHANISM_TYPE> Token::ClaimedMechanisms() const {
  CK_ULONG count = 0;
  if (api().C_GetMechanismList(slot_.value, nullptr, &count) != CKR_OK) return {};
  std::vector<CK_MECHANISM_TYPE> list(count);
  if (count == 0 || api().C_GetMechanismList(slot_.value, list.data(), &count) != CKR_OK) return {};
  list.resize(std::min<std::size_t>(list.size(), count));
  return list;
}

}  // namespace kmaas::hsm
