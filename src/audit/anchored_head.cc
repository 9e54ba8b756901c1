#include "audit/anchored_head.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "audit/chain.h"
#include "audit/trail_files.h"
#include "base/encoding.h"

namespace kmaas::audit {
namespace {

constexpr std::string_view kSource = R"(,"eventSource":")";
// The first one is the event's: nothing that a caller shapes stands before it, except inside texts,
// whose quotes are escaped. What follows was written by the service and by nobody else.
constexpr std::string_view kAnchor = R"(kmaas.internal","eventName":"AnchorStoreHead")";
constexpr std::string_view kDetails = R"(,"serviceEventDetails":)";
constexpr std::string_view kTime = R"("eventTime":")";
constexpr std::size_t kTimeCharacters = 20;

bool Skip(std::string_view& rest, std::string_view expected) {
  if (!rest.starts_with(expected)) return false;
  rest.remove_prefix(expected.size());
  return true;
}

bool TakeNumber(std::string_view& rest, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (error != std::errc()) return false;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return true;
}

std::string TimeOf(std::string_view event) {
  const std::size_t at = event.find(kTime);
  if (at == std::string_view::npos) return "";
  return std::string(event.substr(at + kTime.size(), kTimeCharacters));
}

}  // namespace

std::optional<ports::StoreHead> AnchoredHeadOf(std::string_view event) {
  const std::size_t source = event.find(kSource);
  if (source == std::string_view::npos) return std::nullopt;
  std::string_view rest = event.substr(source + kSource.size());
  if (!rest.starts_with(kAnchor)) return std::nullopt;
  const std::size_t details = rest.find(kDetails);
  if (details == std::string_view::npos) return std::nullopt;
  rest.remove_prefix(details + kDetails.size());
  ports::StoreHead head;
  if (!Skip(rest, R"({"epoch":)") || !TakeNumber(rest, head.epoch) || !Skip(rest, R"(,"rows":)") ||
      !TakeNumber(rest, head.rows) || !Skip(rest, R"(,"digest":")"))
    return std::nullopt;
  const auto digest = HexDecode(rest.substr(0, head.digest.size() * 2));
  if (!digest || digest->size() != head.digest.size()) return std::nullopt;
  std::ranges::copy(*digest, head.digest.begin());
  return head;
}

Result<std::optional<AnchoredHead>> FindAnchoredHead(const std::string& directory) {
  std::optional<AnchoredHead> found;
  std::error_code failure;
  if (!std::filesystem::exists(directory, failure) && !failure) return found;
  KM_TRY(const std::vector<TrailFile> files, ListTrailFiles(directory));
  for (auto file = files.rbegin(); file != files.rend() && !found; ++file) {
    KM_CHECK(ReadLines(file->path, [&](const RawLine& line) {
      // Parsing a line costs more than most need.
      if (!line.is_whole || line.text.find(kAnchor.substr(0, 14)) == std::string_view::npos) return;
      const auto record = ParseLine(line.text);
      if (!record) return;
      const auto head = AnchoredHeadOf(record->event);
      // Epochs only grow: a lower one behind it was written by somebody else, and hides none.
      if (!head || (found && found->head.epoch > head->epoch)) return;
      found = AnchoredHead{*head, TimeOf(record->event),
                           file->name + " record " + std::to_string(record->sequence)};
    }));
  }
  return found;
}

}  // namespace kmaas::audit
