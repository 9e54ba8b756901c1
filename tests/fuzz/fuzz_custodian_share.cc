// Shares that somebody typed: whatever is read is written and read again alike, and one is never
// enough.
#include <cstdlib>
#include <utility>

#include "app/custodian_share.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto share = kmaas::app::ReadShare({data, size});
  if (!share) return 0;
  const kmaas::SecretBytes text = kmaas::app::ArmourShare(*share);
  if (text.size() > 255) std::abort();
  const auto again = kmaas::app::ReadShare(text.view());
  if (!again || again->set != share->set || again->number != share->number) std::abort();
  std::vector<kmaas::app::CustodianShare> alone;
  alone.push_back(*std::move(share));
  if (kmaas::app::CombinePin(alone)) std::abort();
  return 0;
}
