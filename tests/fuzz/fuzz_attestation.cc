// Attestation documents of strangers. No input is ever believed: nobody here can sign.
#include <cstdlib>

#include "attestation/cbor_reader.h"
#include "attestation/document.h"
#include "attestation/signed_message.h"
#include "attestation/verifier.h"
#include "tests/fakes/manual_clock.h"

namespace {

namespace attestation = kmaas::attestation;

// With a root, the verification of the chain would be what is fuzzed: OpenSSL.
bool IsBelieved(kmaas::ByteView input) {
  static const kmaas::fakes::ManualClock clock;
  static attestation::Verifier verifier(kmaas::crypto::TrustedRoots(), clock);
  return verifier.Verify(input).has_value();
}

void CheckDocument(kmaas::ByteView payload) {
  const auto document = attestation::Document::Parse(payload);
  if (document && (document->module_id.empty() || document->pcrs.empty() ||
                   document->certificate.empty() || document->cabundle.empty()))
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const kmaas::ByteView input(data, size);
  if (IsBelieved(input)) std::abort();
  CheckDocument(input);
  if (const auto message = attestation::SignedMessage::Parse(input))
    CheckDocument(message->payload);
  attestation::CborReader reader(input);
  while (reader.Skip()) {
  }
  return 0;
}
