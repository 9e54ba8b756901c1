// Reading public keys out of a token.
#include "hsm/public_halves.h"

#include "crypto/der.h"
#include "crypto/ed25519.h"
#include "crypto/public_key.h"
#include "crypto/public_key_info.h"

namespace kmaas::hsm {
namespace {

Rv ReadRsa(const Session& session, ObjectHandle object, Bytes& info) {
  Attribute modulus;
  Attribute exponent;
  Rv rv = session.Read(object, CKA_MODULUS, modulus);
  if (rv.ok()) rv = session.Read(object, CKA_PUBLIC_EXPONENT, exponent);
  if (rv.ok()) info = crypto::RsaPublicKeyInfo(modulus.value, exponent.value);
  return rv;
}

// The standard has it in a DER OCTET STRING; some modules leave that out.
ByteView UnwrappedPoint(ByteView value, std::size_t point_bytes) {
  crypto::DerReader reader(value);
  const auto inner = reader.Take(crypto::DerTag::kOctetString);
  return inner && reader.done() && inner->size() == point_bytes ? *inner : value;
}

Rv ReadCurve(const Session& session, ObjectHandle object, const KeyPlan& plan, Bytes& info) {
  Attribute point;
  const Rv rv = session.Read(object, CKA_EC_POINT, point);
  if (!rv.ok()) return rv;
  if (plan.is_ec()) {
    const std::size_t bytes = crypto::PointBytes(plan.spec);
    info = crypto::EcPublicKeyInfo(plan.spec, UnwrappedPoint(point.value, bytes));
  } else {
    info = crypto::Ed25519PublicKeyInfo(UnwrappedPoint(point.value, crypto::kEd25519PublicBytes));
  }
  return rv;
}

}  // namespace

Rv ReadPublicHalf(const Session& session, ObjectHandle object, const KeyPlan& plan,
                  std::optional<Bytes>& info) {
  Bytes read;
  const Rv rv = plan.type == CKK_RSA ? ReadRsa(session, object, read)
                                     : ReadCurve(session, object, plan, read);
  info.reset();
  if (rv.ok() && crypto::PublicKey::Parse(plan.spec, read)) info = std::move(read);
  return rv;
}

Bytes WrappedPoint(ByteView point) {
  Bytes wrapped;
  crypto::AppendDer(wrapped, crypto::DerTag::kOctetString, point);
  return wrapped;
}

}  // namespace kmaas::hsm
