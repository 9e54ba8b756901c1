// Whether a trail is what its seals say, at the start of a server: quick, by the newest seal and
// what stands behind it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "audit/append_file.h"
#include "audit/seal.h"
#include "audit/seal_memory.h"

namespace kmaas::audit {

struct SealedStart {
  std::uint64_t number = 0;  // of the newest seal; 0: none
  crypto::Sha256Digest hash = BeforeFirstSeal();
  std::uint64_t sealed = 0;          // last record that is sealed
  std::shared_ptr<AppendFile> file;  // the newest file of seals; none before the first seal
  std::uint64_t lost = 0;            // seals up to this one were made, and the directory is empty
};

// `head` is where the opened trail ends, `public_key` the token's audit key (DER
// SubjectPublicKeyInfo), `remembered` the newest seal that somebody else knows of: fewer seals, or
// another one of its number, are refused. An empty directory is not, as an operator makes one by
// intention: it is for the caller to raise the alarm. Every error is for the operator: it names
// file and line. A torn last seal, which a crash leaves, is cut off and reported in the log.
Result<SealedStart> CheckSealedStart(const std::string& directory, const ChainHead& head,
                                     const Bytes& public_key,
                                     const std::optional<SealMark>& remembered,
                                     const FileCalls& calls);

}  // namespace kmaas::audit
