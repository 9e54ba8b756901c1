// Doubling points, with OpenSSL.
#include "crypto/point_doubling.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/objects.h>

#include "base/secret_bytes.h"
#include "crypto/digest.h"
#include "crypto/openssl_keys.h"
#include "crypto/public_key_info.h"

namespace kmaas::crypto {
namespace {

using Number = Owned<BIGNUM, BN_clear_free>;
using Curve = Owned<EC_GROUP, EC_GROUP_free>;
using Point = Owned<EC_POINT, EC_POINT_clear_free>;
using Workspace = Owned<BN_CTX, BN_CTX_free>;

// Everything that one doubling needs; null where memory ran out.
struct Doubling {
  explicit Doubling(domain::KeySpec spec) : workspace(BN_CTX_secure_new()) {
    const char* name = CurveName(spec);
    if (name != nullptr) curve.reset(EC_GROUP_new_by_curve_name(OBJ_sn2nid(name)));
    if (curve != nullptr) point.reset(EC_POINT_new(curve.get()));
  }
  bool ok() const { return workspace != nullptr && point != nullptr; }
  bool Double() {
    return EC_POINT_dbl(curve.get(), point.get(), point.get(), workspace.get()) == 1 &&
           EC_POINT_is_at_infinity(curve.get(), point.get()) == 0;
  }

  Workspace workspace;
  Curve curve;
  Point point;
};

}  // namespace

std::optional<Bytes> DoubledPoint(domain::KeySpec spec, ByteView point) {
  Doubling doubling(spec);
  if (!doubling.ok() ||
      EC_POINT_oct2point(doubling.curve.get(), doubling.point.get(), point.data(), point.size(),
                         doubling.workspace.get()) != 1 ||
      !doubling.Double())
    return std::nullopt;
  Bytes doubled(PointBytes(spec));
  const std::size_t size =
      EC_POINT_point2oct(doubling.curve.get(), doubling.point.get(), POINT_CONVERSION_UNCOMPRESSED,
                         doubled.data(), doubled.size(), doubling.workspace.get());
  if (size != doubled.size()) return std::nullopt;
  return doubled;
}

bool IsOfDoubledPoint(domain::KeySpec spec, ByteView shared, ByteView of_doubled) {
  Doubling doubling(spec);
  if (!doubling.ok() || shared.size() != CoordinateBytes(spec)) return false;
  const Number x(BN_secure_new());
  // Which of the two points with this coordinate it is makes no difference to the answer.
  if (x == nullptr ||
      BN_bin2bn(shared.data(), static_cast<int>(shared.size()), x.get()) == nullptr ||
      EC_POINT_set_compressed_coordinates(doubling.curve.get(), doubling.point.get(), x.get(), 0,
                                          doubling.workspace.get()) != 1 ||
      !doubling.Double() ||
      EC_POINT_get_affine_coordinates(doubling.curve.get(), doubling.point.get(), x.get(), nullptr,
                                      doubling.workspace.get()) != 1)
    return false;
  SecretBytes expected(shared.size());
  return BN_bn2binpad(x.get(), expected.span().data(), static_cast<int>(expected.size())) ==
             static_cast<int>(expected.size()) &&
         ConstantTimeEqual(expected.view(), of_doubled);
}

}  // namespace kmaas::crypto
