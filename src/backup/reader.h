// Reads a backup: what can be told of it without a token, and its parts for whoever has its key.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "backup/header.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"

namespace kmaas::backup {

// Called now and then with the bytes of the file that were read so far, and all of them.
using ReadProgress = std::function<void(std::uint64_t bytes, std::uint64_t all)>;

// What a look without the token has found.
struct Outline {
  Header header;
  std::uint64_t bytes = 0;   // of the file
  std::uint64_t frames = 0;  // with the one that ends it
  bool known_key = false;    // it was signed by one of the keys that were given
};

// Form, end and signature of the file. Without `public_keys`, DER SubjectPublicKeyInfos of audit
// keys, the signature is checked by the key that the file itself names: that shows damage, not who
// made it. kValidation, with the path, for whatever is not as it was written.
Result<Outline> CheckFile(const std::string& path, const std::vector<Bytes>& public_keys,
                          const ReadProgress& progress = {});

// Where the parts go.
class Parts {
 public:
  virtual ~Parts() = default;
  virtual Result<void> Begin(std::string_view name, std::uint64_t size) = 0;
  virtual Result<void> Put(ByteView bytes) = 0;
};

// Opens every frame in order and hands its bytes on; no part is whole before this has succeeded.
// `header` is what CheckFile read. kValidation for a frame that does not open, is out of place, or
// for a file that ends too early or too late.
Result<void> ReadParts(const std::string& path, const Header& header, const SecretBytes& key,
                       Parts& parts, const ReadProgress& progress = {});

}  // namespace kmaas::backup
