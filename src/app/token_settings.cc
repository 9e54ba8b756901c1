#include "app/token_settings.h"

#include <algorithm>
#include <utility>

namespace kmaas::app {
namespace {

constexpr std::size_t kTokensMax = 64;
constexpr std::size_t kNameBytesMax = 32;

// It stands in logs and metrics.
bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= kNameBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

TokenConfig ReadToken(const YAML::Node& node, const HsmConfig& hsm, Findings& findings) {
  SettingsReader reader(node, "hsm.tokens", findings);
  TokenConfig token;
  token.module = hsm.module;
  token.module_parameters = hsm.module_parameters;
  token.label = hsm.token_label;
  reader.Text("name", token.name);
  if (!IsName(token.name))
    reader.Refuse("name", "must be 1 to 32 lower-case letters, digits and hyphens, as hsm-a");
  reader.Path("module", token.module);
  reader.Text("module_parameters", token.module_parameters);
  if (reader.Has("module_parameters") && token.module == hsm.module)
    reader.Refuse("module_parameters", "the module is that of hsm, which says its parameters");
  if (token.module != hsm.module && !reader.Has("module_parameters"))
    token.module_parameters.clear();
  reader.Text("label", token.label);
  reader.Text("serial", token.serial);
  reader.Path("pin_file", token.pin_file);
  reader.Text("pin_environment", token.pin_environment);
  if (!token.pin_file.empty() && !token.pin_environment.empty())
    reader.Refuse("pin_environment", "contradicts pin_file: the PIN comes from one place");
  reader.Finish();
  return token;
}

// Two engines over one token would count it twice.
bool MayBeOneToken(const TokenConfig& a, const TokenConfig& b) {
  const bool serials_differ = !a.serial.empty() && !b.serial.empty() && a.serial != b.serial;
  return a.module == b.module && a.label == b.label && !serials_differ;
}

void RefuseTwins(const TokenConfig& token, const std::vector<TokenConfig>& others,
                 const YAML::Mark& mark, Findings& findings) {
  for (const TokenConfig& other : others) {
    if (other.name == token.name) {
      findings.Add(mark, "hsm.tokens.name: stands twice");
    } else if (MayBeOneToken(other, token)) {
      findings.Add(mark, "hsm.tokens.serial: may be the token of " + other.name +
                             "; name the serial numbers of both");
    } else if (other.module == token.module && other.module_parameters != token.module_parameters) {
      findings.Add(mark, "hsm.tokens.module_parameters: contradicts that of " + other.name +
                             ": a module is begun once");
    }
  }
}

}  // namespace

void ReadTokens(SettingsReader& hsm, HsmConfig& config, Findings& findings) {
  hsm.Choice<hsm::Spread>("spread", config.spread,
                          {{"key", hsm::Spread::kByKey}, {"first", hsm::Spread::kFirst}});
  const YAML::Node list = hsm.Raw("tokens");
  if (!list.IsDefined() || list.IsNull()) return;
  if (!list.IsSequence() || list.size() > kTokensMax) {
    hsm.Refuse("tokens", "must be a list of at most 64 tokens");
    return;
  }
  if (list.size() > 0 && hsm.Has("token_serial"))
    hsm.Refuse("token_serial", "contradicts hsm.tokens: each of them has its own");
  for (const YAML::Node& node : list) {
    if (!node.IsMap()) {
      findings.Add(node.Mark(), "hsm.tokens: a token is a mapping with name, label and serial");
      continue;
    }
    TokenConfig token = ReadToken(node, config, findings);
    RefuseTwins(token, config.tokens, node.Mark(), findings);
    config.tokens.push_back(std::move(token));
  }
}

void RefuseTooManyEngines(SettingsReader& hsm, const HsmConfig& config) {
  if (config.isolation.workers * config.tokens.size() > kTokensMax)
    hsm.Refuse("workers", "times the number of hsm.tokens is more than 64");
}

std::vector<TokenConfig> TokensOf(const HsmConfig& hsm) {
  if (!hsm.tokens.empty()) return hsm.tokens;
  TokenConfig only;
  only.name = hsm.token_label;
  only.module = hsm.module;
  only.module_parameters = hsm.module_parameters;
  only.label = hsm.token_label;
  only.serial = hsm.token_serial;
  return {only};
}

Config OnFirstToken(Config config) {
  HsmConfig& hsm = config.hsm;
  if (hsm.tokens.empty()) return config;
  TokenConfig first = std::move(hsm.tokens.front());
  hsm.tokens.clear();
  hsm.module = std::move(first.module);
  hsm.module_parameters = std::move(first.module_parameters);
  hsm.token_label = std::move(first.label);
  hsm.token_serial = std::move(first.serial);
  if (first.pin_file.empty() && first.pin_environment.empty()) return config;
  hsm.pin_file = std::move(first.pin_file);
  if (!first.pin_environment.empty()) hsm.pin_environment = std::move(first.pin_environment);
  return config;
}

}  // namespace kmaas::app
