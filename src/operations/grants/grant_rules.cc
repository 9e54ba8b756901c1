#include "operations/grants/grant_rules.h"

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "domain/principal_names.h"

namespace kmaas::operations {
namespace {

Error Validation(std::string message) { return {ErrorCode::kValidation, std::move(message)}; }

Error NoPrincipal(const std::string& arn) {
  return {ErrorCode::kInvalidArn, "ARN does not refer to a valid principal: " + arn};
}

// In the words of the shape rules: these patterns are more than they can say.
Error BreaksPattern(const std::string& value, const std::string& path, const std::string& pattern) {
  return Validation("1 validation error detected: Value '" + value + "' at '" + path +
                    "' failed to satisfy constraint: Member must satisfy regular expression "
                    "pattern: " +
                    pattern);
}

std::size_t CharactersOf(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
  }));
}

Result<domain::EncryptionContext> ReadPairs(
    const google::protobuf::Map<std::string, std::string>& pairs) {
  if (pairs.size() > limits::kGrantConstraintPairsMax) {
    return Validation("A grant constraint can have at most " +
                      std::to_string(limits::kGrantConstraintPairsMax) +
                      " encryption context pairs.");
  }
  for (const auto& [key, value] : pairs) {
    if (CharactersOf(value) > limits::kGrantConstraintValueCharactersMax) {
      return Validation("An encryption context value in a grant constraint can have at most " +
                        std::to_string(limits::kGrantConstraintValueCharactersMax) +
                        " characters.");
    }
  }
  domain::EncryptionContext context(pairs.begin(), pairs.end());
  KM_CHECK(domain::CanonicalForm(context));
  return context;
}

}  // namespace

Result<void> CheckPrincipal(const std::string& arn) {
  if (domain::IsPrincipalArn(arn)) return {};
  return NoPrincipal(arn);
}

Result<core::LastingName> NameFor(const NamedPrincipal& principal, records::Catalog& catalog) {
  if (principal.is_service || principal.arn.empty()) return core::LastingName{principal.arn, {}};
  KM_TRY(auto found, core::FindLastingName(catalog, principal.arn));
  if (!found) return NoPrincipal(principal.arn);
  return *std::move(found);
}

Result<std::string> NameToList(const NamedPrincipal& principal, records::Catalog& catalog) {
  if (principal.is_service || principal.arn.empty()) return principal.arn;
  KM_TRY(auto found, core::FindLastingName(catalog, principal.arn));
  return found ? std::move(found->name) : principal.arn;
}

Result<void> CheckService(const std::string& name, const std::string& member) {
  if (domain::IsServicePrincipal(name)) return {};
  return BreaksPattern(name, member,
                       "^([A-Za-z0-9\\-]+)\\.([A-Za-z0-9\\-]+)(\\.[A-Za-z0-9\\-]+)+$");
}

Result<domain::GrantConstraints> ReadConstraints(
    const ::kmaas::kms::v1::GrantConstraints& constraints) {
  domain::GrantConstraints read;
  KM_TRY(read.context_equals, ReadPairs(constraints.encryption_context_equals()));
  KM_TRY(read.context_subset, ReadPairs(constraints.encryption_context_subset()));
  read.source_arn = constraints.source_arn();
  if (constraints.has_source_arn() && !domain::IsSourceArn(read.source_arn)) {
    return BreaksPattern(read.source_arn, "constraints.sourceArn",
                         "^arn:aws[a-z0-9-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:.+$");
  }
  if (!read.context_equals.empty() && !read.context_subset.empty()) {
    return Validation(
        "You cannot specify EncryptionContextEquals and EncryptionContextSubset in the same "
        "grant.");
  }
  // What was meant to constrain and constrains nothing must not pass for a constraint.
  if (read == domain::GrantConstraints()) return Validation("The grant constraint is empty.");
  return read;
}

Result<std::vector<std::string>> ReadOperations(
    const google::protobuf::RepeatedPtrField<std::string>& operations, const domain::Key& key) {
  for (const std::string& operation : operations) {
    if (domain::FitsKey(operation, key)) continue;
    return Validation("Operation " + operation + " is not valid for " + key.arn() +
                      ", whose key usage is " + std::string(ToText(key.usage)) + ".");
  }
  const std::set<std::string> sorted(operations.begin(), operations.end());
  return std::vector<std::string>(sorted.begin(), sorted.end());
}

Result<void> CheckGrantId(const std::string& id) {
  if (domain::IsGrantId(id)) return {};
  return Error{ErrorCode::kInvalidGrantId, "Invalid grant ID " + id};
}

Error GrantNotFound(const std::string& id) {
  return {ErrorCode::kNotFound, "Grant ID " + id + " not found"};
}

}  // namespace kmaas::operations
