// Events of a trail that somebody edited: what is read of them lies in them, and the head that an
// anchor names is the one that it shows.
#include <cstdlib>
#include <functional>

#include "audit/anchored_head.h"
#include "audit/event_fields.h"

namespace {

void ExpectWithin(std::string_view part, std::string_view whole) {
  if (part.empty()) return;
  const std::less_equal<const char*> is_not_behind;
  if (!is_not_behind(whole.data(), part.data())) std::abort();
  if (!is_not_behind(part.data() + part.size(), whole.data() + whole.size())) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view event(reinterpret_cast<const char*>(data), size);
  const kmaas::audit::EventFields fields = kmaas::audit::ReadFields(event);
  for (const std::string_view part :
       {fields.principal, fields.time, fields.name, fields.source_address, fields.error_code,
        fields.request_id, fields.event_id})
    ExpectWithin(part, event);
  for (const std::string_view resource : fields.resources) {
    ExpectWithin(resource, event);
    if (!resource.empty() && !kmaas::audit::IsNamed(resource, resource)) std::abort();
  }
  const auto head = kmaas::audit::AnchoredHeadOf(event);
  if (head && event.find("AnchorStoreHead") == std::string_view::npos) std::abort();
  return 0;
}
