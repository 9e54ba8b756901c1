#include "domain/entity_arn.h"

namespace kmaas::domain {

std::string NameInArn(std::string_view arn) { return std::string(arn.substr(arn.rfind('/') + 1)); }

std::string PathInArn(std::string_view arn) {
  const std::size_t first = arn.find('/');
  if (first == std::string_view::npos) return "/";
  return std::string(arn.substr(first, arn.rfind('/') - first + 1));
}

}  // namespace kmaas::domain
