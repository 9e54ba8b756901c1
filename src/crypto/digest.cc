#include "crypto/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>

#include "base/secret_bytes.h"
#include "crypto/hash.h"

namespace kmaas::crypto {
namespace {

// A failure here means that OpenSSL has no SHA-256 or no memory: nothing that a caller could
// handle.
void Require(bool ok) {
  if (!ok) std::abort();
}

// A context per thread, reused: allocation costs as much as a short digest.
EVP_MD_CTX* ThreadContext() {
  struct Owner {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    ~Owner() { EVP_MD_CTX_free(context); }
  };
  static thread_local Owner owner;
  Require(owner.context != nullptr);
  return owner.context;
}

void Begin(EVP_MD_CTX* context) {
  Require(EVP_DigestInit_ex2(context, HashAlgorithm(domain::Digest::kSha256), nullptr) == 1);
}

void Update(EVP_MD_CTX* context, ByteView data) {
  Require(EVP_DigestUpdate(context, data.data(), data.size()) == 1);
}

Sha256Digest Finish(EVP_MD_CTX* context) {
  Sha256Digest digest;
  unsigned size = 0;
  Require(EVP_DigestFinal_ex(context, digest.data(), &size) == 1);
  return digest;
}

// RFC 2104, section 2: the key, filled up with zeros to a block, combined with one of the two pads.
// OpenSSL's own HMAC copies three digest contexts for each tag, each an allocation that is cleansed
// afterwards: with it a tag of a short text costs more than twice as much.
class PaddedKey {
 public:
  static constexpr std::uint8_t kInner = 0x36;
  static constexpr std::uint8_t kOuter = 0x5c;

  explicit PaddedKey(ByteView key) {
    if (key.size() <= block_.size()) {
      std::copy(key.begin(), key.end(), block_.begin());
    } else {
      Sha256Digest shortened = Sha256(key);
      std::copy(shortened.begin(), shortened.end(), block_.begin());
      WipeMemory(shortened);
    }
  }
  ~PaddedKey() { WipeMemory(block_); }
  PaddedKey(const PaddedKey&) = delete;
  PaddedKey& operator=(const PaddedKey&) = delete;

  void BeginWith(EVP_MD_CTX* context, std::uint8_t pad) {
    for (std::uint8_t& byte : block_) byte ^= pad;
    Begin(context);
    Update(context, block_);
    for (std::uint8_t& byte : block_) byte ^= pad;
  }

 private:
  std::array<std::uint8_t, 64> block_{};
};

EVP_MD_CTX* KeyedState(PaddedKey& key, std::uint8_t pad) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  Require(context != nullptr);
  key.BeginWith(context, pad);
  return context;
}

}  // namespace

Sha256Digest Sha256(ByteView data) {
  EVP_MD_CTX* context = ThreadContext();
  Begin(context);
  Update(context, data);
  return Finish(context);
}

Sha256Stream::Sha256Stream() : context_(EVP_MD_CTX_new()) {
  Require(context_ != nullptr);
  Begin(context_);
}
Sha256Stream::~Sha256Stream() { EVP_MD_CTX_free(context_); }
void Sha256Stream::Update(ByteView data) { crypto::Update(context_, data); }
Sha256Digest Sha256Stream::Finish() { return crypto::Finish(context_); }

HmacSha256Key::HmacSha256Key(ByteView key) {
  PaddedKey padded(key);
  inner_ = KeyedState(padded, PaddedKey::kInner);
  outer_ = KeyedState(padded, PaddedKey::kOuter);
}
HmacSha256Key::~HmacSha256Key() {
  EVP_MD_CTX_free(inner_);
  EVP_MD_CTX_free(outer_);
}

Sha256Digest HmacSha256Key::Tag(ByteView data) const {
  EVP_MD_CTX* context = ThreadContext();
  Require(EVP_MD_CTX_copy_ex(context, inner_) == 1);
  Update(context, data);
  const Sha256Digest inner = Finish(context);
  Require(EVP_MD_CTX_copy_ex(context, outer_) == 1);
  Update(context, inner);
  return Finish(context);
}

Sha256Digest HmacSha256(ByteView key, ByteView data) {
  PaddedKey padded(key);
  EVP_MD_CTX* context = ThreadContext();
  padded.BeginWith(context, PaddedKey::kInner);
  Update(context, data);
  const Sha256Digest inner = Finish(context);
  padded.BeginWith(context, PaddedKey::kOuter);
  Update(context, inner);
  return Finish(context);
}

bool ConstantTimeEqual(ByteView actual, ByteView expected) {
  return actual.size() == expected.size() &&
         CRYPTO_memcmp(actual.data(), expected.data(), expected.size()) == 0;
}

}  // namespace kmaas::crypto
