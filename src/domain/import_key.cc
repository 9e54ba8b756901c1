#include "domain/import_key.h"

namespace kmaas::domain {

std::string_view ToText(WrappingKeySpec spec) {
  switch (spec) {
    case WrappingKeySpec::kRsa2048:
      return "RSA_2048";
    case WrappingKeySpec::kRsa3072:
      return "RSA_3072";
    case WrappingKeySpec::kRsa4096:
      return "RSA_4096";
  }
  return "";
}

std::size_t BitsOf(WrappingKeySpec spec) {
  switch (spec) {
    case WrappingKeySpec::kRsa2048:
      return 2048;
    case WrappingKeySpec::kRsa3072:
      return 3072;
    case WrappingKeySpec::kRsa4096:
      return 4096;
  }
  return 0;
}

}  // namespace kmaas::domain
