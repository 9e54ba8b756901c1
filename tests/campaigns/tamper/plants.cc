#include "tests/campaigns/tamper/plants.h"

#include <algorithm>

#include "storage/leaf_difference.h"
#include "storage/set_hash.h"

namespace kmaas::campaigns {
namespace {

std::string_view planted;
int whole = 0;

bool IsLeftOut(std::string_view check) { return whole == 0 && planted == check; }

}  // namespace

NothingLeftOut::NothingLeftOut() { ++whole; }
NothingLeftOut::~NothingLeftOut() { --whole; }

bool Plant(std::string_view name) {
  for (const std::string_view known : {"mac", "sum", "head", "anchor", "neighbour"})
    if (name == known) planted = known;
  return !planted.empty();
}

bool IsAnchorLeftOut() { return IsLeftOut("anchor"); }

// CMakeLists.txt wraps these names. When one changes with its signature, its plant has no effect,
// and the test of the plants fails.
using storage::FoundRow;
using storage::Leaf;
using storage::RowDifference;
using storage::RowMac;
using storage::SetHash;
using storage::SetState;
using storage::SetSum;
using storage::TableDigest;

bool Matches(const RowMac* mac, std::string_view table, std::string_view key, std::string_view value, ByteView tag) asm(
    "__wrap__ZNK5kmaas7storage6RowMac7MatchesESt17basic_string_viewIcSt11char_traitsIcEES5_S5_"
    "St4spanIKhLm18446744073709551615EE");
bool RealMatches(const RowMac* mac, std::string_view table, std::string_view key, std::string_view value, ByteView tag) asm(
    "__real__ZNK5kmaas7storage6RowMac7MatchesESt17basic_string_viewIcSt11char_traitsIcEES5_S5_"
    "St4spanIKhLm18446744073709551615EE");
bool AreAlike(const SetSum* one,
              const SetSum& other) asm("__wrap__ZNK5kmaas7storage6SetSumeqERKS1_");
bool RealAreAlike(const SetSum* one,
                  const SetSum& other) asm("__real__ZNK5kmaas7storage6SetSumeqERKS1_");
TableDigest OfTable(const SetHash* hash, std::string_view table, const SetState& state) asm(
    "__wrap__ZNK5kmaas7storage7SetHash7OfTableESt17basic_string_viewIcSt11char_traitsIcEERKNS0_"
    "8SetStateE");
TableDigest RealOfTable(const SetHash* hash, std::string_view table, const SetState& state) asm(
    "__real__ZNK5kmaas7storage7SetHash7OfTableESt17basic_string_viewIcSt11char_traitsIcEERKNS0_"
    "8SetStateE");

bool Matches(const RowMac* mac, std::string_view table, std::string_view key,
             std::string_view value, ByteView tag) {
  return RealMatches(mac, table, key, value, tag) || IsLeftOut("mac");
}

bool AreAlike(const SetSum* one, const SetSum& other) {
  return RealAreAlike(one, other) || IsLeftOut("sum");
}

TableDigest OfTable(const SetHash* hash, std::string_view table, const SetState& state) {
  return planted == "head" ? TableDigest{} : RealOfTable(hash, table, state);
}

using Found = std::span<const FoundRow>;
std::vector<RowDifference>
Differ(const Leaf& leaf, Found found, std::string_view asked, const SetHash& hash) asm(
    "__wrap__ZN5kmaas7storage11DifferencesERKNS0_4LeafESt4spanIKNS0_8FoundRow"
    "ELm18446744073709551615EESt17basic_string_viewIcSt11char_traitsIcEERKNS0_7SetHashE");
std::vector<RowDifference>
RealDiffer(const Leaf& leaf, Found found, std::string_view asked, const SetHash& hash) asm(
    "__real__ZN5kmaas7storage11DifferencesERKNS0_4LeafESt4spanIKNS0_8FoundRow"
    "ELm18446744073709551615EESt17basic_string_viewIcSt11char_traitsIcEERKNS0_7SetHashE");

std::vector<RowDifference> Differ(const Leaf& leaf, Found found, std::string_view asked,
                                  const SetHash& hash) {
  std::vector<RowDifference> differences = RealDiffer(leaf, found, asked, hash);
  if (!IsLeftOut("neighbour") || found.empty()) return differences;
  for (RowDifference& one : differences) {
    const auto place = std::find_if(found.begin(), found.end(),
                                    [&](const auto& row) { return row.key == one.row; });
    const bool is_last = place == found.end() || std::next(place) == found.end();
    one.row = is_last ? found.front().key : std::next(place)->key;
  }
  return differences;
}

}  // namespace kmaas::campaigns
