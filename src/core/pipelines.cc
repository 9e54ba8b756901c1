#include "core/pipelines.h"

namespace kmaas::core {

Pipelines::Pipelines(Pipeline& first, const std::vector<Pipeline*>& further) : all_{&first} {
  all_.insert(all_.end(), further.begin(), further.end());
}

Pipeline& Pipelines::For(std::string_view region) const {
  for (Pipeline* one : all_) {
    if (one->services().region == region) return *one;
  }
  return first();
}

bool Pipelines::Serves(std::string_view region) const {
  return For(region).services().region == region;
}

}  // namespace kmaas::core
