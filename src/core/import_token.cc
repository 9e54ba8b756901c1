#include "core/import_token.h"

#include <algorithm>

namespace kmaas::core {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kTagBytes = 32;
constexpr std::size_t kNamingBytes = 1 + 16 + 1 + 1 + 8;

Error InvalidImportToken() { return {ErrorCode::kInvalidImportToken, ""}; }

// Whose token it is. The key also makes tags of listing markers, whose input begins with the name
// of an operation, and of grant tokens.
struct Owner {
  const std::string& account;
  const std::string& region;
  const domain::KeyId& key_id;
};

crypto::Sha256Digest TagOf(const Services& services, const Owner& owner, ByteView naming) {
  Bytes input;
  AppendField(input, "import token");
  AppendField(input, owner.account);
  AppendField(input, owner.region);
  AppendField(input, owner.key_id.ToText());
  AppendField(input, naming);
  return services.marker_key.Tag(input);
}

}  // namespace

Bytes MakeImportToken(const Services& services, const domain::ImportKey& key) {
  Bytes token;
  AppendU8(token, kVersion);
  Append(token, key.id.bits);
  AppendU8(token, static_cast<std::uint8_t>(key.spec));
  AppendU8(token, static_cast<std::uint8_t>(key.algorithm));
  AppendU64(token, static_cast<std::uint64_t>(ToEpochMillis(key.valid_to)));
  Append(token, TagOf(services, {key.account, key.region, key.key_id}, token));
  return token;
}

Result<std::shared_ptr<const domain::ImportKey>> OpenImportToken(const Services& services,
                                                                 const domain::Key& key,
                                                                 ByteView token) {
  if (token.size() != kNamingBytes + kTagBytes) return InvalidImportToken();
  const ByteView naming = token.first(kNamingBytes);
  if (!crypto::ConstantTimeEqual(token.subspan(kNamingBytes),
                                 TagOf(services, {key.account, key.region, key.id}, naming)))
    return InvalidImportToken();
  ByteReader reader(naming);
  if (reader.U8() != kVersion) return InvalidImportToken();
  domain::ImportKeyId id;
  const ByteView id_bits = reader.Take(id.bits.size());
  std::copy(id_bits.begin(), id_bits.end(), id.bits.begin());
  reader.Take(2);  // the specs, which the row has, too
  const WallTime valid_to = FromEpochMillis(static_cast<std::int64_t>(reader.U64()));
  if (valid_to <= services.clock.Now()) return Error{ErrorCode::kExpiredImportToken, ""};
  KM_TRY(auto found,
         services.catalog.Find<domain::ImportKey>(records::ImportKeyRow(key.region, key.id, id)));
  if (found == nullptr || !crypto::ConstantTimeEqual(MakeImportToken(services, *found), token))
    return InvalidImportToken();
  return found;
}

}  // namespace kmaas::core
