// `kmaas init`: token keys, database, first account and administrator, local certificates.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/config.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "hsm/ceremony.h"
#include "identity/enrolment.h"
#include "ports/random_source.h"

namespace kmaas::app {

struct InitialisationOptions {
  SecretBytes so_pin;  // unused with keep_token_keys
  SecretBytes user_pin;
  std::string account_id;  // empty: a random one
  std::string account_name = "kmaas";
  std::string administrator = "administrator";
  std::vector<std::string> hosts;  // besides those of ServerNames
  // Goes on with the keys of kmaas that the token holds, instead of making them.
  bool keep_token_keys = false;
  bool lasting_roots = false;                // see hsm::CeremonyOptions
  std::vector<std::string> other_new_files;  // must not exist either
  std::function<void(std::string_view)> progress = {};
};

// Paths are empty for what was given and so not made.
struct LocalTlsFiles {
  std::string ca;
  std::string ca_key;
  std::string server_certificate;
  std::string server_key;
  std::string client_certificate;
  std::string client_key;
  std::string principals;
};

struct InitialisationReport {
  hsm::CeremonyReport ceremony;  // with keep_token_keys, label and serial only
  records::Account account;
  records::User administrator;
  std::string access_key_id;
  SecretBytes secret_access_key;
  LocalTlsFiles tls;
};

// Either all of it, or an error and nothing is left on disk; the error says so when the token has
// new keys all the same. Refuses, before anything is changed, when anything that it would make is
// there already, and lists what it found.
Result<InitialisationReport> Initialise(const Config& config, InitialisationOptions options,
                                        ports::RandomSource& random, const Clock& clock);

// Which of the files the local authority is to make: those whose place the configuration leaves to
// kmaas.
LocalTlsFiles PlanTlsFiles(const Config& config);

// What the server certificate names: localhost and its addresses, this machine, https.address
// unless it stands for all, and `more`.
std::vector<std::string> ServerNames(const Config& config, const std::vector<std::string>& more);

}  // namespace kmaas::app
