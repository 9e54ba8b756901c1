// Session tokens: temporary credentials that the server need not remember.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/secret_bytes.h"
#include "ports/crypto_engine.h"
#include "ports/random_source.h"
#include "ports/session_issuer.h"

namespace kmaas::identity {

inline constexpr std::size_t kSessionTokenBytesMax = 8192;

// Whether a text looks like the id of temporary credentials: "ASIA" and 16 letters or digits.
bool IsSessionKeyId(std::string_view id);

// What a token says. The principal carries its session and its access key id.
struct OpenedSession {
  domain::Principal principal;
  std::string parent_access_key_id;  // of a session of a user
  SecretBytes secret;
};

// Thread-safe. A token is base64 of version (1) ‖ nonce (12) ‖ ciphertext and tag: AES-256-GCM
// under a key of its own, with the format's name and the access key id as associated data. That key
// and the secret come out of HKDF from the access key id under a key that the HSM derives once at
// start. So a token holds no secret, opens for its own id alone, and nowhere but at this token.
class SessionTokens final : public ports::SessionIssuer {
 public:
  // Asks the HSM once. Borrows `random`.
  static Result<std::unique_ptr<SessionTokens>> Create(ports::CryptoEngine& engine,
                                                       ports::RandomSource& random,
                                                       Deadline deadline);

  Result<ports::IssuedSession> Issue(const ports::NewSession& session) override;
  // Nothing for a text that is not, to the last bit, a token issued for this id. Does not look at
  // the time, nor whether user or role are still there.
  std::optional<OpenedSession> Open(std::string_view access_key_id, std::string_view token) const;

 private:
  SessionTokens(SecretBytes master, ports::RandomSource& random)
      : master_(std::move(master)), random_(random) {}
  // The token's key, then the bytes of the secret.
  SecretBytes KeysOf(std::string_view access_key_id) const;

  SecretBytes master_;
  ports::RandomSource& random_;
};

}  // namespace kmaas::identity
