#include "core/grant_token.h"

#include <google/protobuf/reflection.h>

#include <algorithm>
#include <array>

#include "base/encoding.h"

namespace kmaas::core {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kMultiRegionFlag = 1;
constexpr std::size_t kNonceBytes = 16;
constexpr std::size_t kGrantIdBytes = 32;
constexpr std::size_t kTagBytes = 32;
constexpr std::size_t kNamingBytes = 1 + kNonceBytes + 1 + 16 + kGrantIdBytes;

Error InvalidGrantToken() {
  return {ErrorCode::kInvalidGrantToken, "The grant token is not valid."};
}

// The key also makes tags of listing markers, whose input begins with the name of an operation.
crypto::Sha256Digest TagOf(const Services& services, ByteView naming) {
  Bytes input;
  AppendField(input, "grant token");
  AppendField(input, services.region);
  AppendField(input, naming);
  return services.marker_key.Tag(input);
}

}  // namespace

std::string MakeGrantToken(const Services& services, const domain::KeyId& key_id,
                           std::string_view grant_id) {
  std::array<std::uint8_t, kNonceBytes> nonce{};
  services.random.Fill(nonce);
  Bytes token;
  AppendU8(token, kVersion);
  Append(token, nonce);
  AppendU8(token, key_id.multi_region ? kMultiRegionFlag : 0);
  Append(token, key_id.bits);
  Append(token, HexDecode(grant_id).value_or(Bytes()));
  Append(token, TagOf(services, token));
  return Base64Encode(token);
}

Result<std::shared_ptr<const records::GrantId>> OpenGrantToken(const Services& services,
                                                               std::string_view token) {
  std::string bytes;
  if (!Base64Decode(token, bytes) || bytes.size() != kNamingBytes + kTagBytes)
    return InvalidGrantToken();
  const ByteView naming = AsBytes(bytes).first(kNamingBytes);
  if (!crypto::ConstantTimeEqual(AsBytes(bytes).subspan(kNamingBytes), TagOf(services, naming)))
    return InvalidGrantToken();
  ByteReader reader(naming);
  if (reader.U8() != kVersion) return InvalidGrantToken();
  reader.Take(kNonceBytes);
  domain::KeyId key_id;
  key_id.multi_region = reader.U8() == kMultiRegionFlag;
  const ByteView id_bits = reader.Take(key_id.bits.size());
  std::copy(id_bits.begin(), id_bits.end(), key_id.bits.begin());
  KM_TRY(auto grant, services.catalog.Find<records::GrantId>(records::GrantIdRow(
                         services.region, key_id, HexEncode(reader.Take(kGrantIdBytes)))));
  if (grant == nullptr) return InvalidGrantToken();
  return grant;
}

Result<void> CheckGrantTokens(const Services& services, const Operation& operation,
                              const google::protobuf::Message& request) {
  if (operation.grant_tokens == nullptr) return {};
  for (const std::string& token :
       request.GetReflection()->GetRepeatedFieldRef<std::string>(request, operation.grant_tokens)) {
    KM_CHECK(OpenGrantToken(services, token));
  }
  return {};
}

}  // namespace kmaas::core
