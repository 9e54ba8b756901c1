#include "app/key_store_settings.h"

#include <algorithm>

#include "app/token_settings.h"
#include "domain/cloud_hsm_cluster.h"
#include "domain/ids.h"

namespace kmaas::app {
namespace {

// Whether two names may mean one token. A name that leaves out a part leaves it open.
bool MayBeOneToken(const std::string& module, const std::string& label, const std::string& serial,
                   const KeyStoreConfig& other) {
  const auto differ = [](const std::string& a, const std::string& b) {
    return !a.empty() && !b.empty() && a != b;
  };
  return module == other.module && !differ(label, other.token_label) &&
         !differ(serial, other.token_serial);
}

bool MayBeOwn(const HsmConfig& own, const KeyStoreConfig& store) {
  const std::vector<TokenConfig> tokens = TokensOf(own);
  return std::ranges::any_of(tokens, [&](const TokenConfig& token) {
    return MayBeOneToken(token.module, token.label, token.serial, store);
  });
}

KeyStoreConfig ReadKeyStore(const YAML::Node& node, const HsmConfig& own, Findings& findings) {
  SettingsReader reader(node, "key_stores", findings);
  KeyStoreConfig store;
  store.module = own.module;
  reader.Text("cluster_id", store.cluster_id);
  if (!domain::IsCloudHsmClusterId(store.cluster_id))
    reader.Refuse("cluster_id",
                  "must be cluster- and 11 to 16 letters or digits from 2 to 7, as "
                  "cluster-234567abcde");
  reader.Text("account", store.account);
  if (!domain::IsAccountId(store.account))
    reader.Refuse("account", "must be the 12 digits of the account whose token it is");
  reader.Path("module", store.module);
  reader.Text("module_parameters", store.module_parameters);
  if (reader.Has("module_parameters") && store.module == own.module)
    reader.Refuse("module_parameters", "the module is that of hsm, which says its parameters");
  reader.Text("token_label", store.token_label);
  reader.Text("token_serial", store.token_serial);
  if (store.token_label.empty() && store.token_serial.empty())
    reader.Refuse("token_label", "a token is named by token_label, token_serial, or both");
  else if (MayBeOwn(own, store))
    reader.Refuse("token_label", "may be the token of hsm, which cannot be a custom key store");
  reader.Path("trust_anchor", store.trust_anchor);
  reader.Finish();
  return store;
}

}  // namespace

std::vector<KeyStoreConfig> ReadKeyStores(const YAML::Node& list, const HsmConfig& own,
                                          Findings& findings) {
  std::vector<KeyStoreConfig> stores;
  if (!list.IsDefined() || list.IsNull()) return stores;
  if (!list.IsSequence()) {
    findings.Add(list.Mark(), "key_stores: must be a list of tokens");
    return stores;
  }
  for (const YAML::Node& node : list) {
    if (!node.IsMap()) {
      findings.Add(node.Mark(),
                   "key_stores: a token is a mapping with cluster_id, account and token_label");
      continue;
    }
    KeyStoreConfig store = ReadKeyStore(node, own, findings);
    for (const KeyStoreConfig& other : stores) {
      if (other.cluster_id == store.cluster_id)
        findings.Add(node.Mark(), "key_stores.cluster_id: stands twice");
      else if (MayBeOneToken(other.module, other.token_label, other.token_serial, store))
        findings.Add(node.Mark(), "key_stores.token_label: may be the token of " +
                                      other.cluster_id + "; name the serial numbers");
    }
    stores.push_back(std::move(store));
  }
  return stores;
}

}  // namespace kmaas::app
