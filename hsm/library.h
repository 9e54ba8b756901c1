// A PKCS#11 module: loaded once, initialised and finalised by hand.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "hsm/cryptoki.h"

namespace kmaas::hsm {

// Lives in whoever opened it, never in a static object. PKCS#11 allows one initialisation per
// process, so there is at most one per module (SharedModule). The destructor finalises but never
// unloads: modules leave threads and exit handlers behind. Calls through api() are thread-safe
// (CKF_OS_LOCKING_OK); Initialize and Finalize need that nobody else is calling.
class Library {
 public:
  // `parameters` goes to C_Initialize as pReserved (NSS reads its configuration there); empty for
  // others. Not yet initialised afterwards.
  static Result<std::shared_ptr<Library>> Load(const std::string& path,
                                               const std::string& parameters);
  ~Library();
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  Result<void> Initialize();
  // Ends every session, login and handle of the module. Idempotent.
  void Finalize();

  const CK_FUNCTION_LIST& api() const { return *functions_; }
  bool initialised() const { return initialised_; }
  // Grows with each Finalize. Handles are only good in the epoch in which they were made.
  std::uint64_t epoch() const { return epoch_.load(); }
  const std::string& path() const { return path_; }
  // Manufacturer, description and version as the module tells them. Needs Initialize.
  std::string Description() const;

 private:
  Library(std::string path, std::string parameters, CK_FUNCTION_LIST* functions)
      : path_(std::move(path)), parameters_(std::move(parameters)), functions_(functions) {}

  std::string path_;
  std::string parameters_;
  CK_FUNCTION_LIST* functions_;
  std::atomic<std::uint64_t> epoch_{0};
  bool initialised_ = false;
};

// PKCS#11 pads fixed text fields with blanks and does not terminate them.
template <std::size_t N>
std::string UnpaddedText(const unsigned char (&field)[N]) {
  std::string text(reinterpret_cast<const char*>(field), N);
  const std::size_t end = text.find_last_not_of(std::string_view(" \0", 2));
  text.resize(end == std::string::npos ? 0 : end + 1);
  return text;
}

}  // namespace kmaas::hsm
