#include "crypto/ecdsa_recovery.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

#include <cstdlib>
#include <optional>

#include "crypto/openssl_keys.h"
#include "crypto/public_key_info.h"

namespace kmaas::crypto {
namespace {

using Group = Owned<EC_GROUP, EC_GROUP_free>;
using Point = Owned<EC_POINT, EC_POINT_free>;
using Number = Owned<BIGNUM, BN_free>;
using Scratch = Owned<BN_CTX, BN_CTX_free>;

void Require(bool ok) {
  if (!ok) std::abort();  // out of memory
}

Number ToNumber(ByteView big_endian) {
  Number number(BN_bin2bn(big_endian.data(), static_cast<int>(big_endian.size()), nullptr));
  Require(number != nullptr);
  return number;
}

// The digest as a number of at most as many bits as the order has.
Number Truncated(const BIGNUM* order, ByteView digest) {
  Number number = ToNumber(digest);
  const int excess = static_cast<int>(digest.size()) * 8 - BN_num_bits(order);
  if (excess > 0) Require(BN_rshift(number.get(), number.get(), excess) == 1);
  return number;
}

class Recovery {
 public:
  Recovery(domain::KeySpec spec, ByteView digest, ByteView r_then_s)
      : spec_(spec),
        group_(EC_GROUP_new_by_curve_name(OBJ_sn2nid(CurveName(spec)))),
        scratch_(BN_CTX_new()),
        r_(ToNumber(r_then_s.first(r_then_s.size() / 2))),
        s_(ToNumber(r_then_s.subspan(r_then_s.size() / 2))) {
    Require(group_ != nullptr && scratch_ != nullptr && r_ != nullptr && s_ != nullptr);
    order_ = EC_GROUP_get0_order(group_.get());
    hashed_ = Truncated(order_, digest);
  }

  // Q = r⁻¹(sR − eG), where R is the point with x-coordinate r and the given parity of y.
  std::optional<Bytes> WithParity(int parity) const {
    const Point ephemeral(EC_POINT_new(group_.get()));
    const Point found(EC_POINT_new(group_.get()));
    const Number inverse(BN_mod_inverse(nullptr, r_.get(), order_, scratch_.get()));
    const Number of_generator(BN_new());
    const Number of_ephemeral(BN_new());
    if (inverse == nullptr ||
        EC_POINT_set_compressed_coordinates(group_.get(), ephemeral.get(), r_.get(), parity,
                                            scratch_.get()) != 1 ||
        BN_mod_mul(of_generator.get(), hashed_.get(), inverse.get(), order_, scratch_.get()) != 1 ||
        BN_sub(of_generator.get(), order_, of_generator.get()) != 1 ||
        BN_mod_mul(of_ephemeral.get(), s_.get(), inverse.get(), order_, scratch_.get()) != 1 ||
        EC_POINT_mul(group_.get(), found.get(), of_generator.get(), ephemeral.get(),
                     of_ephemeral.get(), scratch_.get()) != 1)
      return std::nullopt;
    Bytes point(PointBytes(spec_));
    if (EC_POINT_point2oct(group_.get(), found.get(), POINT_CONVERSION_UNCOMPRESSED, point.data(),
                           point.size(), scratch_.get()) != point.size())
      return std::nullopt;
    return EcPublicKeyInfo(spec_, point);
  }

 private:
  domain::KeySpec spec_;
  Group group_;
  Scratch scratch_;
  Number r_;
  Number s_;
  const BIGNUM* order_ = nullptr;  // of the group
  Number hashed_;
};

}  // namespace

std::vector<Bytes> PublicKeysOf(domain::KeySpec spec, ByteView digest, ByteView r_then_s) {
  std::vector<Bytes> found;
  const Recovery recovery(spec, digest, r_then_s);
  for (const int parity : {0, 1})
    if (auto key = recovery.WithParity(parity)) found.push_back(*std::move(key));
  ERR_clear_error();
  return found;
}

}  // namespace kmaas::crypto
