#include "tests/campaigns/tamper/wal_checksums.h"

#include <cstdint>

namespace kmaas::campaigns {
namespace {

std::uint32_t WordAt(const std::string& bytes, std::size_t at, bool big_endian) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i)
    word = word << 8U | static_cast<unsigned char>(bytes[at + (big_endian ? i : 3 - i)]);
  return word;
}

void PutWord(std::string& bytes, std::size_t at, std::uint32_t word) {
  for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<char>(word >> (24 - 8 * i));
}

class Checksum {
 public:
  explicit Checksum(bool big_endian) : big_endian_(big_endian) {}
  void Add(const std::string& bytes, std::size_t begin, std::size_t size) {
    for (std::size_t at = begin; at < begin + size; at += 8) {
      first_ += WordAt(bytes, at, big_endian_) + second_;
      second_ += WordAt(bytes, at + 4, big_endian_) + first_;
    }
  }
  void PutAt(std::string& bytes, std::size_t at) const {
    PutWord(bytes, at, first_);
    PutWord(bytes, at + 4, second_);
  }

 private:
  const bool big_endian_;
  std::uint32_t first_ = 0;
  std::uint32_t second_ = 0;
};

}  // namespace

std::string WithChecksums(std::string wal) {
  Checksum sum((WordAt(wal, 0, true) & 1U) != 0);
  sum.Add(wal, 0, 24);
  sum.PutAt(wal, 24);
  for (std::size_t frame = kWalHeaderBytes; frame + kWalFrameBytes <= wal.size();
       frame += kWalFrameBytes) {
    sum.Add(wal, frame, 8);
    sum.Add(wal, frame + 24, kPageBytes);
    sum.PutAt(wal, frame + 16);
  }
  return wal;
}

}  // namespace kmaas::campaigns
