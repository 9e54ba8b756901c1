// Session tokens of strangers: none opens. What they would seal is parsed by itself, too.
#include <cstdlib>
#include <memory>
#include <string>

#include "identity/session_record.h"
#include "identity/session_token.h"
#include "tests/fakes/fake_crypto_engine.h"
#include "tests/fakes/seeded_random.h"
#include "tests/fuzz/messages.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  kmaas::fuzz::SilenceProtobuf();
  static kmaas::fakes::FakeCryptoEngine engine;
  static kmaas::fakes::SeededRandom random;
  static const auto tokens =
      *kmaas::identity::SessionTokens::Create(engine, random, kmaas::Deadline::Never());
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (tokens->Open("ASIAAAAAAAAAAAAAAAAA", text)) std::abort();
  const auto session = kmaas::identity::DecodeSession(kmaas::AsBytes(text));
  if (session && !kmaas::identity::EncodeSession(*session)) std::abort();
  return 0;
}
