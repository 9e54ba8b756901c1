// Identity tokens of strangers. No input is ever believed: nobody here can sign.
#include <cstdlib>
#include <string_view>

#include "identity/jwt.h"
#include "identity/web_identity.h"
#include "tests/fakes/manual_clock.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const kmaas::fakes::ManualClock clock;
  static kmaas::identity::WebIdentities identities({{"https://idp.example", {"kmaas"}}}, clock);
  static const bool has_keys =
      identities
          .SetKeys("https://idp.example", R"({"keys":[{"kid":"one","kty":"OKP","crv":"Ed25519",)"
                                          R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})")
          .has_value();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (!has_keys || identities.Verify(text)) std::abort();
  if (const auto token = kmaas::identity::ParseJwt(text)) {
    if (token->key_id.empty() || token->signature.empty()) std::abort();
  }
  return 0;
}
