#include "crypto/aead.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "crypto/digest.h"

namespace kmaas::crypto {
namespace {

void Require(bool ok) {
  if (!ok) std::abort();
}

EVP_CIPHER* Aes256Gcm() {
  static EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  Require(cipher != nullptr);
  return cipher;
}

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

enum class Direction { kOpen = 0, kSeal = 1 };

// A call into the generator costs about a microsecond, whatever it is asked for, and a request
// needs several small amounts: so each thread fetches many and hands them out once.
class RandomReserve {
 public:
  void Take(MutableByteView out) {
    if (out.size() > kLargeBytes) return Generate(out);
    if (left_ < out.size()) {
      Generate(bytes_.span());
      left_ = bytes_.size();
    }
    const MutableByteView taken = bytes_.span().subspan(bytes_.size() - left_, out.size());
    std::copy(taken.begin(), taken.end(), out.begin());
    WipeMemory(taken);  // whoever reads the memory later learns nothing of what was handed out
    left_ -= out.size();
  }

 private:
  static constexpr std::size_t kReserveBytes = 512;
  static constexpr std::size_t kLargeBytes = 64;

  static void Generate(MutableByteView out) {
    Require(RAND_priv_bytes(out.data(), static_cast<int>(out.size())) == 1);
  }

  SecretBytes bytes_ = SecretBytes(kReserveBytes);
  std::size_t left_ = 0;
};

// Freed after each message, so that no round keys outlive it.
CipherContext Begin(const GcmInput& input, Direction direction) {
  Require(input.key.size() == kAesKeyBytes && input.nonce.size() == kGcmNonceBytes);
  CipherContext context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  Require(context != nullptr);
  Require(EVP_CipherInit_ex2(context.get(), Aes256Gcm(), input.key.data(), input.nonce.data(),
                             static_cast<int>(direction), nullptr) == 1);
  int written = 0;
  if (!input.associated_data.empty()) {
    Require(EVP_CipherUpdate(context.get(), nullptr, &written, input.associated_data.data(),
                             static_cast<int>(input.associated_data.size())) == 1);
  }
  return context;
}

}  // namespace

void GcmSeal(const GcmInput& input, ByteView plaintext, Bytes& out) {
  const CipherContext context = Begin(input, Direction::kSeal);
  const std::size_t start = out.size();
  out.resize(start + plaintext.size() + kGcmTagBytes);
  int written = 0;
  if (!plaintext.empty()) {
    Require(EVP_CipherUpdate(context.get(), out.data() + start, &written, plaintext.data(),
                             static_cast<int>(plaintext.size())) == 1);
  }
  Require(EVP_CipherFinal_ex(context.get(), out.data() + start + plaintext.size(), &written) == 1);
  Require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kGcmTagBytes,
                              out.data() + start + plaintext.size()) == 1);
}

bool GcmOpen(const GcmInput& input, ByteView sealed, SecretBytes& plaintext) {
  plaintext.Wipe();
  if (sealed.size() < kGcmTagBytes) return false;
  const CipherContext context = Begin(input, Direction::kOpen);
  const ByteView body = sealed.first(sealed.size() - kGcmTagBytes);
  Bytes tag = ToBytes(sealed.last(kGcmTagBytes));
  SecretBytes opened(body.size());
  int written = 0;
  if (!body.empty() && EVP_CipherUpdate(context.get(), opened.span().data(), &written, body.data(),
                                        static_cast<int>(body.size())) != 1) {
    return false;
  }
  Require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kGcmTagBytes, tag.data()) == 1);
  std::uint8_t nothing = 0;
  if (EVP_CipherFinal_ex(context.get(), &nothing, &written) != 1) return false;
  plaintext = std::move(opened);
  return true;
}

SecretBytes HkdfExpand(ByteView key, ByteView info, std::size_t size) {
  Require(size <= std::size_t{255} * 32);
  const HmacSha256Key prk(key);
  SecretBytes out(size);
  Sha256Digest block{};
  Bytes input;
  input.reserve(block.size() + info.size() + 1);
  std::size_t done = 0;
  for (std::uint8_t counter = 1; done < size; ++counter) {
    input.clear();
    if (counter > 1) Append(input, block);
    Append(input, info);
    AppendU8(input, counter);
    block = prk.Tag(input);
    const std::size_t taken = std::min(size - done, block.size());
    std::copy_n(block.begin(), taken, out.span().begin() + static_cast<std::ptrdiff_t>(done));
    done += taken;
  }
  WipeMemory(block);
  WipeMemory(input);
  return out;
}

void ProcessRandom(MutableByteView out) {
  thread_local RandomReserve reserve;
  reserve.Take(out);
}

}  // namespace kmaas::crypto
