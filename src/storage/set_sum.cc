#include "storage/set_sum.h"

namespace kmaas::storage {

SetSum::SetSum(const crypto::Sha256Digest& term) {
  ByteReader reader(term);
  for (std::uint64_t& limb : limbs_) limb = reader.U64();
}

void SetSum::Add(const SetSum& other) {
  std::uint64_t carry = 0;
  for (std::size_t limb = 0; limb < limbs_.size(); ++limb) {
    const std::uint64_t partial = limbs_[limb] + carry;
    const std::uint64_t sum = partial + other.limbs_[limb];
    carry = static_cast<std::uint64_t>(partial < carry) |
            static_cast<std::uint64_t>(sum < other.limbs_[limb]);
    limbs_[limb] = sum;
  }
}

void SetSum::Subtract(const SetSum& other) {
  std::uint64_t borrow = 0;
  for (std::size_t limb = 0; limb < limbs_.size(); ++limb) {
    const std::uint64_t partial = limbs_[limb] - borrow;
    const std::uint64_t difference = partial - other.limbs_[limb];
    borrow = static_cast<std::uint64_t>(limbs_[limb] < borrow) |
             static_cast<std::uint64_t>(partial < other.limbs_[limb]);
    limbs_[limb] = difference;
  }
}

void SetSum::AppendTo(Bytes& out) const {
  for (const std::uint64_t limb : limbs_) AppendU64(out, limb);
}

bool SetSum::operator==(const SetSum& other) const {
  std::uint64_t difference = 0;
  for (std::size_t limb = 0; limb < limbs_.size(); ++limb)
    difference |= limbs_[limb] ^ other.limbs_[limb];
  return difference == 0;
}

}  // namespace kmaas::storage
