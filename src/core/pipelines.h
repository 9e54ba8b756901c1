// The pipelines of a server, one for each Region that it serves.
#pragma once

#include <string_view>
#include <vector>

#include "core/pipeline.h"

namespace kmaas::core {

// Immutable, so thread-safe; borrows the pipelines, which have one registry and one clock. Copying
// is cheap.
class Pipelines {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): a server of one Region is one of several
  Pipelines(Pipeline& first, const std::vector<Pipeline*>& further = {});

  // Of the Region in which what has none is done: IAM, STS.
  Pipeline& first() const { return *all_.front(); }
  // The first one for a Region that is not served: there, who claims it is refused.
  Pipeline& For(std::string_view region) const;
  bool Serves(std::string_view region) const;
  bool several() const { return all_.size() > 1; }

 private:
  std::vector<Pipeline*> all_;
};

}  // namespace kmaas::core
