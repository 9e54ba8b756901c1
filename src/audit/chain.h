// The hash chain: the form of one line of a trail and what its hash covers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/digest.h"

namespace kmaas::audit {

// Where a chain stands: the number and hash of its last record.
struct ChainHead {
  std::uint64_t sequence = 0;
  crypto::Sha256Digest hash;
};

// Before the first record: number 0 and the SHA-256 of a label.
ChainHead Genesis();

// SHA-256(hash of the record before it, sequence as 8 bytes big-endian, event). Both first parts
// have a fixed size, so two records never hash the same bytes.
crypto::Sha256Digest RecordHash(const crypto::Sha256Digest& previous, std::uint64_t sequence,
                                std::string_view event);

// One record of a trail. The event is a view into the line.
struct TrailLine {
  std::uint64_t sequence = 0;
  crypto::Sha256Digest previous{};
  crypto::Sha256Digest hash{};
  std::string_view event;
};

// Appends {"seq":N,"prev":"<hex>","hash":"<hex>","event":{...}} and a newline, and moves the head.
void AppendRecord(std::string& out, ChainHead& head, std::string_view event);

// Strict: only what AppendRecord writes, byte for byte, is a line. Without its newline.
std::optional<TrailLine> ParseLine(std::string_view line);

}  // namespace kmaas::audit
