#include "identity/session_token.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "crypto/aead.h"
#include "domain/iam_names.h"
#include "identity/enrolment.h"
#include "identity/session_record.h"

namespace kmaas::identity {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::string_view kFormat = "session token v1";
constexpr std::string_view kPrefix = domain::kSessionKeyIdPrefix;
constexpr std::size_t kIdRandomCharacters = 16;
constexpr std::size_t kSecretRandomBytes = 30;  // 40 characters of base64

Bytes Identity(std::string_view access_key_id) {
  Bytes identity;
  AppendField(identity, kFormat);
  AppendField(identity, access_key_id);
  return identity;
}

SecretBytes SecretFrom(const SecretBytes& keys) {
  std::string text = Base64Encode(keys.view().subspan(crypto::kAesKeyBytes));
  SecretBytes secret{AsBytes(text)};
  WipeText(text);
  return secret;
}

Error NotSealed(std::string detail) { return {ErrorCode::kKmsInternal, "", std::move(detail)}; }

}  // namespace

bool IsSessionKeyId(std::string_view id) {
  return id.size() == kPrefix.size() + kIdRandomCharacters &&
         id.substr(0, kPrefix.size()) == kPrefix && std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
}

Result<std::unique_ptr<SessionTokens>> SessionTokens::Create(ports::CryptoEngine& engine,
                                                             ports::RandomSource& random,
                                                             Deadline deadline) {
  KM_TRY(SecretBytes master,
         engine.DeriveServiceKey(ports::ServiceKey::kSeal, kFormat, {}, deadline));
  return std::unique_ptr<SessionTokens>(new SessionTokens(std::move(master), random));
}

SecretBytes SessionTokens::KeysOf(std::string_view access_key_id) const {
  return crypto::HkdfExpand(master_.view(), Identity(access_key_id),
                            crypto::kAesKeyBytes + kSecretRandomBytes);
}

Result<ports::IssuedSession> SessionTokens::Issue(const ports::NewSession& session) {
  const std::optional<std::string> record = EncodeSession(session);
  if (!record) return NotSealed("a session is of a user or of a role");
  ports::IssuedSession issued;
  issued.access_key_id = UniqueId(kPrefix, kIdRandomCharacters, random_);
  const SecretBytes keys = KeysOf(issued.access_key_id);
  std::array<std::uint8_t, crypto::kGcmNonceBytes> nonce{};
  random_.Fill(nonce);
  Bytes sealed;
  AppendU8(sealed, kVersion);
  Append(sealed, nonce);
  crypto::GcmSeal({keys.view().first(crypto::kAesKeyBytes), nonce, Identity(issued.access_key_id)},
                  AsBytes(*record), sealed);
  issued.token = Base64Encode(sealed);
  if (issued.token.size() > kSessionTokenBytesMax)
    return NotSealed("a session of " + std::to_string(record->size()) + " bytes is too large");
  issued.secret = SecretFrom(keys);
  return issued;
}

std::optional<OpenedSession> SessionTokens::Open(std::string_view access_key_id,
                                                 std::string_view token) const {
  std::string sealed;
  if (!IsSessionKeyId(access_key_id) || token.size() > kSessionTokenBytesMax ||
      !Base64Decode(token, sealed))
    return std::nullopt;
  ByteReader reader(AsBytes(sealed));
  const std::uint8_t version = reader.U8();
  const ByteView nonce = reader.Take(crypto::kGcmNonceBytes);
  if (!reader.ok() || version != kVersion) return std::nullopt;
  const SecretBytes keys = KeysOf(access_key_id);
  SecretBytes record;
  if (!crypto::GcmOpen({keys.view().first(crypto::kAesKeyBytes), nonce, Identity(access_key_id)},
                       reader.rest(), record))
    return std::nullopt;
  std::optional<ports::NewSession> session = DecodeSession(record.view());
  if (!session) return std::nullopt;
  session->principal.access_key_id = access_key_id;
  return OpenedSession{std::move(session->principal), std::move(session->parent_access_key_id),
                       SecretFrom(keys)};
}

}  // namespace kmaas::identity
