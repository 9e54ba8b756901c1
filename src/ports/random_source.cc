#include "ports/random_source.h"

#include "domain/ids.h"

namespace kmaas::ports {

std::string RandomSource::Uuid() {
  std::array<std::uint8_t, 16> bits{};
  Fill(bits);
  return domain::KeyId::FromRandom(bits).ToText();
}

}  // namespace kmaas::ports
