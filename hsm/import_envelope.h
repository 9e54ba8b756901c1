// An import as it arrives: wrapped for an import pair, and opened as whatever it may be.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "hsm/engine_core.h"
#include "hsm/import_keys.h"
#include "hsm/scoped_object.h"
#include "ports/material.h"

namespace kmaas::hsm {

// Borrows `call` and what is wrapped, for one import.
class ImportEnvelope {
 public:
  explicit ImportEnvelope(Call& call) : call_(call), carrier_(call.session()) {}

  // Everything that is said of the envelope itself: kInvalidImportToken, kInvalidCiphertext.
  Result<void> Open(const ports::ImportPlan& plan, ByteView wrapped);

  // Opens it as an object with these attributes. kInvalidCiphertext when that cannot be: after
  // Open has succeeded, because the material is of another form. Before Ferry, only secret keys.
  Result<void> UnwrapAs(const AttributeList& list, ObjectHandle& key) const;
  // Puts it under an AES key of the token where it is not under one yet: import pairs are strict
  // about what they unwrap. Tokens whose dialect pads do so now.
  Result<void> Ferry();
  // Into the process, twice: the failure is kWrongAnswer when the token does not say the same
  // again.
  Result<SecretBytes> Read() const;
  // Of the blob under the AES key: what it may hold at most.
  std::size_t bytes_max() const { return blob_.size(); }

 private:
  Result<SecretBytes> ReadOnce() const;
  Result<void> OpenInToken(bool has_ephemeral, ByteView sealed, ByteView rest);
  Result<void> OpenInProcess(bool has_ephemeral, ByteView sealed, ByteView rest);
  Result<void> CheckThatItOpens() const;
  Rv Unwrap(const AttributeList& list, ObjectHandle& key) const;
  Rv UnwrapByPair(const AttributeList& list, ObjectHandle& key) const;
  // For what is opened: the token's failure, or that it does not open.
  Error DoesNotOpen(Rv rv) const;

  Call& call_;
  std::optional<ImportPair> pair_;
  domain::Digest digest_ = domain::Digest::kSha256;
  ByteView sealed_;       // under the pair; used while there is no carrier
  ScopedObject carrier_;  // the AES key under which blob_ opens
  Bytes blob_;
};

}  // namespace kmaas::hsm
