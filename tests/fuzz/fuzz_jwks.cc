// Key sets: whatever is taken holds keys, and none of them verifies nothing.
#include <cstdlib>
#include <string_view>

#include "identity/jwks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto set = kmaas::identity::KeySet::Parse({reinterpret_cast<const char*>(data), size});
  if (!set) return 0;
  if ((*set)->size() == 0) std::abort();
  kmaas::identity::Jwt token;
  token.key_id = "one";
  token.signed_part = "nothing";
  for (const char* algorithm : {"RS256", "PS256", "ES256", "ES384", "EdDSA", "none"}) {
    token.algorithm = algorithm;
    if ((*set)->Signed(token)) std::abort();
  }
  return 0;
}
