// Sums modulo 2^256, and what a set of rows comes to: how many they are, and the sum of their
// terms.
#pragma once

#include <array>
#include <cstdint>

#include "crypto/digest.h"

namespace kmaas::storage {

// Terms are secret, and so are their sums.
class SetSum {
 public:
  SetSum() = default;
  explicit SetSum(const crypto::Sha256Digest& term);

  void Add(const SetSum& other);
  void Subtract(const SetSum& other);
  void AppendTo(Bytes& out) const;
  // Constant time.
  bool operator==(const SetSum& other) const;

 private:
  std::array<std::uint64_t, 4> limbs_{};  // the lowest first
};

struct SetState {
  std::uint64_t rows = 0;
  SetSum sum;

  void Add(const SetSum& term) {
    ++rows;
    sum.Add(term);
  }
  void Remove(const SetSum& term) {
    --rows;
    sum.Subtract(term);
  }
  // From the state `before` to the state `after` of a part of it.
  void Replace(const SetState& before, const SetState& after) {
    rows += after.rows - before.rows;
    sum.Subtract(before.sum);
    sum.Add(after.sum);
  }
  bool operator==(const SetState& other) const { return rows == other.rows && sum == other.sum; }
};

}  // namespace kmaas::storage
