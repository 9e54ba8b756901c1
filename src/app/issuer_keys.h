// The keys of the configured issuers, kept up to date from their files and URLs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/config.h"
#include "base/clock.h"
#include "identity/web_identity.h"

namespace kmaas::app {

// Owned by one thread. Nothing but time makes it fetch anything.
class IssuerKeys {
 public:
  // Borrows everything.
  IssuerKeys(const std::vector<IssuerConfig>& issuers, identity::WebIdentities& identities,
             const Clock& clock);

  // Reads files that have changed and URLs whose time has come. Keys that cannot be had or read
  // leave those that are there; it is logged.
  void Refresh();

 private:
  struct Source {
    const IssuerConfig* issuer;
    std::string seen;  // what the file was when it was read: size, time, inode
    std::string text;
    SteadyTime next{};
  };
  void RefreshFile(Source& source);
  void RefreshUrl(Source& source);
  void Take(Source& source, const std::string& text);

  identity::WebIdentities& identities_;
  const Clock& clock_;
  std::vector<Source> sources_;
};

std::vector<identity::Issuer> ToIssuers(const std::vector<IssuerConfig>& configs);

// Whether each keys_file can be read and is a key set: kmaasd --check.
Result<void> CheckIssuerFiles(const std::vector<IssuerConfig>& issuers);

}  // namespace kmaas::app
