#include "keyservice/texts/text.h"

namespace kmaas::keyservice {

std::string Fill(const Text& text, Language language, std::span<const std::string> arguments) {
  const std::string_view form = text.In(language);
  std::string filled;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool slot = form[i] == '{' && i + 2 < form.size() && form[i + 1] >= '0' &&
                      form[i + 1] <= '9' && form[i + 2] == '}';
    if (!slot) {
      filled += form[i];
      continue;
    }
    const auto index = static_cast<std::size_t>(form[i + 1] - '0');
    if (index < arguments.size()) filled += arguments[index];
    i += 2;
  }
  return filled;
}

}  // namespace kmaas::keyservice
