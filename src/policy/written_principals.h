// The principals of a policy as its text has them, to be exchanged for other names.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "policy/principal_element.h"

namespace kmaas::policy {

// The name that takes the place of a principal's; the same one leaves it as it was written.
using Renaming = std::function<Result<std::string>(const PrincipalElement::Text&)>;

// `document` with every principal of its elements Principal and NotPrincipal renamed, and all else
// byte for byte as it was. It has to be a policy that Policy::Compile takes. Fails as `rename`
// does.
Result<std::string> RenamePrincipals(std::string_view document, const Renaming& rename);

}  // namespace kmaas::policy
