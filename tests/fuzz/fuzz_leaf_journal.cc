// What lies beside the database: a body that applies leaves a directory in which every key lies in
// one leaf, and without its MAC it is never applied.
#include <array>
#include <cstdlib>

#include "storage/leaf_journal.h"

namespace kmaas::storage {
namespace {

constexpr std::array<std::string_view, 2> kTables = {"keys", "aliases"};

void CheckLeaves(const LeafDirectory& directory) {
  for (std::size_t table = 0; table < kTables.size(); ++table) {
    const std::vector<Leaf> leaves = directory.Leaves(table);
    if (leaves.empty() || !leaves.front().first.empty() || leaves.back().end) std::abort();
    for (const Leaf& leaf : leaves) {
      if (leaf.end && *leaf.end <= leaf.first) std::abort();
      if (directory.Find(table, leaf.first).first != leaf.first) std::abort();
    }
  }
}

}  // namespace

void TryJournal(ByteView bytes) {
  static const RowMac mac{SecretBytes(Bytes(32, 7))};
  LeafDirectory directory(kTables);
  directory.Load(0, {{"", {}, {}}, {"g", {}, {{1, 1}, {2, 1}}}});
  // Twice: the second finds what the first left.
  for (int round = 0; round < 2; ++round) {
    (void)ApplyBody(bytes, directory);
    CheckLeaves(directory);
  }
  if (LeavesOf(bytes, mac, kTables, ports::StoreHead{})) std::abort();
}

}  // namespace kmaas::storage

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  kmaas::storage::TryJournal({data, size});
  return 0;
}
