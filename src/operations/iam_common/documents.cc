#include "operations/iam_common/documents.h"

#include <algorithm>

namespace kmaas::operations {
namespace {

Result<void> CheckSize(const std::string& document, std::string_view quota, std::size_t size_max) {
  if (DocumentSize(document) <= size_max) return {};
  return Error{ErrorCode::kLimitExceeded,
               "Cannot exceed quota for " + std::string(quota) + ": " + std::to_string(size_max)};
}

}  // namespace

std::size_t DocumentSize(std::string_view document) {
  return static_cast<std::size_t>(std::count_if(document.begin(), document.end(), [](char c) {
    const bool is_blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    const bool continues = (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
    return !is_blank && !continues;
  }));
}

Result<void> CheckDocumentOf(policy::PolicyKind kind, const std::string& document) {
  KM_CHECK(policy::Policy::Compile(document, kind));
  return {};
}

Result<void> CheckManagedDocument(const std::string& document) {
  KM_CHECK(CheckSize(document, "PolicySize", kManagedPolicySizeMax));
  return CheckDocumentOf(policy::PolicyKind::kIdentity, document);
}

Result<core::LastingPolicy> ReadTrustDocument(const std::string& document,
                                              records::Catalog& catalog) {
  KM_CHECK(CheckSize(document, "ACLSizePerRole", kTrustPolicySizeMax));
  KM_CHECK(CheckDocumentOf(policy::PolicyKind::kTrust, document));
  return core::NamePrincipals(catalog, document, policy::PolicyKind::kTrust);
}

}  // namespace kmaas::operations
