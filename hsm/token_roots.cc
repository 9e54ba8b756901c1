// Seeking, using and destroying generations of roots.
#include "hsm/token_roots.h"

#include <algorithm>

#include "base/log.h"
#include "hsm/key_templates.h"
#include "hsm/materials.h"
#include "hsm/token_files.h"
#include "hsm/token_objects.h"

namespace kmaas::hsm {
namespace {

// Whoever makes an RSA key in the token holds the lock of token objects for seconds.
constexpr Manner kSlowForService{LaneKind::kLong, ErrorCode::kDependencyTimeout, true, true};
// Leaves the long lane a way: customers' calls come between.
constexpr Manner kSlowForKeys{LaneKind::kLong, ErrorCode::kKeyUnavailable, true, true};

// All objects of that name, whoever made them.
AttributeList RootsOf(RootClass root, std::uint32_t generation) {
  return Joined(TokenObjects(CKO_SECRET_KEY, RootLabel(root)),
                {GenerationId(RootLabel(root), generation)});
}

Error Lasts(std::uint32_t generation) {
  return {ErrorCode::kUnsupportedOperation,
          "The roots of generation " + std::to_string(generation) +
              " were made to last (CKA_DESTROYABLE is 0): nothing in the token can destroy them. "
              "They end with the token.",
          "CKR_ACTION_PROHIBITED"};
}

Result<void> DestroyAll(Call& call, std::uint32_t generation) {
  for (const RootClass root : kRootClasses) {
    KM_TRY(const auto found, FindObjects(call, RootsOf(root, generation)));
    for (const ObjectHandle object : found) {
      const Rv rv = call.session().Destroy(object);
      if (rv.code == CKR_ACTION_PROHIBITED) return Lasts(generation);
      if (!rv.ok()) return call.Fail(rv);
      log::Warning("hsm_root_destroyed", {{"label", RootLabel(root)}, {"generation", generation}});
    }
  }
  return {};
}

Result<void> CheckNoneLeft(Call& call, std::uint32_t generation) {
  for (const RootClass root : kRootClasses) {
    KM_TRY(const auto left, FindObjects(call, RootsOf(root, generation)));
    if (!left.empty())
      return Error{ErrorCode::kKmsInternal,
                   "The token says that it destroyed the roots of generation " +
                       std::to_string(generation) + ", and still has one.",
                   std::string(RootLabel(root))};
  }
  return {};
}

}  // namespace

Result<std::vector<std::uint32_t>> TokenRoots::Find(Deadline deadline) {
  using Found = std::vector<std::uint32_t>;
  return core_.Run<Found>(kSlowForService, deadline, [&](Call& call) -> Result<Found> {
    const auto lock = call.generation().LockTokenObjects();
    KM_CHECK(call.generation().SeekRoots(call.session(), core_.accepts_weak_token()));
    return call.generation().roots()->generations();
  });
}

Result<void> TokenRoots::Prove(std::uint32_t generation, Deadline deadline) {
  KM_TRY(const std::vector<std::uint32_t> found, Find(deadline));
  if (std::ranges::find(found, generation) != found.end()) return {};
  return Error{ErrorCode::kNotFound,
               "The token has no roots of generation " + std::to_string(generation) +
                   ": clone one that has them to it.",
               "no root of generation " + std::to_string(generation)};
}

Result<void> TokenRoots::WrapWith(std::uint32_t generation, Deadline deadline) {
  return core_.Run<void>(kSlowForService, deadline, [&](Call& call) -> Result<void> {
    if (call.generation().wrapping_root() == generation) return core_.WrapWith(call, generation);
    const auto lock = call.generation().LockTokenObjects();
    KM_CHECK(call.generation().SeekRoots(call.session(), core_.accepts_weak_token()));
    // A ceremony that was killed may have flushed nothing, and keys will depend on what it made.
    KM_CHECK(FlushFiles(call.generation().FilesToFlush(), FlushScope::kAll));
    return core_.WrapWith(call, generation);
  });
}

Result<ports::GeneratedMaterial> TokenRoots::Rewrap(const domain::KeyMaterial& material,
                                                    Deadline deadline) {
  return core_.Run<ports::GeneratedMaterial>(
      kSlowForKeys, deadline, [&](Call& call) { return RewrapMaterial(call, material); });
}

Result<void> TokenRoots::Destroy(std::uint32_t generation, Deadline deadline) {
  return core_.Run<void>(kSlowForService, deadline, [&](Call& call) -> Result<void> {
    if (call.generation().wrapping_root() == generation)
      return Error{ErrorCode::kConflict,
                   "Generation " + std::to_string(generation) + " of the roots is in use.",
                   "it wraps new material"};
    const auto lock = call.generation().LockTokenObjects();
    KM_CHECK(DestroyAll(call, generation));
    KM_CHECK(FlushFiles(call.generation().FilesToFlush(), FlushScope::kAll));
    KM_CHECK(CheckNoneLeft(call, generation));
    return call.generation().SeekRoots(call.session(), core_.accepts_weak_token());
  });
}

}  // namespace kmaas::hsm
