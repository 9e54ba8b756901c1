#include "tests/campaigns/disks/tally.h"

#include <sstream>

namespace kmaas::campaigns {
namespace {

constexpr std::size_t kNotesMax = 10;

}  // namespace

void Tally::Note(const std::string& trial, const std::string& what) {
  if (notes.size() < kNotesMax) notes.push_back(trial + ": " + what);
}

void Tally::Add(const Tally& other) {
  trials += other.trials;
  refused += other.refused;
  wrong += other.wrong;
  unrecorded += other.unrecorded;
  broken += other.broken;
  unclear += other.unclear;
  stuck += other.stuck;
  for (const std::string& note : other.notes)
    if (notes.size() < kNotesMax) notes.push_back(note);
}

std::string Tally::Text() const {
  std::ostringstream text;
  text << refused << " not opened, " << wrong << " facts or keys wrong, " << unrecorded
       << " changes without their record, " << broken << " trails broken, " << unclear
       << " errors unclear, " << stuck << " services stuck";
  for (const std::string& note : notes) text << "\n  " << note;
  return text.str();
}

}  // namespace kmaas::campaigns
