// A PKCS#11 session and what can be done in it, one thin function per C_ function.
#pragma once

#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "hsm/attributes.h"
#include "hsm/cryptoki.h"
#include "hsm/token.h"

namespace kmaas::hsm {

enum class Role { kUser, kOfficer };

// Read-write and serial. Move-only; closes itself, unless the library was finalised meanwhile (its
// handle may belong to somebody else by then). Not thread-safe: one thread at a time. Outputs are
// only meaningful when the returned Rv is ok.
class Session {
 public:
  Session() = default;
  static Rv Open(const std::shared_ptr<Token>& token, Session& out);
  Session(Session&& other) noexcept;
  Session& operator=(Session&& other) noexcept;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() { Close(); }
  void Close();
  bool open() const { return handle_.value != CK_INVALID_HANDLE; }
  const Token& token() const { return *token_; }
  // One attempt. Already being logged in counts as success: login belongs to the token.
  Rv Login(Role role, ByteView pin) const;
  // One attempt, which nobody made before: only so is the PIN proven.
  Rv LoginFirst(Role role, ByteView pin) const;
  Rv Logout() const;

  Rv FindAll(const Template& pattern, std::vector<ObjectHandle>& found) const;
  // Value of one attribute, nested templates too.
  Rv Read(ObjectHandle object, CK_ATTRIBUTE_TYPE type, Attribute& out) const;
  // CKA_VALUE of a key that may be read; kept out of Attribute, which is for what is public.
  Rv ReadSecret(ObjectHandle object, SecretBytes& out) const;
  Rv Set(ObjectHandle object, const Template& attributes) const;
  Rv Create(const Template& attributes, ObjectHandle& out) const;
  // With `value` as CKA_VALUE besides.
  Rv CreateSecret(const Template& attributes, ByteView value, ObjectHandle& out) const;
  Rv Copy(ObjectHandle source, const Template& attributes, ObjectHandle& out) const;
  Rv Destroy(ObjectHandle object) const;

  Rv GenerateKey(CK_MECHANISM_TYPE mechanism, const Template& attributes, ObjectHandle& out) const;
  struct KeyPair {
    ObjectHandle public_key;
    ObjectHandle private_key;
  };
  Rv GenerateKeyPair(CK_MECHANISM_TYPE mechanism, const Template& public_attributes,
                     const Template& private_attributes, KeyPair& out) const;
  Rv Wrap(CK_MECHANISM_TYPE mechanism, ObjectHandle wrapping_key, ObjectHandle key,
          Bytes& out) const;
  Rv Unwrap(const Mechanism& mechanism, ObjectHandle unwrapping_key, ByteView blob,
            const Template& attributes, ObjectHandle& out) const;
  // MAC or signature in one part. `written` is how much of `out` was used. The hot path.
  Rv Sign(const Mechanism& mechanism, ObjectHandle key, ByteView data, MutableByteView out,
          std::size_t& written) const;
  // Whether `tag` is what Sign gives. CKR_SIGNATURE_INVALID when it is not.
  Rv Verify(const Mechanism& mechanism, ObjectHandle key, ByteView data, ByteView tag) const;
  Rv Decrypt(const Mechanism& mechanism, ObjectHandle key, ByteView data, MutableByteView out,
             std::size_t& written) const;
  Rv Derive(const Mechanism& mechanism, ObjectHandle key, const Template& attributes,
            ObjectHandle& out) const;
  Rv Random(MutableByteView out) const;
  // Only to learn whether the token would: the operation is ended at once.
  Rv EncryptInit(CK_MECHANISM_TYPE mechanism, ObjectHandle key) const;
  Rv DecryptInit(CK_MECHANISM_TYPE mechanism, ObjectHandle key) const;
  // CKM_AES_CBC with an IV of zeros: a blob that anybody can change.
  Rv WrapByCbc(ObjectHandle wrapping_key, ObjectHandle key, Bytes& out) const;
  // CKM_AES_ECB_ENCRYPT_DATA over 32 zero bytes.
  Rv DeriveByEncryption(ObjectHandle key, const Template& attributes, ObjectHandle& out) const;

 private:
  const CK_FUNCTION_LIST& api() const { return *api_; }
  Rv ReadNested(ObjectHandle object, CK_ATTRIBUTE_TYPE type, CK_ULONG size, Attribute& out) const;

  std::shared_ptr<Token> token_;
  const CK_FUNCTION_LIST* api_ = nullptr;
  std::uint64_t epoch_ = 0;
  SessionHandle handle_;
};

}  // namespace kmaas::hsm
