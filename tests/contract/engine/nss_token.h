// A token of NSS softokn in a directory of its own: a test double for mechanisms.
#pragma once

#include <string>

namespace kmaas::contract {

// Thread-compatible. The directory goes with the object. Needs that the module is not initialised
// when it is made.
class NssToken {
 public:
  static bool Installed();
  static NssToken Create();  // ends the program with a message when it fails
  NssToken(NssToken&& other) noexcept;
  NssToken& operator=(NssToken&&) = delete;
  NssToken(const NssToken&) = delete;
  NssToken& operator=(const NssToken&) = delete;
  ~NssToken();

  static std::string module_path();
  std::string parameters() const;  // pReserved of C_Initialize
  std::string label() const { return "NSS Certificate DB"; }
  std::string user_pin() const { return "user-pin-1234"; }

 private:
  explicit NssToken(std::string directory);
  std::string directory_;
};

}  // namespace kmaas::contract
