// Generations of roots without a token: a blob says which key is in it and under which generation,
// as "orders@1".
#pragma once

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "ports/token_roots.h"

namespace kmaas::fakes {

// One thread at a time.
class FakeTokenRoots final : public ports::TokenRoots {
 public:
  std::set<std::uint32_t> generations{1};
  std::uint32_t wrapping = 1;
  // Before each Rewrap: what somebody else does meanwhile.
  std::function<void(const domain::KeyMaterial&)> meanwhile = {};
  // The plant: answers a blob of another key, as a token would whose answers nobody checks.
  bool is_unchecked_and_wrong = false;
  // Tokens of a group have different roots of one number.
  bool is_of_strangers = false;
  // What is in this material cannot be brought over.
  std::string broken = {};

  static Bytes BlobOf(std::string_view key, std::uint32_t generation) {
    return ToBytes(AsBytes(std::string(key) + "@" + std::to_string(generation)));
  }
  static std::string KeyIn(const domain::KeyMaterial& material) {
    const std::string text = ToString(material.blob);
    return text.substr(0, text.find('@'));
  }
  // Whether the blob opens under the generation that its row names.
  bool Opens(const domain::KeyMaterial& material) const {
    return generations.contains(material.root_generation) &&
           material.blob == BlobOf(KeyIn(material), material.root_generation);
  }

  // The n-th call from now fails; 0: none.
  void FailNth(std::uint64_t n) {
    calls_ = 0;
    failing_call_ = n;
  }

  Result<std::vector<std::uint32_t>> Find(Deadline /*deadline*/) override {
    KM_CHECK(Call());
    return std::vector<std::uint32_t>(generations.begin(), generations.end());
  }
  Result<void> Prove(std::uint32_t generation, Deadline /*deadline*/) override {
    KM_CHECK(Call());
    if (!generations.contains(generation)) return Error{ErrorCode::kNotFound, "", "no such root"};
    if (is_of_strangers)
      return Error{ErrorCode::kConflict, "A token has other roots.", "other roots"};
    return {};
  }
  Result<void> WrapWith(std::uint32_t generation, Deadline /*deadline*/) override {
    KM_CHECK(Call());
    if (!generations.contains(generation)) return Error{ErrorCode::kNotFound, "", "no such root"};
    wrapping = generation;
    return {};
  }
  Result<ports::GeneratedMaterial> Rewrap(const domain::KeyMaterial& material,
                                          Deadline /*deadline*/) override {
    KM_CHECK(Call());
    if (meanwhile) meanwhile(material);
    if (!Opens(material) || KeyIn(material) == broken)
      return Error{ErrorCode::kKmsInternal, "", "it does not open"};
    const std::string key = is_unchecked_and_wrong ? "another" : KeyIn(material);
    return ports::GeneratedMaterial{material.dialect, wrapping, 0, BlobOf(key, wrapping), {}};
  }
  Result<void> Destroy(std::uint32_t generation, Deadline /*deadline*/) override {
    KM_CHECK(Call());
    if (generation == wrapping) return Error{ErrorCode::kConflict, "", "it wraps"};
    generations.erase(generation);
    return {};
  }

 private:
  Result<void> Call() {
    if (++calls_ != failing_call_) return {};
    return Error{ErrorCode::kDependencyTimeout, "", "planted"};
  }

  std::uint64_t calls_ = 0;
  std::uint64_t failing_call_ = 0;
};

}  // namespace kmaas::fakes
