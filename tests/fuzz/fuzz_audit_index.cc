// Indexes that somebody else wrote, with sums that fit: whatever they say, a search shows lines of
// the trail only, and only such that fit. The input is the head's lengths and fences, then entries.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "audit/chain.h"
#include "audit/file_index.h"
#include "audit/search.h"
#include "base/bytes.h"
#include "crypto/digest.h"

using namespace kmaas;

namespace {

constexpr std::size_t kBlockEntries = 510;

// A trail of two files, of which the first may have an index.
class Directory {
 public:
  Directory() {
    std::string pattern = std::filesystem::temp_directory_path() / "kmaas-fuzz-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
    audit::ChainHead head = audit::Genesis();
    for (int number = 1; number <= 8; ++number) {
      const std::string id = std::to_string(number);
      audit::AppendRecord(text_, head,
                          R"({"eventVersion":"1.11","eventTime":"2026-11-24T12:00:0)" + id +
                              R"(Z","eventName":"Encrypt","requestParameters":null,)" +
                              R"("requestID":"r)" + id + R"(","eventID":"e)" + id + R"("})");
    }
    file_ = {path_ + "/" + audit::TrailFileName(1), audit::TrailFileName(1), 1};
    Write(file_.path, text_);
    Write(path_ + "/" + audit::TrailFileName(9), "");
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  static void Write(const std::string& path, std::string_view content) {
    std::ofstream(path, std::ios::binary) << content;
  }
  const std::string& path() const { return path_; }
  const audit::TrailFile& file() const { return file_; }
  const std::string& text() const { return text_; }

 private:
  std::string path_;
  audit::TrailFile file_;
  std::string text_;
};

Bytes IndexOf(const Directory& directory, ByteView input) {
  const std::size_t size = input.empty() ? 0 : std::min<std::size_t>(input[0], input.size() - 1);
  Bytes head;
  AppendU64(head, directory.text().size());
  AppendU64(head, 1);
  Append(head, input.empty() ? input : input.subspan(1, size));
  Bytes index;
  Append(index, std::string_view("kmaas audit index 1\n"));
  AppendU32(index, static_cast<std::uint32_t>(head.size()));
  Append(index, head);
  Append(index, crypto::Sha256(index));
  ByteView entries = input.empty() ? input : input.subspan(1 + size);
  while (!entries.empty()) {
    Bytes block;
    Append(block, entries.first(std::min(entries.size(), kBlockEntries * 8)));
    entries = entries.subspan(block.size());
    const crypto::Sha256Digest sum = crypto::Sha256(block);
    Append(block, ByteView(sum).first(8));
    Append(index, block);
  }
  return index;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Directory directory;
  Directory::Write(audit::IndexPath(directory.file()),
                   AsText(IndexOf(directory, ByteView(data, size))));
  audit::SearchQuery query;
  query.event_id = "e3";
  query.limit = 100;
  const auto report = audit::Search(directory.path(), query, [&](std::string_view line) {
    if (directory.text().find(std::string(line) + "\n") == std::string::npos) std::abort();
    if (line.find(R"("eventID":"e3")") == std::string_view::npos) std::abort();
  });
  if (!report || report->found > 1) std::abort();
  return 0;
}
