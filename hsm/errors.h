// CKR_* in the language of kmaas: what a return code says about the engine, and the Error of it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "hsm/cryptoki.h"

namespace kmaas::hsm {

enum class Verdict {
  kRefused,   // the token works and said no; trying again gives the same
  kSpoiled,   // the session has an operation left over: replace it, then try again
  kBusy,      // out of something that comes back
  kDoubtful,  // "general error": an object or the token; only a health probe can tell
  kLost,      // login, session or token gone: nothing works before a new engine generation
};

Verdict Judge(Rv rv);
// True for the codes with which a token refuses a PIN for good or until somebody acts.
bool IsPinRefusal(CK_RV code);

// True for the codes with which tokens say that a ciphertext or a wrapped key does not open; some
// of them say it of a broken token, too.
bool MayBeOfTheData(Rv rv);
// True for the codes with which a token says that it lacks a mechanism or does not do that with
// such a key.
bool MeansCannot(Rv rv);

// "CKR_KEY_HANDLE_INVALID", or "CKR_0x000000e1" for what has no name here.
std::string ReturnCodeName(CK_RV code);
// "C_Sign: CKR_KEY_HANDLE_INVALID": for the log.
std::string Describe(Rv rv);

// An Error with a message for the caller and the return code as detail.
Error ToError(Rv rv, ErrorCode code, std::string_view message);
// The Error of a failed set-up step (opening, initialising): the operator reads it, so the return
// code is part of the message.
Error SetupError(Rv rv, std::string_view what);

}  // namespace kmaas::hsm
