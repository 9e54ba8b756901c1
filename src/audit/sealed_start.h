// Whether a trail is what its seals say, at the start of a server: quick, by the newest seal and
// what stands behind it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "audit/append_file.h"
#include "audit/seal.h"

namespace kmaas::audit {

struct SealedStart {
  std::uint64_t number = 0;  // of the newest seal; 0: none
  crypto::Sha256Digest hash = BeforeFirstSeal();
  std::uint64_t sealed = 0;          // last record that is sealed
  std::shared_ptr<AppendFile> file;  // the newest file of seals; none before the first seal
};

// `head` is where the opened trail ends, `public_key` the token's audit key (DER
// SubjectPublicKeyInfo). Every error is for the operator: it names file and line. A torn last seal,
// which a crash leaves, is cut off and reported in the log.
Result<SealedStart> CheckSealedStart(const std::string& directory, const ChainHead& head,
                                     const Bytes& public_key, const FileCalls& calls);

}  // namespace kmaas::audit
