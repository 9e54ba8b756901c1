#include "tests/component/audit_edits/edits.h"

#include <algorithm>

#include "audit/chain.h"
#include "audit/seal.h"

namespace kmaas::audit {
namespace {

std::size_t Below(Chance& chance, std::size_t bound) {
  return std::uniform_int_distribution<std::size_t>(0, bound - 1)(chance);
}

using Line = std::vector<std::string>::difference_type;
Line At(std::size_t line) { return static_cast<Line>(line); }

Edit Begin(const SealedWorld& world, std::string what) {
  return {world.files(), {}, std::move(what), false};
}

std::string& LineAt(Files& files, const Spot& spot) { return files.at(spot.file)[spot.line]; }

std::string Told(const Spot& spot) { return spot.file + ":" + std::to_string(spot.line + 1); }

// Where the break shows when this line is gone: what comes to stand there, in the same file or at
// the beginning of the next, or the last line that is left.
void ExpectBehind(const std::vector<Spot>& all, std::size_t index, Edit& edit) {
  edit.places.push_back(all[index]);
  if (index + 1 < all.size()) edit.places.push_back(all[index + 1]);
  if (index > 0) edit.places.push_back(all[index - 1]);
}

const std::vector<Spot>& Spots(const SealedWorld& world, bool of_seals) {
  return of_seals ? world.seals() : world.records();
}

Edit ChangeByte(const SealedWorld& world, Chance& chance, bool of_seals) {
  const Spot spot = Spots(world, of_seals)[Below(chance, Spots(world, of_seals).size())];
  Edit edit = Begin(world, "one byte changed in " + Told(spot));
  std::string& line = LineAt(edit.files, spot);
  line[Below(chance, line.size())] ^= static_cast<char>(1U << Below(chance, 8));
  edit.places = {spot};
  return edit;
}

Edit Drop(const SealedWorld& world, Chance& chance, bool of_seals) {
  const std::vector<Spot>& all = Spots(world, of_seals);
  // The last seal is what the cut of seals leaves out.
  const std::size_t index = Below(chance, all.size() - (of_seals ? 1 : 0));
  Edit edit = Begin(world, "line dropped: " + Told(all[index]));
  auto& lines = edit.files.at(all[index].file);
  lines.erase(lines.begin() + At(all[index].line));
  ExpectBehind(all, index, edit);
  return edit;
}

// Rubbish, or another line of its kind.
Edit Insert(const SealedWorld& world, Chance& chance, bool of_seals) {
  const std::vector<Spot>& all = Spots(world, of_seals);
  const Spot spot = all[Below(chance, all.size())];
  const Spot source = all[Below(chance, all.size())];
  Edit edit = Begin(world, "line inserted at " + Told(spot));
  const std::string copy =
      Below(chance, 2) == 0 ? "{\"seq\":1}" : world.files().at(source.file)[source.line];
  auto& lines = edit.files.at(spot.file);
  lines.insert(lines.begin() + At(spot.line), copy);
  edit.places = {spot, {spot.file, spot.line + 1}};
  // A copy that stands before its original makes the original the second one.
  edit.places.push_back({source.file, source.line});
  edit.places.push_back({source.file, source.line + 1});
  return edit;
}

Edit Reorder(const SealedWorld& world, Chance& chance, bool of_seals) {
  const std::vector<Spot>& all = Spots(world, of_seals);
  const std::size_t one = Below(chance, all.size() - 1);
  const std::size_t other = one + 1 + Below(chance, all.size() - one - 1);
  Edit edit = Begin(world, "swapped: " + Told(all[one]) + " and " + Told(all[other]));
  std::swap(LineAt(edit.files, all[one]), LineAt(edit.files, all[other]));
  edit.places = {all[one], all[other]};
  return edit;
}

void CutFrom(const std::vector<Spot>& all, std::size_t first, Edit& edit) {
  for (std::size_t index = all.size(); index-- > first;) {
    auto& lines = edit.files.at(all[index].file);
    lines.pop_back();
    if (lines.empty()) edit.files.erase(all[index].file);
  }
}

Edit CutRecords(const SealedWorld& world, Chance& chance) {
  const std::vector<Spot>& all = world.records();
  const std::size_t first = 1 + Below(chance, all.size() - 1);
  Edit edit = Begin(world, "cut off from " + Told(all[first]));
  CutFrom(all, first, edit);
  edit.places = {all[first - 1]};
  return edit;
}

// Down to a seal that leaves records without one.
Edit CutSeals(const SealedWorld& world, Chance& chance) {
  const std::vector<Spot>& all = world.seals();
  const std::size_t first = 1 + Below(chance, all.size() - 2);
  Edit edit = Begin(world, "seals cut off from " + Told(all[first]));
  CutFrom(all, first, edit);
  edit.places = {all[first - 1]};
  edit.remark_suffices = all.size() - first <= 3;
  return edit;
}

Edit LoseFile(const SealedWorld& world, Chance& chance) {
  const std::vector<Spot>& all = world.records();
  const std::string name = all[Below(chance, all.size())].file;
  Edit edit = Begin(world, "file removed: " + name);
  edit.files.erase(name);
  for (std::size_t index = 0; index < all.size(); ++index) {
    const bool is_before = index + 1 < all.size() && all[index + 1].file == name;
    const bool is_behind = index > 0 && all[index - 1].file == name;
    if (all[index].file != name && (is_before || is_behind)) edit.places.push_back(all[index]);
  }
  return edit;
}

// The records from `from` on as their writer could have written them, with another one there.
void Rewrite(const SealedWorld& world, std::size_t from, Edit& edit) {
  std::string previous = world.files().at(world.records()[from].file)[world.records()[from].line];
  const TrailLine first = ParseLine(previous).value();
  ChainHead head{first.sequence - 1, first.previous};
  for (std::size_t index = from; index < world.records().size(); ++index) {
    std::string& line = LineAt(edit.files, world.records()[index]);
    std::string event(ParseLine(line)->event);
    if (index == from) event.replace(event.find("alice"), 5, "bobby");
    line.clear();
    AppendRecord(line, head, event);
    line.pop_back();
  }
}

// The first record behind the newest seal that still fits.
Spot FirstInDoubt(const SealedWorld& world, std::size_t changed) {
  std::uint64_t good = 0;
  for (const std::uint64_t last : world.sealed())
    if (last <= changed) good = std::max(good, last);
  return world.records()[good];
}

Edit Fork(const SealedWorld& world, Chance& chance) {
  const std::size_t from = Below(chance, world.records().size());
  Edit edit = Begin(world, "rewritten from " + Told(world.records()[from]));
  Rewrite(world, from, edit);
  edit.places = {FirstInDoubt(world, from)};
  return edit;
}

// Seals that fit what was rewritten, by whoever has no key.
Edit ForkWithSeals(const SealedWorld& world, Chance& chance) {
  const std::size_t from = Below(chance, world.records().size());
  Edit edit = Begin(world, "rewritten with its seals from " + Told(world.records()[from]));
  Rewrite(world, from, edit);
  crypto::Sha256Digest previous{};
  for (std::size_t index = 0; index < world.seals().size(); ++index) {
    std::string& line = LineAt(edit.files, world.seals()[index]);
    SealLine seal = ParseSealLine(line).value();
    if (seal.seal.last > from) {
      const Spot last = world.records()[seal.seal.last - 1];
      seal.seal.head = ParseLine(edit.files.at(last.file)[last.line])->hash;
      seal.seal.previous = previous;
      line = RenderSealLine(RenderSeal(seal.seal), seal.signature);
      edit.places.push_back(world.seals()[index]);
    }
    previous = SealLineHash(line);
  }
  return edit;
}

template <class Maker>
Editor Of(Maker maker, bool of_seals) {
  return [maker, of_seals](const SealedWorld& world, Chance& chance) {
    return maker(world, chance, of_seals);
  };
}

}  // namespace

const std::vector<NamedEditor>& AllEditors() {
  static const std::vector<NamedEditor> editors{
      {"change a record", Of(ChangeByte, false)},
      {"drop a record", Of(Drop, false)},
      {"insert a record", Of(Insert, false)},
      {"reorder records", Of(Reorder, false)},
      {"cut records off", CutRecords},
      {"lose a file", LoseFile},
      {"fork", Fork},
      {"fork with seals", ForkWithSeals},
      {"change a seal", Of(ChangeByte, true)},
      {"drop a seal", Of(Drop, true)},
      {"insert a seal", Of(Insert, true)},
      {"reorder seals", Of(Reorder, true)},
      {"cut seals off", CutSeals},
  };
  return editors;
}

}  // namespace kmaas::audit
