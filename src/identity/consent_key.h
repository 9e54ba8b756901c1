// The key with which a person signs a consent to what an operator does.
#pragma once

#include <string_view>

#include "base/secret_bytes.h"

namespace kmaas::identity {

// Of the secret of the person's access key, as SigV4 derives its own, by names that no request has:
// a consent is no signature of a request, nor the reverse, nor one for another matter. `day` as
// "20261127".
SecretBytes ConsentKey(const SecretBytes& secret, std::string_view day, std::string_view matter);

}  // namespace kmaas::identity
