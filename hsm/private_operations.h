// What keys in a token do, one PKCS#11 operation each, with inputs and outputs in the forms of the
// port. Outputs are only meaningful when the returned Rv is ok, and have the right length then.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/secret_bytes.h"
#include "crypto/public_key.h"
#include "hsm/mechanisms.h"
#include "hsm/session.h"

namespace kmaas::hsm {

// But for the unchecked ones, which are for whoever knows the answer, none takes the token at its
// word: what is wrong is kWrongAnswer.

// Who finds a wrong answer.
enum class Check {
  kHere,      // this does, before it answers
  kByCaller,  // whoever asked, by what the answer must fit
};

// An HMAC in full length: `out` is as long as the mechanism's output. The token verifies it, or,
// where the key has no right to that, makes it once more. The hot path.
Rv MakeHmac(const Session& session, CK_MECHANISM_TYPE mechanism, ObjectHandle key, ByteView input,
            MutableByteView out, Check check = Check::kHere);

// `input` is a digest, or the message for Ed25519; ECDSA signatures are DER. Verified: a wrong
// signature does not only fail, one by RSA or with a nonce used twice tells the key.
Rv SignWith(const Session& session, ObjectHandle key, const crypto::PublicKey& public_key,
            const KeyPlan& plan, domain::SigningAlgorithm algorithm, ByteView input,
            Bytes& signature);
Rv SignUnchecked(const Session& session, ObjectHandle key, const KeyPlan& plan,
                 domain::SigningAlgorithm algorithm, ByteView input, Bytes& signature);

// Who takes the padding of OAEP off.
enum class OaepBy {
  kToken,
  kProcess,  // after the raw private operation in the token
};
// The parameters of OAEP with one hash and no label.
CK_RSA_PKCS_OAEP_PARAMS OaepParameters(domain::Digest digest);
// As many bytes as the modulus has, and less than it. Others are exchanged for some that are, so
// that a wrong ciphertext takes as long as any; the answer is no in both cases.
struct RsaCiphertext {
  RsaCiphertext(ByteView modulus, ByteView ciphertext);
  Bytes usable;
  bool is_wrong;
};
// Ok with nothing in `plaintext`: the padding is wrong. Where the token takes it off, its return
// code says so instead, and it may be any. Raw results are encrypted again, others made twice.
Rv DecryptOaepWith(const Session& session, ObjectHandle key, const crypto::PublicKey& public_key,
                   OaepBy by, domain::Digest digest, ByteView ciphertext,
                   std::optional<SecretBytes>& plaintext);

// `peer` is an uncompressed point of the key's curve. The secret is compared with the one of twice
// that point, which is twice the secret's.
Rv AgreeWith(const Session& session, ObjectHandle key, const KeyPlan& plan, ByteView peer,
             SecretBytes& shared);
Rv AgreeUnchecked(const Session& session, ObjectHandle key, const KeyPlan& plan, ByteView peer,
                  SecretBytes& shared);

}  // namespace kmaas::hsm
