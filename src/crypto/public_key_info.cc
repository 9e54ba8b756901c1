#include "crypto/public_key_info.h"

#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include <algorithm>
#include <iterator>

#include "crypto/der.h"
#include "crypto/openssl_keys.h"

namespace kmaas::crypto {
namespace {

// AlgorithmIdentifier { rsaEncryption, NULL }.
constexpr std::uint8_t kRsaAlgorithm[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
                                          0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
// id-ecPublicKey; the curve follows.
constexpr std::uint8_t kEcAlgorithm[] = {0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
// id-Ed25519.
constexpr std::uint8_t kEd25519Algorithm[] = {0x06, 0x03, 0x2b, 0x65, 0x70};

constexpr std::uint8_t kP256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr std::uint8_t kP384[] = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};
constexpr std::uint8_t kP521[] = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23};
constexpr std::uint8_t kSecp256k1[] = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x0a};

using Group = Owned<EC_GROUP, EC_GROUP_free>;
using Point = Owned<EC_POINT, EC_POINT_free>;

Bytes Info(ByteView algorithm, ByteView key) {
  Bytes bits = {0x00};  // no unused bits
  Append(bits, key);
  Bytes content;
  AppendDer(content, DerTag::kSequence, algorithm);
  AppendDer(content, DerTag::kBitString, bits);
  Bytes info;
  AppendDer(info, DerTag::kSequence, content);
  return info;
}

Bytes EcAlgorithm(domain::KeySpec spec) {
  Bytes algorithm(std::begin(kEcAlgorithm), std::end(kEcAlgorithm));
  Append(algorithm, CurveOid(spec));
  return algorithm;
}

// The key of an info with exactly this algorithm.
std::optional<ByteView> KeyOf(ByteView info, ByteView algorithm) {
  DerReader outer(info);
  const auto content = outer.Take(DerTag::kSequence);
  if (!content || !outer.done()) return std::nullopt;
  DerReader inner(*content);
  const auto named = inner.Take(DerTag::kSequence);
  const auto bits = inner.Take(DerTag::kBitString);
  if (!named || !bits || !inner.done() || bits->empty() || (*bits)[0] != 0 ||
      !std::equal(named->begin(), named->end(), algorithm.begin(), algorithm.end()))
    return std::nullopt;
  return bits->subspan(1);
}

}  // namespace

Bytes RsaPublicKeyInfo(ByteView modulus, ByteView exponent) {
  Bytes numbers;
  AppendDerUnsigned(numbers, modulus);
  AppendDerUnsigned(numbers, exponent);
  Bytes key;
  AppendDer(key, DerTag::kSequence, numbers);
  return Info(kRsaAlgorithm, key);
}

Bytes EcPublicKeyInfo(domain::KeySpec spec, ByteView point) {
  return Info(EcAlgorithm(spec), point);
}

Bytes Ed25519PublicKeyInfo(ByteView point) { return Info(kEd25519Algorithm, point); }

std::optional<ByteView> ModulusOf(ByteView info) {
  const auto key = KeyOf(info, kRsaAlgorithm);
  if (!key) return std::nullopt;
  DerReader outer(*key);
  const auto content = outer.Take(DerTag::kSequence);
  if (!content) return std::nullopt;
  return DerReader(*content).TakeUnsigned();
}

std::optional<Bytes> PointOf(domain::KeySpec spec, ByteView info) {
  if (CurveName(spec) == nullptr) return std::nullopt;
  const auto encoded = KeyOf(info, EcAlgorithm(spec));
  if (!encoded) return std::nullopt;
  const Group group(EC_GROUP_new_by_curve_name(OBJ_sn2nid(CurveName(spec))));
  const Point point(EC_POINT_new(group.get()));
  if (point == nullptr ||
      EC_POINT_oct2point(group.get(), point.get(), encoded->data(), encoded->size(), nullptr) !=
          1 ||
      EC_POINT_is_at_infinity(group.get(), point.get()) == 1)
    return std::nullopt;
  Bytes out(PointBytes(spec));
  if (EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, out.data(),
                         out.size(), nullptr) != out.size())
    return std::nullopt;
  return out;
}

ByteView CurveOid(domain::KeySpec spec) {
  switch (spec) {
    case domain::KeySpec::kEccNistP256:
      return kP256;
    case domain::KeySpec::kEccNistP384:
      return kP384;
    case domain::KeySpec::kEccNistP521:
      return kP521;
    case domain::KeySpec::kEccSecgP256k1:
      return kSecp256k1;
    default:
      return {};
  }
}

std::size_t CoordinateBytes(domain::KeySpec spec) { return (FactsOf(spec).bits + 7) / 8; }
std::size_t PointBytes(domain::KeySpec spec) { return 1 + 2 * CoordinateBytes(spec); }

}  // namespace kmaas::crypto
