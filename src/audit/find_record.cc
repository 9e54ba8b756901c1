#include "audit/find_record.h"

#include "audit/trail_files.h"

namespace kmaas::audit {
namespace {

constexpr std::string_view kMember = R"("requestID":")";

}  // namespace

Result<std::optional<std::string>> FindByRequestId(const std::string& directory,
                                                   std::string_view request_id) {
  const std::string id = std::string(request_id) + '"';
  KM_TRY(const std::vector<TrailFile> files, ListTrailFiles(directory));
  for (auto file = files.rbegin(); file != files.rend(); ++file) {
    std::optional<std::string> found;
    KM_CHECK(ReadLines(file->path, [&](const RawLine& line) {
      // The last member of that name: a caller's encryption context may have one, but before it.
      const std::size_t at = line.text.rfind(kMember);
      if (at != std::string_view::npos && line.text.substr(at + kMember.size()).starts_with(id))
        found = std::string(line.text);
    }));
    if (found) return found;
  }
  return std::optional<std::string>();
}

}  // namespace kmaas::audit
