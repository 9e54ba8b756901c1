#include "crypto/certificate_chain.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/public_key.h"
#include "tests/fakes/attestation_issuer.h"
#include "tests/fakes/manual_clock.h"

namespace kmaas::crypto {
namespace {

class CertificateChain : public testing::Test {
 protected:
  CertificateChain() { EXPECT_TRUE(roots_.Add(issuer_.root_pem())); }

  std::optional<Bytes> KeyOf(ByteView leaf, const std::vector<Bytes>& between) {
    const std::vector<ByteView> views(between.begin(), between.end());
    return roots_.KeyOf(leaf, views, clock_.Now());
  }

  fakes::ManualClock clock_;
  fakes::AttestationIssuer issuer_{clock_.Now()};
  TrustedRoots roots_;
};

TEST_F(CertificateChain, GivesTheKeyOfItsLeaf) {
  const auto key = KeyOf(issuer_.leaf(), issuer_.cabundle());
  ASSERT_TRUE(key);
  EXPECT_TRUE(PublicKey::Parse(domain::KeySpec::kEccNistP384, *key));
}

TEST_F(CertificateChain, MayComeInAnyOrderAndWithoutItsRoot) {
  std::vector<Bytes> between = issuer_.cabundle();
  std::reverse(between.begin(), between.end());
  EXPECT_TRUE(KeyOf(issuer_.leaf(), between));
  between.pop_back();
  EXPECT_TRUE(KeyOf(issuer_.leaf(), between));
}

TEST_F(CertificateChain, HasNoGap) {
  std::vector<Bytes> between = issuer_.cabundle();
  between.erase(between.begin() + 1);
  EXPECT_FALSE(KeyOf(issuer_.leaf(), between));
  EXPECT_FALSE(KeyOf(issuer_.leaf(), {}));
}

TEST_F(CertificateChain, EndsAtARootThatIsTrusted) {
  const fakes::AttestationIssuer other(clock_.Now(), "another root");
  EXPECT_FALSE(KeyOf(other.leaf(), other.cabundle()));
  EXPECT_FALSE(TrustedRoots().KeyOf(issuer_.leaf(), {}, clock_.Now()));
  ASSERT_TRUE(roots_.Add(other.root_pem()));
  EXPECT_TRUE(KeyOf(other.leaf(), other.cabundle()));
  EXPECT_TRUE(KeyOf(issuer_.leaf(), issuer_.cabundle()));
}

TEST_F(CertificateChain, HasAnEndThatIsNoAuthority) {
  EXPECT_FALSE(KeyOf(issuer_.cabundle().back(), issuer_.cabundle()));
  EXPECT_FALSE(KeyOf(issuer_.cabundle().front(), issuer_.cabundle()));
}

TEST_F(CertificateChain, HasAnEndThatSaysThatItSigns) {
  for (const char* usage : {"", "critical,nonRepudiation", "critical,keyEncipherment,keyAgreement",
                            "critical,keyCertSign,cRLSign"}) {
    const fakes::AttestationIssuer other(clock_.Now(), "another root", usage);
    TrustedRoots roots;
    ASSERT_TRUE(roots.Add(other.root_pem()));
    const std::vector<Bytes> between = other.cabundle();
    const std::vector<ByteView> views(between.begin(), between.end());
    EXPECT_FALSE(roots.KeyOf(other.leaf(), views, clock_.Now())) << usage;
  }
  const fakes::AttestationIssuer other(clock_.Now(), "another root",
                                       "critical,digitalSignature,nonRepudiation");
  ASSERT_TRUE(roots_.Add(other.root_pem()));
  EXPECT_TRUE(KeyOf(other.leaf(), other.cabundle()));
}

TEST_F(CertificateChain, IsValidOnlyInItsTime) {
  clock_.Advance(std::chrono::hours(13));
  EXPECT_FALSE(KeyOf(issuer_.leaf(), issuer_.cabundle()));
  clock_.Advance(-std::chrono::hours(26));
  EXPECT_FALSE(KeyOf(issuer_.leaf(), issuer_.cabundle()));
}

TEST_F(CertificateChain, IsDerAndNothingBehindIt) {
  Bytes leaf = issuer_.leaf();
  leaf.push_back(0);
  EXPECT_FALSE(KeyOf(leaf, issuer_.cabundle()));
  EXPECT_FALSE(KeyOf({}, issuer_.cabundle()));
  std::vector<Bytes> between = issuer_.cabundle();
  between.push_back(Bytes(20, 0x30));
  EXPECT_FALSE(KeyOf(issuer_.leaf(), between));
}

TEST_F(CertificateChain, TakesRootsAlone) {
  EXPECT_FALSE(TrustedRoots().Add(""));
  EXPECT_FALSE(TrustedRoots().Add("no PEM"));
  const std::string root = issuer_.root_pem();
  EXPECT_FALSE(TrustedRoots().Add(root.substr(0, root.size() / 2)));
  EXPECT_FALSE(TrustedRoots().Add(root + root.substr(0, root.size() / 2)));
  EXPECT_FALSE(TrustedRoots().Add(issuer_.leaf_pem()));
  EXPECT_TRUE(TrustedRoots().Add("# the one\n" + root + "\n" + root));
}

}  // namespace
}  // namespace kmaas::crypto
