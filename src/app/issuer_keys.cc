#include "app/issuer_keys.h"

#include <sys/stat.h>

#include "app/foundation.h"
#include "app/https_get.h"
#include "app/principal_rules.h"
#include "base/log.h"
#include "identity/jwks.h"

namespace kmaas::app {
namespace {

// Empty when there is no such file.
std::string StateOf(const std::string& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return {};
  return std::to_string(status.st_size) + "." + std::to_string(status.st_ino) + "." +
         std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec);
}

void Complain(const IssuerConfig& issuer, const Error& error) {
  log::Error("issuer_keys_not_taken", {{"issuer", issuer.url}, {"detail", ForOperators(error)}});
}

}  // namespace

IssuerKeys::IssuerKeys(const std::vector<IssuerConfig>& issuers,
                       identity::WebIdentities& identities, const Clock& clock)
    : identities_(identities), clock_(clock) {
  for (const IssuerConfig& issuer : issuers) sources_.push_back({&issuer, {}, {}, {}});
}

void IssuerKeys::Refresh() {
  for (Source& source : sources_) {
    if (source.issuer->keys_url.empty()) {
      RefreshFile(source);
    } else {
      RefreshUrl(source);
    }
  }
}

void IssuerKeys::RefreshFile(Source& source) {
  const std::string state = StateOf(source.issuer->keys_file);
  if (!state.empty() && state == source.seen) return;
  const Result<std::string> text = ReadSettingsFile(source.issuer->keys_file);
  if (!text) return Complain(*source.issuer, text.error());
  source.seen = state;
  Take(source, *text);
}

void IssuerKeys::RefreshUrl(Source& source) {
  if (clock_.SteadyNow() < source.next) return;
  source.next = clock_.SteadyNow() + source.issuer->keys_refresh;
  const Result<std::string> text = Fetch({source.issuer->keys_url, source.issuer->keys_ca}, clock_);
  if (!text) return Complain(*source.issuer, text.error());
  Take(source, *text);
}

// The same text again would make every token be verified anew.
void IssuerKeys::Take(Source& source, const std::string& text) {
  if (text == source.text) return;
  const Result<void> taken = identities_.SetKeys(source.issuer->url, text);
  if (!taken) return Complain(*source.issuer, taken.error());
  source.text = text;
  log::Info("issuer_keys_taken", {{"issuer", source.issuer->url}});
}

std::vector<identity::Issuer> ToIssuers(const std::vector<IssuerConfig>& configs) {
  std::vector<identity::Issuer> issuers;
  issuers.reserve(configs.size());
  for (const IssuerConfig& one : configs)
    issuers.push_back({one.url, one.audiences, one.mfa_amr, one.mfa_acr});
  return issuers;
}

Result<void> CheckIssuerFiles(const std::vector<IssuerConfig>& issuers) {
  for (const IssuerConfig& issuer : issuers) {
    if (issuer.keys_file.empty()) continue;
    KM_TRY(const std::string text, ReadSettingsFile(issuer.keys_file));
    const auto keys = identity::KeySet::Parse(text);
    if (!keys) {
      return Error{ErrorCode::kValidation,
                   "issuers.keys_file: " + issuer.keys_file + " " + keys.error().message};
    }
  }
  return {};
}

}  // namespace kmaas::app
