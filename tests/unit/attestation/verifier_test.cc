#include "attestation/verifier.h"

#include <gtest/gtest.h>

#include "tests/fakes/attestation_issuer.h"
#include "tests/fakes/cbor_writer.h"
#include "tests/fakes/manual_clock.h"

namespace kmaas::attestation {
namespace {

using fakes::AttestationIssuer;
using fakes::AttestedFacts;

class AttestationVerifier : public testing::Test {
 protected:
  AttestationVerifier() : issuer_(clock_.Now()), verifier_(RootsOf(issuer_), clock_) {}

  static crypto::TrustedRoots RootsOf(const AttestationIssuer& issuer) {
    crypto::TrustedRoots roots;
    EXPECT_TRUE(roots.Add(issuer.root_pem()));
    return roots;
  }
  static const Bytes& PublicKey() {
    static const Bytes key = fakes::AttestedRecipient().public_key();
    return key;
  }
  AttestedFacts Facts() const {
    AttestedFacts facts;
    facts.time = clock_.Now();
    facts.public_key = PublicKey();
    return facts;
  }
  // The refusal's message; empty when the document verifies.
  std::string Refusal(ByteView document) {
    const auto verified = verifier_.Verify(document);
    if (verified) return "";
    EXPECT_EQ(verified.error().code, ErrorCode::kValidation);
    return verified.error().message;
  }

  fakes::ManualClock clock_;
  AttestationIssuer issuer_;
  Verifier verifier_;
};

TEST_F(AttestationVerifier, SaysWhatADocumentProves) {
  const auto proved = verifier_.Verify(issuer_.Issue(Facts()));
  ASSERT_TRUE(proved) << proved.error().message;
  EXPECT_EQ((*proved)->public_key, PublicKey());
  EXPECT_EQ((*proved)->pcrs, Facts().pcrs);
  EXPECT_EQ((*proved)->module_id, Facts().module_id);
  EXPECT_FALSE((*proved)->nitro_tpm);
}

TEST_F(AttestationVerifier, TellsTheRegistersOfANitroTpm) {
  AttestedFacts facts = Facts();
  facts.nitro_tpm = true;
  const auto proved = verifier_.Verify(issuer_.Issue(facts));
  ASSERT_TRUE(proved) << proved.error().message;
  EXPECT_TRUE((*proved)->nitro_tpm);
}

TEST_F(AttestationVerifier, TakesATaggedMessage) {
  EXPECT_EQ(Refusal(fakes::CborWriter().Tag(18).Raw(issuer_.Issue(Facts())).bytes()), "");
  EXPECT_NE(Refusal(fakes::CborWriter().Tag(17).Raw(issuer_.Issue(Facts())).bytes()), "");
}

TEST_F(AttestationVerifier, RefusesADocumentWithAnyByteChanged) {
  const Bytes document = issuer_.Issue(Facts());
  for (std::size_t i = 0; i < document.size(); ++i) {
    Bytes changed = document;
    changed[i] = static_cast<std::uint8_t>(changed[i] ^ (1U << (i % 8)));
    EXPECT_NE(Refusal(changed), "") << i;
  }
}

TEST_F(AttestationVerifier, RefusesADocumentCutShortOrWithMoreBehindIt) {
  Bytes document = issuer_.Issue(Facts());
  for (std::size_t size = 0; size < document.size(); ++size)
    EXPECT_NE(Refusal(ByteView(document).first(size)), "") << size;
  document.push_back(0);
  EXPECT_NE(Refusal(document), "");
}

TEST_F(AttestationVerifier, RefusesAnotherRoot) {
  const AttestationIssuer other(clock_.Now());  // of the same names
  EXPECT_EQ(Refusal(other.Issue(Facts())),
            "The attestation document is not signed by a trusted authority.");
}

TEST_F(AttestationVerifier, RefusesAnotherSigner) {
  const AttestationIssuer other(clock_.Now());
  EXPECT_EQ(Refusal(other.Sign(issuer_.Payload(Facts()))),
            "The attestation document has an invalid signature.");
}

TEST_F(AttestationVerifier, RefusesAnotherAlgorithm) {
  const Bytes payload = issuer_.Payload(Facts());
  for (const std::int64_t algorithm : {-7, -36, -8, -37}) {
    const Bytes header = fakes::CborWriter().Map(1).Unsigned(1).Negative(algorithm).bytes();
    EXPECT_EQ(Refusal(issuer_.Sign(payload, header)),
              "The attestation document is not a COSE_Sign1 message that is signed with ES384.");
  }
  EXPECT_NE(Refusal(issuer_.Sign(payload, Bytes())), "");
  EXPECT_NE(Refusal(issuer_.Sign(payload, fakes::CborWriter().Map(0).bytes())), "");
}

TEST_F(AttestationVerifier, RefusesAnOldDocument) {
  const Bytes document = issuer_.Issue(Facts());
  clock_.Advance(std::chrono::minutes(5));
  EXPECT_EQ(Refusal(document), "");
  clock_.Advance(std::chrono::milliseconds(1));
  EXPECT_EQ(Refusal(document), "The attestation document has expired.");
}

TEST_F(AttestationVerifier, RefusesADocumentOfATimeToCome) {
  AttestedFacts facts = Facts();
  facts.time += std::chrono::minutes(5);
  EXPECT_EQ(Refusal(issuer_.Issue(facts)), "");
  facts.time += std::chrono::milliseconds(1);
  EXPECT_EQ(Refusal(issuer_.Issue(facts)), "The attestation document is of a time to come.");
  facts.time = FromEpochMillis(std::numeric_limits<std::int64_t>::max());
  EXPECT_NE(Refusal(issuer_.Issue(facts)), "");
}

TEST_F(AttestationVerifier, RefusesCertificatesOutsideTheirTime) {
  clock_.Advance(std::chrono::hours(13));
  EXPECT_EQ(Refusal(issuer_.Issue(Facts())),
            "The attestation document is not signed by a trusted authority.");
}

TEST_F(AttestationVerifier, RefusesADocumentWithoutAKeyToEncryptFor) {
  AttestedFacts facts = Facts();
  facts.public_key.reset();
  EXPECT_EQ(Refusal(issuer_.Issue(facts)), "The attestation document has no public key.");
  facts.public_key = Bytes(100, 0x30);
  EXPECT_NE(Refusal(issuer_.Issue(facts)), "");
  facts.public_key = fakes::AttestedRecipient(1024).public_key();
  EXPECT_NE(Refusal(issuer_.Issue(facts)), "");
}

}  // namespace
}  // namespace kmaas::attestation
