// Records that are not keys: policies, index rows, accounts, users, credentials, the outbox.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "domain/key.h"

namespace kmaas::records {

// The key policy "default" of one key.
struct KeyPolicy {
  std::string region;
  domain::KeyId key_id;
  std::string document;
};

// Index rows: that a key belongs to an account, that an alias names a key. The row key says it all;
// whoever follows one checks it against the record that it leads to.
struct AccountKey {
  std::string account;
  std::string region;
  domain::KeyId key_id;
};
struct KeyAlias {
  std::string region;
  domain::KeyId key_id;
  std::string alias_name;
};
// That a key is in a custom key store.
struct StoreKey {
  std::string custom_key_store_id;
  std::string region;
  domain::KeyId key_id;
};

struct Account {
  std::string id;  // 12 digits
  std::string name;
  WallTime created{};
  std::string alias = {};  // of the account, IAM's; empty: none
};

// An inline policy: its name within the entity that owns it.
struct InlinePolicy {
  std::string name;
  std::string document;
};

// What users, groups and roles have in common: where they are and which policies they carry.
struct EntityPolicies {
  std::vector<InlinePolicy> inline_policies;  // by name
  std::vector<std::string> attached;          // ARNs of managed policies, in the order of attaching
};

struct User {
  std::string account;
  std::string name;
  std::string path;     // "/" or "/division/"
  std::string user_id;  // "AIDA" and 17 letters or digits
  WallTime created{};
  EntityPolicies policies;
  std::vector<std::string> groups;   // names
  std::string permissions_boundary;  // ARN of a managed policy; empty: none
  std::vector<domain::Tag> tags;

  std::string arn() const { return "arn:aws:iam::" + account + ":user" + path + name; }
};

struct Group {
  std::string account;
  std::string name;
  std::string path;
  std::string group_id;  // AGPA...
  WallTime created{};
  EntityPolicies policies;

  std::string arn() const { return "arn:aws:iam::" + account + ":group" + path + name; }
};

struct Role {
  std::string account;
  std::string name;
  std::string path;
  std::string role_id;  // AROA...
  WallTime created{};
  EntityPolicies policies;
  std::string trust_policy;
  std::string description;
  std::string permissions_boundary;
  std::uint32_t session_seconds_max = 3600;
  std::vector<domain::Tag> tags;

  std::string arn() const { return "arn:aws:iam::" + account + ":role" + path + name; }
};

struct PolicyVersion {
  std::string id;  // "v1"
  std::string document;
  WallTime created{};
};

// A customer managed policy. Those of AWS that kmaas knows (AdministratorAccess) are no rows.
struct ManagedPolicy {
  std::string account;
  std::string name;
  std::string path;
  std::string policy_id;  // ANPA...
  std::string description;
  WallTime created{};
  WallTime updated{};
  std::vector<PolicyVersion> versions;  // oldest first; at most five
  std::string default_version;          // id of one of them
  std::uint32_t versions_made = 0;      // ids are never used twice
  std::vector<domain::Tag> tags;

  std::string arn() const { return "arn:aws:iam::" + account + ":policy" + path + name; }
};

// A virtual MFA device. The seed is sealed like an access key's secret, under the serial number.
struct MfaDevice {
  std::string account;
  std::string name;
  std::string path;
  std::string user_name;  // empty: not enabled for anybody
  Bytes sealed_seed;
  WallTime created{};
  WallTime enabled{};
  std::uint64_t last_step = 0;  // of the newest code that was accepted: none up to it is again
  std::uint32_t failures = 0;   // in a row
  WallTime locked_until{};
  std::vector<domain::Tag> tags;

  // The serial number.
  std::string arn() const { return "arn:aws:iam::" + account + ":mfa" + path + name; }
};

// Index rows: that a user is in a group, that an entity carries a managed policy or is bounded by
// it, that an access key is a user's. The row of the user, entity or key says it all.
struct GroupMember {
  std::string account;
  std::string group_name;
  std::string user_name;
};
struct PolicyUse {
  std::string policy_arn;
  std::string entity_arn;
  bool as_boundary = false;
};
struct UserAccessKey {
  std::string account;
  std::string user_name;
  std::string access_key_id;
};

// Where the user or role with this unique id was when a policy or a grant named it, or since it was
// renamed. The record there says whether it still is.
struct PrincipalArn {
  std::string unique_id;  // AIDA... or AROA...
  std::string arn;
};

// When an access key was last used: written seldom, apart from the key, so that use does not
// invalidate it.
struct AccessKeyUse {
  std::string id;
  WallTime used{};
  std::string service;  // "kms"
  std::string region;
};

// The secret is sealed by identity::SealedSecrets under a key that the HSM derives for this access
// key id.
struct StoredAccessKey {
  std::string id;  // "AKIA" and 16 letters or digits
  std::string account;
  std::string user_name;
  bool active = true;
  Bytes sealed_secret;
  WallTime created{};
};

// Index rows of grants: by id, by who may retire, by name.
struct GrantPointer {
  std::string region;
  domain::KeyId key_id;
  std::string grant_id;
  std::string grantee;
  std::string retiring;
};
struct GrantId : GrantPointer {};
struct RetirableGrant : GrantPointer {};
// By name and parameters, so that a grant that is asked for again is found: its digest says which.
struct GrantName : GrantPointer {
  std::string digest;  // 32 bytes
};

struct OutboxEntry {
  std::string event_id;
  std::string rendered;
};

// One row: which token this database belongs to.
struct Installation {
  std::string token_serial;
  std::string token_label;
  WallTime created{};
};

}  // namespace kmaas::records
