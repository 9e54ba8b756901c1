// Edits of a sealed trail, and where a verifier that deserves its name reports each.
#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/component/audit_edits/sealed_world.h"

namespace kmaas::audit {

using Chance = std::mt19937_64;

// What was done. One of the `places` must be named by a finding: that line, or the one behind it,
// where the break shows. A rewriting shows at the first record that may have been rewritten.
struct Edit {
  Files files;
  std::vector<Spot> places;
  std::string what;
  // A cut of the newest seals within one interval leaves what a running server looks like: the
  // records are named as not sealed.
  bool remark_suffices = false;
};

using Editor = std::function<Edit(const SealedWorld&, Chance&)>;
struct NamedEditor {
  std::string_view name;
  Editor make;
};

// change, drop, insert, reorder, cut off, fork: of records, and of seals.
const std::vector<NamedEditor>& AllEditors();

}  // namespace kmaas::audit
