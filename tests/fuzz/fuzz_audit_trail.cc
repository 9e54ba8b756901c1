// A trail and its seals as the verifier reads them: lines of records, an empty line, lines of
// seals. However they were edited it comes to an end, and is silent of an unbroken row of records
// only.
#include <cstdlib>
#include <vector>

#include "audit/chain_check.h"
#include "audit/seal_match.h"

using namespace kmaas::audit;

namespace {

std::vector<RawLine> LinesOf(std::string_view text) {
  std::vector<RawLine> lines;
  std::uint64_t start = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const bool is_whole = end != std::string_view::npos;
    lines.push_back({text.substr(0, end), lines.size() + 1, start, is_whole});
    const std::size_t taken = is_whole ? end + 1 : text.size();
    text.remove_prefix(taken);
    start += taken;
  }
  return lines;
}

TrailFile FileNamed(const std::string& name) { return {name, name, 1}; }

// What silence promises, looked at without the code under test.
void ExpectUnbroken(const std::vector<RawLine>& lines) {
  std::uint64_t expected = 0;
  for (const RawLine& line : lines) {
    const std::string begin = R"({"seq":)" + std::to_string(++expected) + ",";
    if (!line.text.starts_with(begin)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t between = input.find("\n\n");
  const auto records = LinesOf(input.substr(0, between == input.npos ? between : between + 1));
  const auto seals =
      LinesOf(between == input.npos ? std::string_view() : input.substr(between + 2));

  SealCheck seal_check({});
  seal_check.BeginFile(FileNamed(SealFileName(1)), true);
  for (const RawLine& line : seals) seal_check.Add(line);
  SealMatch match(seal_check.believed());

  ChainCheck chain_check(Genesis());
  chain_check.BeginFile(FileNamed(TrailFileName(1)), false);
  std::uint64_t last = 0;
  for (const RawLine& line : records) {
    const auto record = chain_check.Add(line);
    if (!record) continue;
    match.Add(*record, TrailFileName(1), line.number);
    last = record->sequence;
  }
  if (chain_check.findings().empty()) ExpectUnbroken(records);
  for (const Finding& finding : chain_check.findings())
    if (finding.line > records.size() + 1) std::abort();
  (void)match.Findings(chain_check.findings(), 1, last, {});
  (void)match.sealed();
  return 0;
}
