// A sealed trail of several files, in memory and on disk: what edits are made to.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "audit/verifier.h"
#include "tests/fakes/temporary_directory.h"

namespace kmaas::audit {

// A file's name to its lines, without newlines.
using Files = std::map<std::string, std::vector<std::string>>;

struct Spot {
  std::string file;
  std::size_t line = 0;  // from 0
};

class SealedWorld {
 public:
  // `records`, a seal after every ten, in files of about thirty; made by the product itself with
  // the clock of a working day.
  explicit SealedWorld(int records);

  const Files& files() const { return files_; }
  // Every record's place, and every seal's, in order.
  const std::vector<Spot>& records() const { return records_; }
  const std::vector<Spot>& seals() const { return seals_; }
  // Last records of seals, in order.
  const std::vector<std::uint64_t>& sealed() const { return sealed_; }

  // What the verifier says of these files in the place of those of the world.
  VerifyReport Verify(const Files& edited);

 private:
  void Write(const std::string& name, const std::vector<std::string>& lines) const;

  fakes::TemporaryDirectory directory_;
  Bytes public_key_;
  Files files_;
  Files on_disk_;
  std::vector<Spot> records_;
  std::vector<Spot> seals_;
  std::vector<std::uint64_t> sealed_;
};

}  // namespace kmaas::audit
