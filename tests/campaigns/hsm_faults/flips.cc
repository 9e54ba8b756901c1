#include "tests/campaigns/hsm_faults/flips.h"

namespace kmaas::campaigns {
namespace {

using shim::Fault;
using shim::Function;

constexpr Function kFunctions[] = {Function::C_Sign,         Function::C_Decrypt,
                                   Function::C_WrapKey,      Function::C_GenerateRandom,
                                   Function::C_GetTokenInfo, Function::C_GetAttributeValue};

class Campaign {
 public:
  Campaign(World& world, std::uint64_t wanted, std::uint64_t seed)
      : world_(world), wanted_(wanted), seed_(seed) {}

  Flips Run() {
    while (!IsDone())
      for (std::size_t kind = 0; kind < AllKinds().size() && !IsDone(); ++kind)
        for (const Function function : kFunctions) Spoil(kind, function);
    return flips_;
  }

 private:
  bool IsDone() const { return flips_.made >= wanted_ || flips_.wrong > 0; }

  void Spoil(std::size_t kind, Function function) {
    for (std::uint64_t n = 1; Try(kind, {function, Fault::kFlippedBit, ++seed_, n, n}) > 0; ++n)
      if (IsDone()) return;
    (void)Try(kind, {function, Fault::kFlippedBit, ++seed_});
    (void)Try(kind, {function, Fault::kStuckBit, ++seed_});
  }

  // How many answers were spoilt.
  std::uint64_t Try(std::size_t kind, const shim::Order& order) {
    // A key that is loaded tells less of what was loaded than one that is not.
    if (order.argument % 2 == 0) world_.MakeModuleForget();
    world_.plan().Begin(order);
    const Use use = world_.UseOne(kind);
    const std::uint64_t made = world_.plan().End();
    if (made > 0) Note(use, made);
    std::string why;
    if (made > 0 && !world_.IsWholeWithinASecond(why))
      Note({use.name, Answer::kWrong, "afterwards: " + why}, 0);
    return made;
  }

  void Note(const Use& use, std::uint64_t made) {
    flips_.made += made;
    ++flips_.uses;
    flips_.right += use.answer == Answer::kRight ? 1 : 0;
    flips_.refused += use.answer == Answer::kRefused ? 1 : 0;
    if (use.answer == Answer::kRight || use.answer == Answer::kRefused) return;
    if (flips_.wrong++ == 0) flips_.first_wrong = use.name + ": " + use.detail;
  }

  World& world_;
  std::uint64_t wanted_;
  std::uint64_t seed_;
  Flips flips_;
};

}  // namespace

Flips FlipBits(World& world, std::uint64_t wanted, std::uint64_t seed) {
  return Campaign(world, wanted, seed).Run();
}

}  // namespace kmaas::campaigns
