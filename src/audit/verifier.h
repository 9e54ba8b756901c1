// Reads a whole trail, without the server, and names every place where it is not as it was written.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "audit/finding.h"
#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"

namespace kmaas::audit {

struct VerifyOptions {
  // The audit keys that may have made seals, as DER SubjectPublicKeyInfo. Without any, signatures
  // are not checked, and whoever can write the files can have made them all.
  std::vector<Bytes> public_keys;
};

// Whoever can write the files can drop the newest records together with their seals: `sequence` and
// `head` are to be compared with what was noted elsewhere.
struct VerifyReport {
  std::uint64_t files = 0;
  std::uint64_t records = 0;
  std::uint64_t first_sequence = 0;  // 0: no record
  std::uint64_t last_sequence = 0;
  crypto::Sha256Digest head{};  // hash of the last record
  std::uint64_t retired = 0;    // the records up to this one were removed, as a seal says
  std::uint64_t seals = 0;
  std::uint64_t sealed = 0;  // the records up to this one are as they were sealed
  std::string sealed_time;   // of the newest seal that is believed; empty: none
  bool signatures_checked = false;
  std::vector<Finding> findings;
  std::vector<Remark> remarks;

  bool intact() const { return findings.empty(); }
};

// Reading continues after a finding. Fails only when the directory or a file cannot be read.
Result<VerifyReport> VerifyTrail(const std::string& directory, const VerifyOptions& options = {});

}  // namespace kmaas::audit
