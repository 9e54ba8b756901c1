#include "backup/header.h"

#include <algorithm>
#include <optional>

#include "crypto/key_wrap.h"

namespace kmaas::backup {
namespace {

constexpr std::string_view kWrappingLabel = "backup key wrapping v1";
constexpr std::string_view kSignatureLabel = "kmaas backup signature v1";

Error Malformed() {
  return {ErrorCode::kValidation, "the header is damaged, or no header of a backup"};
}

std::string TakeText(ByteReader& reader) { return ToString(reader.Take(reader.U32())); }

template <std::size_t size>
void TakeInto(ByteReader& reader, std::array<std::uint8_t, size>& out) {
  const ByteView bytes = reader.Take(size);
  if (reader.ok()) std::copy(bytes.begin(), bytes.end(), out.begin());
}

}  // namespace

Bytes EncodeHeader(const Header& header) {
  Bytes out;
  for (const std::string* text : {&header.id, &header.created, &header.program, &header.region,
                                  &header.token_label, &header.token_serial})
    AppendField(out, *text);
  AppendU64(out, header.head.epoch);
  AppendU64(out, header.head.rows);
  Append(out, header.head.digest);
  AppendU64(out, header.accounts);
  AppendU64(out, header.keys);
  AppendU64(out, header.seal_number);
  Append(out, header.seal_hash);
  AppendField(out, header.audit_public_key);
  AppendField(out, header.wrapped_key);
  return out;
}

Result<Header> ParseHeader(ByteView bytes) {
  ByteReader reader(bytes);
  Header header;
  for (std::string* text : {&header.id, &header.created, &header.program, &header.region,
                            &header.token_label, &header.token_serial})
    *text = TakeText(reader);
  header.head.epoch = reader.U64();
  header.head.rows = reader.U64();
  TakeInto(reader, header.head.digest);
  header.accounts = reader.U64();
  header.keys = reader.U64();
  header.seal_number = reader.U64();
  TakeInto(reader, header.seal_hash);
  header.audit_public_key = ToBytes(reader.Take(reader.U32()));
  header.wrapped_key = ToBytes(reader.Take(reader.U32()));
  if (!reader.ok() || !reader.rest().empty()) return Malformed();
  return header;
}

Result<SecretBytes> WrappingKey(ports::CryptoEngine& engine, const std::string& id,
                                Deadline deadline) {
  return engine.DeriveServiceKey(ports::ServiceKey::kSeal, kWrappingLabel, AsBytes(id), deadline);
}

Result<SecretBytes> OpenKey(ports::CryptoEngine& engine, const Header& header, Deadline deadline) {
  KM_TRY(const SecretBytes wrapping, WrappingKey(engine, header.id, deadline));
  std::optional<SecretBytes> key = crypto::KeyWrapPadOpen(wrapping.view(), header.wrapped_key);
  if (key) return *std::move(key);
  return Error{ErrorCode::kValidation,
               "the backup was made for token \"" + header.token_label + "\" (serial " +
                   header.token_serial +
                   "), and this one holds other keys: only that token, or a clone of it, opens it"};
}

crypto::Sha256Digest SignedDigest(const crypto::Sha256Digest& content) {
  Bytes text;
  AppendField(text, kSignatureLabel);
  Append(text, content);
  return crypto::Sha256(text);
}

}  // namespace kmaas::backup
