// An initialised SoftHSM 2 token of one's own, in a directory of one's own.
#pragma once

#include <string>

namespace kmaas::fakes {

// Makes a token with softhsm2-util and points SOFTHSM2_CONF of this process to it, so there is one
// at a time per process, and it must exist before the module is initialised. Create() ends the
// program with a message when SoftHSM is not installed. The directory goes with the object.
class SoftToken {
 public:
  static SoftToken Create(std::string label = "kmaas");
  SoftToken(SoftToken&& other) noexcept;
  SoftToken& operator=(SoftToken&&) = delete;
  SoftToken(const SoftToken&) = delete;
  SoftToken& operator=(const SoftToken&) = delete;
  ~SoftToken();

  // Makes another token beside it, with the same PINs. Answers its directory.
  std::string AddToken(const std::string& label) const;

  // Makes a copy of it, as cloning a token does: label, PINs and objects are the same, and the
  // serial number is the one given, 16 hexadecimal digits; over an earlier copy, so that it has
  // what is new in this one. Only the first for whoever has no module initialised.
  std::string CloneToken(const std::string& serial) const;
  // Of the token that was made first.
  std::string serial() const;

  std::string module_path() const;
  std::string config_path() const { return directory_ + "/softhsm2.conf"; }
  // Where the module keeps its tokens: config_path()'s directories.tokendir.
  std::string token_directory() const { return directory_ + "/tokens"; }
  const std::string& directory() const { return directory_; }
  const std::string& label() const { return label_; }
  std::string user_pin() const { return "user-pin-1234"; }
  std::string so_pin() const { return "officer-pin-5678"; }

 private:
  SoftToken(std::string directory, std::string label);
  std::string directory_;
  std::string label_;
  std::string own_;  // where the first token is
};

}  // namespace kmaas::fakes
