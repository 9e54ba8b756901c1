// The keys that an engine has made in its token and that stay there, as the token lists them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

namespace kmaas::ports {

struct TokenKey {
  enum class Kind {
    kResident,  // customers' material of custody resident; named by domain::MaterialId
    kImport,    // the private half of a wrapping key; named by domain::ImportKeyId
  };
  Kind kind = Kind::kResident;
  Bytes id;

  std::string_view KindText() const { return kind == Kind::kResident ? "resident" : "import"; }
  auto operator<=>(const TokenKey&) const = default;
};

// Thread-safe. Each call goes through all of the token: too dear for requests.
class TokenKeys {
 public:
  virtual ~TokenKeys() = default;
  // By the marks that the engine gives to what it makes: never a root, a key of the service, an
  // anchor, or what something else has put into the token. In any order, each once.
  virtual Result<std::vector<TokenKey>> List(Deadline deadline) = 0;
  // For good, and durable. Success when it is gone already. kConflict for what an import of this
  // process has made or found: its row may be on its way.
  virtual Result<void> Destroy(const TokenKey& key, Deadline deadline) = 0;
};

}  // namespace kmaas::ports
